package dev.ablate.view;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.LayerFindings;
import dev.ablate.explanation.LayerFindings.Found;
import dev.ablate.explanation.Output;
import dev.ablate.game.Input;
import dev.ablate.view.LayerGrid.Point;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * An explanation of the components of a network as a picture, in SVG: a row a layer, the first at
 * the bottom, with a circle for each head, squares for MLP blocks and small circles for neurons;
 * arcs join pairs that act together, stars triples. A block an output, one below the other.
 */
public final class LayerPicture {
  private static final String RAISES = "#2166ac";
  private static final String LOWERS = "#d6604d";
  private static final String PLAIN = "#9a9a9a";
  private static final int PAIRS = 30;
  private static final int TRIPLES = 10;
  private static final int TITLE = 46;
  private static final int LEGEND = 66;

  /** Where the names of columns stand. */
  private static final int HEADS = 18;

  private static final int LEAST_WIDTH = 660;
  private static final double THIN = 1;
  private static final double THICK = 5;

  private final LayerGrid grid;
  private final List<String> labels;
  private final Input.Components input;
  private final Svg svg;

  private LayerPicture(Input.Components input, List<String> names, Svg svg) {
    this.input = input;
    this.grid = new LayerGrid(input);
    this.labels = FeatureLabels.of(names);
    this.svg = svg;
  }

  /**
   * Checks that an explanation has such a picture.
   *
   * @throws InputException if its features do not stand in layers
   */
  public static void requireLayers(Input input) {
    if (!(input instanceof Input.Components)) {
      throw new InputException(
          "the features of this explanation do not stand in the layers of a network, so that there"
              + " is no picture of layers: ask for none, or explain components of a model");
    }
  }

  /**
   * Writes the picture in UTF-8; the stream stays open.
   *
   * @throws InputException if the features do not stand in layers
   */
  public static void write(OutputStream out, Explanation explanation) throws IOException {
    InputException.required(explanation, "the explanation to draw");
    requireLayers(explanation.input());
    Input.Components input = (Input.Components) explanation.input();
    LayerGrid grid = new LayerGrid(input);
    double block = TITLE + grid.height() + LEGEND;
    double width = Math.max(LEAST_WIDTH, grid.width());
    try (Svg svg = new Svg(out, width, block * explanation.outputs().size())) {
      LayerPicture picture = new LayerPicture(input, explanation.featureNames(), svg);
      for (int o = 0; o < explanation.outputs().size(); o++) {
        svg.begin("g", "transform", "translate(0 " + Svg.number(o * block) + ")");
        picture.draw(explanation.outputs().get(o));
        svg.end();
      }
    }
  }

  private void draw(Output output) throws IOException {
    LayerFindings findings = LayerFindings.of(output, input);
    svg.text(12, 20, "bold", Headline.of(output));
    svg.text(12, 37, null, energy(findings.shares()));
    svg.begin("g", "transform", "translate(0 " + TITLE + ")");
    layers();
    List<Found> pairs = largest(findings, 2, PAIRS);
    List<Found> triples = largest(findings, 3, TRIPLES);
    double most =
        Math.max(
            magnitude(pairs.stream().map(Found::interaction).toList()),
            magnitude(triples.stream().map(Found::interaction).toList()));
    for (Found triple : triples) {
      star(triple, most);
    }
    for (Found pair : pairs) {
      arc(pair, most);
    }
    components(output);
    legend(output, pairs.size(), triples.size());
    svg.end();
  }

  private static String energy(LayerFindings.Shares shares) {
    return Double.isNaN(shares.linear())
        ? "nothing acts"
        : TerminalView.format(
            "energy: %.1f %% linear, %.1f %% within a layer, %.1f %% across two layers, %.1f %%"
                + " across more",
            100 * shares.linear(),
            100 * shares.within(),
            100 * shares.across(),
            100 * shares.acrossMore());
  }

  private static List<Found> largest(LayerFindings findings, int order, int most) {
    return findings.sets().stream()
        .filter(found -> found.interaction().order() == order && !found.interaction().isUnsure())
        .limit(most)
        .toList();
  }

  private static double magnitude(List<Interaction> interactions) {
    return interactions.stream().mapToDouble(i -> Math.abs(i.value())).max().orElse(0);
  }

  /** Names of the columns and the rows, and the heads that are no features. */
  private void layers() throws IOException {
    for (int column = 0; column < grid.heads(); column++) {
      svg.middle(grid.head(0, column).x(), HEADS, "H" + column);
    }
    if (input.components().stream().anyMatch(LayerPicture::isBlock)) {
      svg.middle(grid.head(0, grid.heads()).x(), HEADS, "MLP");
    }
    for (int layer = 0; layer < input.layers(); layer++) {
      svg.text(12, grid.row(layer) + 4, null, "layer " + layer);
      for (int head = 0; head < input.heads().get(layer); head++) {
        Point at = grid.head(layer, head);
        svg.leaf(
            "circle",
            "cx",
            at.x(),
            "cy",
            at.y(),
            "r",
            grid.radius(),
            "fill",
            "none",
            "stroke",
            "#dddddd");
      }
    }
  }

  /** Each feature, as dark as what it does by itself is large. */
  private void components(Output output) throws IOException {
    List<Interaction> singles = output.interactions().ofOrders(1, 1).values();
    double most = magnitude(singles);
    Interaction[] of = new Interaction[input.components().size()];
    singles.forEach(single -> of[single.features()[0]] = single);
    for (int feature = 0; feature < of.length; feature++) {
      double value = of[feature] == null ? 0 : of[feature].value();
      double share = most == 0 ? 0 : Math.abs(value) / most;
      String said = labels.get(feature) + " alone: " + TerminalView.signed(value);
      double raised = output.interactions().index().sign(1) * value;
      shape(feature, raised < 0 ? LOWERS : RAISES, share, said);
    }
  }

  private static boolean isBlock(Input.Component component) {
    return component.kind().equals(Input.Component.MLP);
  }

  private void shape(int feature, String colour, double share, String said) throws IOException {
    Point at = grid.of(feature);
    double r = grid.radius(feature);
    boolean block = isBlock(input.components().get(feature));
    svg.begin("g", "stroke", "#444444", "fill", "#ffffff");
    svg.said(said);
    if (block) {
      svg.leaf("rect", "x", at.x() - r, "y", at.y() - r, "width", 2 * r, "height", 2 * r, "rx", 2);
      svg.leaf(
          "rect",
          "x",
          at.x() - r,
          "y",
          at.y() - r,
          "width",
          2 * r,
          "height",
          2 * r,
          "rx",
          2,
          "fill",
          colour,
          "fill-opacity",
          share);
    } else {
      svg.leaf("circle", "cx", at.x(), "cy", at.y(), "r", r);
      svg.leaf("circle", "cx", at.x(), "cy", at.y(), "r", r, "fill", colour, "fill-opacity", share);
    }
    svg.end();
  }

  private void arc(Found pair, double most) throws IOException {
    Point from = grid.of(pair.interaction().features()[0]);
    Point to = grid.of(pair.interaction().features()[1]);
    Point bend = from.bend(to);
    begin(pair, most);
    svg.leaf("path", "d", "M " + from.words() + " Q " + bend.words() + " " + to.words());
    svg.end();
  }

  private void star(Found triple, double most) throws IOException {
    List<Point> ends = Arrays.stream(triple.interaction().features()).mapToObj(grid::of).toList();
    Point middle = grid.middle(ends);
    begin(triple, most);
    for (Point end : ends) {
      svg.leaf("path", "d", "M " + middle.words() + " L " + end.words());
    }
    svg.end();
  }

  private void begin(Found found, double most) throws IOException {
    double share = most == 0 ? 0 : Math.abs(found.interaction().value()) / most;
    svg.begin(
        "g",
        "fill",
        "none",
        "stroke",
        found.isRedundant() ? LOWERS : RAISES,
        "stroke-opacity",
        "0.75",
        "stroke-dasharray",
        found.isRedundant() ? "5 3" : "none",
        "stroke-width",
        Svg.number(THIN + (THICK - THIN) * share));
    svg.said(
        FeatureLabels.join(found.interaction().features(), labels, Integer.MAX_VALUE)
            + ": "
            + TerminalView.signed(found.interaction().value())
            + TerminalView.interval(found.interaction()));
  }

  private void legend(Output output, int pairs, int triples) throws IOException {
    double y = grid.height() + 14;
    String index = output.interactions().index().label();
    svg.leaf("path", "d", "M 12 " + Svg.number(y) + " h 36", "stroke", RAISES, "stroke-width", 3);
    svg.text(54, y + 4, null, "together more than their parts (synergistic)");
    svg.leaf(
        "path",
        "d",
        "M 360 " + Svg.number(y) + " h 36",
        "stroke",
        LOWERS,
        "stroke-width",
        3,
        "stroke-dasharray",
        "5 3");
    svg.text(402, y + 4, null, "together less (redundant)");
    svg.text(
        12,
        y + 24,
        null,
        TerminalView.format(
            "%s: the %d largest pairs and %d largest triples of a sure sign; filled: what each"
                + " does alone",
            index, pairs, triples));
    svg.leaf(
        "path",
        "d",
        "M 12 " + Svg.number(y + 38) + " H " + (LEAST_WIDTH - 12),
        "stroke",
        PLAIN,
        "stroke-width",
        0.5);
  }
}
