package dev.ablate.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A small line chart as SVG: logarithmic x axis, logarithmic or plain y axis, a marker and a label
 * for each line. Colours are those of Okabe and Ito, which people who see colours differently can
 * tell apart, and follow the reader's light or dark scheme.
 */
public final class LineChart {
  /** Size of one panel with its axes. */
  static final int WIDTH = 430;

  static final int HEIGHT = 300;

  private static final int LEFT = 62;
  private static final int RIGHT = 88;
  private static final int TOP = 34;
  private static final int BOTTOM = 46;
  private static final int LABEL_GAP = 14;
  private static final String MARKER = "<path class=\"m c%d\" d=\"%s\"/>\n";

  private final String title;
  private final String xLabel;
  private final boolean logY;
  private final List<Line> lines = new ArrayList<>();
  private final StringBuilder svg = new StringBuilder();
  private double left;
  private double right;
  private double low;
  private double high;

  /**
   * One line: points {@code (x, y)} by rising x; the style keeps colour and marker apart. Where y
   * is NaN, there is a gap and a cross at the foot of the chart.
   */
  public record Line(String label, int style, List<double[]> points) {}

  /** A label beside the end of its line. */
  private record End(String label, int style, double y) {}

  /**
   * An empty chart.
   *
   * @param logY whether y is logarithmic; otherwise it goes from 0 to 1
   */
  public LineChart(String title, String xLabel, boolean logY) {
    this.title = title;
    this.xLabel = xLabel;
    this.logY = logY;
  }

  /** Adds a line; one without points is left out. */
  public void add(Line line) {
    if (!line.points().isEmpty()) {
      lines.add(line);
    }
  }

  /** Whole figure: a heading and panels, two beside each other. */
  public static String figure(String heading, List<LineChart> panels) {
    int width = WIDTH * Math.min(2, panels.size());
    int height = HEIGHT * ((panels.size() + 1) / 2) + 30;
    StringBuilder all = new StringBuilder();
    all.append(
        String.format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" aria-label=\"%s\">\n",
            width, height, width, height, escape(heading)));
    all.append(style());
    all.append("<rect class=\"b\" width=\"100%\" height=\"100%\"/>\n");
    all.append(String.format("<text class=\"h\" x=\"14\" y=\"22\">%s</text>\n", escape(heading)));
    for (int p = 0; p < panels.size(); p++) {
      int down = 30 + p / 2 * HEIGHT;
      all.append(String.format("<g transform=\"translate(%d %d)\">\n", p % 2 * WIDTH, down));
      all.append(panels.get(p).draw()).append("</g>\n");
    }
    return all.append("</svg>\n").toString();
  }

  private static String style() {
    String[] light = {"#0072b2", "#d55e00", "#009e73", "#b8557f", "#5a5a5a", "#9c7a00"};
    String[] dark = {"#56b4e9", "#ff8c42", "#2fcf9f", "#e79cc0", "#bbbbbb", "#f0e442"};
    StringBuilder style =
        new StringBuilder(
            "<style>\ntext{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#24292f}\n"
                + ".h{font-size:14px;font-weight:600}.b{fill:#fff}.g{stroke:#d8dee4}\n"
                + ".a{stroke:#57606a;fill:none}.l{fill:none;stroke-width:2}.m{stroke:none}\n");
    for (int c = 0; c < light.length; c++) {
      style.append(String.format(".s%d{stroke:%s}.c%d{fill:%s}%n", c, light[c], c, light[c]));
    }
    style.append("@media (prefers-color-scheme:dark){text{fill:#e6edf3}.b{fill:#0d1117}\n");
    style.append(".g{stroke:#30363d}.a{stroke:#8b949e}\n");
    for (int c = 0; c < dark.length; c++) {
      style.append(String.format(".s%d{stroke:%s}.c%d{fill:%s}%n", c, dark[c], c, dark[c]));
    }
    return style.append("}\n</style>\n").toString().replace("\r", "");
  }

  private String draw() {
    left = Math.log10(extreme(0, true));
    right = Math.log10(extreme(0, false));
    low = logY ? Math.floor(Math.log10(extreme(1, true))) : 0;
    high = logY ? Math.max(low + 1, Math.ceil(Math.log10(extreme(1, false)))) : 1;
    axes();
    List<End> ends = new ArrayList<>();
    for (Line line : lines) {
      ends.add(new End(line.label(), line.style(), draw(line)));
    }
    labels(ends);
    return svg.toString();
  }

  /** Draws a line and gives the height of its end. */
  private double draw(Line line) {
    StringBuilder path = new StringBuilder();
    StringBuilder markers = new StringBuilder();
    double end = HEIGHT - BOTTOM;
    boolean gap = true;
    for (double[] point : line.points()) {
      double px = x(point[0]);
      if (Double.isNaN(point[1])) {
        double foot = HEIGHT - BOTTOM - 6 - 8.0 * line.style();
        String cross = "<path class=\"l s%d\" d=\"M%.1f %.1fl6 6m-6 0l6 -6\"/>\n";
        markers.append(number(cross, line.style(), px - 3, foot - 3));
        gap = true;
        continue;
      }
      end = y(point[1]);
      path.append(number(gap ? "M%.1f %.1f" : "L%.1f %.1f", px, end));
      markers.append(String.format(MARKER, line.style(), marker(line.style(), px, end)));
      gap = false;
    }
    svg.append(String.format("<path class=\"l s%d\" d=\"%s\"/>\n", line.style(), path));
    svg.append(markers);
    return end;
  }

  private double extreme(int coordinate, boolean least) {
    var all =
        lines.stream()
            .flatMap(l -> l.points().stream())
            .mapToDouble(p -> p[coordinate])
            .filter(value -> !Double.isNaN(value));
    return (least ? all.min() : all.max()).orElse(1);
  }

  private double x(double value) {
    double share = right > left ? (Math.log10(value) - left) / (right - left) : 0.5;
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    double at = logY ? Math.log10(value) : value;
    return HEIGHT - BOTTOM - (at - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }

  private void axes() {
    text(LEFT - 48, TOP - 14, "start", title);
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", xLabel);
    int ticks = logY ? (int) Math.round(high - low) : 5;
    int step = 1 + (ticks - 1) / 6;
    for (int t = 0; t <= ticks; t += step) {
      double value = logY ? Math.pow(10, low + t) : t / 5.0;
      gridLine(LEFT, y(value), WIDTH - RIGHT, y(value));
      String plain =
          logY && low + t < -3
              ? number("1e%.0f", low + t)
              : number(logY ? "%." + (int) Math.max(0, -(low + t)) + "f" : "%.1f", value);
      text(LEFT - 8, y(value) + 4, "end", plain);
    }
    // So few that their labels do not touch.
    int[] digits = right - left > 2 ? new int[] {1, 3} : new int[] {1, 2, 5};
    for (int decade = (int) Math.floor(left); decade <= right; decade++) {
      for (int digit : digits) {
        double value = digit * Math.pow(10, decade);
        if (Math.log10(value) >= left - 1e-9 && Math.log10(value) <= right + 1e-9) {
          gridLine(x(value), TOP, x(value), HEIGHT - BOTTOM);
          text(x(value), HEIGHT - BOTTOM + 16, "middle", number("%,.0f", value));
        }
      }
    }
    svg.append(
        String.format(
            "<path class=\"a\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT));
  }

  private void labels(List<End> ends) {
    ends.sort(Comparator.comparingDouble(End::y));
    double[] at = ends.stream().mapToDouble(End::y).toArray();
    // Downwards until no two overlap, then back up from the bottom edge.
    for (int e = 1; e < at.length; e++) {
      at[e] = Math.max(at[e], at[e - 1] + LABEL_GAP);
    }
    double floor = HEIGHT - BOTTOM;
    for (int e = at.length - 1; e >= 0; e--) {
      at[e] = Math.min(at[e], floor);
      floor = at[e] - LABEL_GAP;
    }
    for (int e = 0; e < at.length; e++) {
      int style = ends.get(e).style();
      double x = WIDTH - RIGHT + 12.0;
      svg.append(String.format(MARKER, style, marker(style, x, at[e])));
      text(x + 8, at[e] + 4, "start", ends.get(e).label());
    }
  }

  private static String marker(int style, double x, double y) {
    return switch (style % 5) {
      case 0 -> number("M%.1f %.1fm-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", x, y);
      case 1 -> number("M%.1f %.1fm-3.5 -3.5h7v7h-7z", x, y);
      case 2 -> number("M%.1f %.1fm0 -5l4.5 8h-9z", x, y);
      case 3 -> number("M%.1f %.1fm0 -5l5 5l-5 5l-5 -5z", x, y);
      default -> number("M%.1f %.1fm0 5l4.5 -8h-9z", x, y);
    };
  }

  private void gridLine(double x1, double y1, double x2, double y2) {
    svg.append(number("<path class=\"g\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x1, y1, x2, y2));
  }

  private void text(double x, double y, String anchor, String words) {
    svg.append(number("<text x=\"%.1f\" y=\"%.1f\"", x, y));
    svg.append(String.format(" text-anchor=\"%s\">%s</text>\n", anchor, escape(words)));
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String escape(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
