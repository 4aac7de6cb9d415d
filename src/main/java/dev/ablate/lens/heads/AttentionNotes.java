package dev.ablate.lens.heads;

import dev.ablate.model.Component;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.SwitchedModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the heads of a language model attend to, as far as it has a name: the mean attention from
 * all places of some rows, with nothing ablated.
 */
final class AttentionNotes {
  /** More rows hardly change a mean over all their places. */
  private static final int MOST_ROWS = 32;

  /** Heads that attend less than this to something are not named. */
  private static final double LEAST = 0.3;

  private static final int MOST_HEADS = 12;

  /** Before this place, the first token and the token before are hardly two things. */
  private static final int FIRST_PLACE = 2;

  /** What a head may attend to. */
  private enum Pattern {
    BEFORE("the token before"),
    AFTER_MATCH("the token after an earlier match"),
    FIRST("the first token"),
    ITSELF("the token itself");

    private final String words;

    Pattern(String words) {
      this.words = words;
    }

    /** Attention from a place to what this is; NaN where there is no such thing. */
    double of(int[] row, float[] from, int place) {
      return switch (this) {
        case BEFORE -> from[place - 1];
        case FIRST -> from[0];
        case ITSELF -> from[place];
        case AFTER_MATCH -> {
          double sum = Double.NaN;
          for (int k = 0; k + 1 < place; k++) {
            if (row[k] == row[place]) {
              sum = (Double.isNaN(sum) ? 0 : sum) + from[k + 1];
            }
          }
          yield sum;
        }
      };
    }
  }

  private AttentionNotes() {}

  /** A line for each pattern that some heads follow; none where the model is no language model. */
  static List<String> of(SwitchedModel model, List<int[]> rows) {
    List<Component> components = model.components();
    boolean heads = components.stream().anyMatch(c -> c.kind() == Component.Kind.HEAD);
    if (!heads || !(model.text() instanceof LanguageModel)) {
      return List.of();
    }
    double[][] sums = new double[Pattern.values().length][components.size()];
    int[][] counts = new int[sums.length][components.size()];
    rows.stream().limit(MOST_ROWS).forEach(row -> add(row, model.attention(row), sums, counts));
    List<String> notes = new ArrayList<>();
    for (Pattern pattern : Pattern.values()) {
      double[] sum = sums[pattern.ordinal()];
      int[] count = counts[pattern.ordinal()];
      List<Integer> following =
          IntStream.range(0, sum.length)
              .filter(h -> count[h] > 0 && sum[h] / count[h] >= LEAST)
              .boxed()
              .sorted(Comparator.comparingDouble(h -> -sum[h] / count[h]))
              .toList();
      if (!following.isEmpty()) {
        String named =
            following.stream()
                .limit(MOST_HEADS)
                .map(
                    h ->
                        components.get(h).name()
                            + String.format(Locale.ROOT, " %.2f", sum[h] / count[h]))
                .collect(Collectors.joining(", "));
        int more = following.size() - MOST_HEADS;
        notes.add(
            "heads that attend to "
                + pattern.words
                + " (mean attention): "
                + named
                + (more > 0 ? " and " + more + " more" : ""));
      }
    }
    return notes;
  }

  private static void add(int[] row, float[][][] attention, double[][] sums, int[][] counts) {
    for (int h = 0; h < attention.length; h++) {
      for (int place = FIRST_PLACE; attention[h] != null && place < row.length; place++) {
        for (Pattern pattern : Pattern.values()) {
          double own = pattern.of(row, attention[h][place], place);
          if (!Double.isNaN(own)) {
            sums[pattern.ordinal()][h] += own;
            counts[pattern.ordinal()][h]++;
          }
        }
      }
    }
  }
}
