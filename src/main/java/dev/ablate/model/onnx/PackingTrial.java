package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import dev.ablate.model.ResidentNetwork.Sharing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds which rows may share a run of a graph. What the graph says of itself comes first; what
 * remains is measured: some rows together against the same rows alone. So it does not matter how a
 * graph comes to mix its rows, or to take padding for text.
 */
final class PackingTrial {
  /** Tokens of the text of the longest row. */
  private static final int LONGEST = 6;

  /** What may change in a score, of the largest score, where nothing but the time is another. */
  private static final double REPEATED = 1e-6;

  private final RowRuns runs;
  private final GraphScan scan;
  private final List<Integer> fillers;
  private final List<int[]> rows = new ArrayList<>();
  private final int count;
  private final float[] alone;

  /**
   * Runs rows alone.
   *
   * @param scan what the graph says of itself
   * @param fillers tokens that may pad a row, the likeliest first
   * @param most most tokens a row may have
   * @throws InputException if the graph does not run on a single row, or not twice alike
   */
  PackingTrial(RowRuns runs, GraphScan scan, List<Integer> fillers, SampleRows sample, int most) {
    this.runs = runs;
    this.scan = scan;
    this.fillers = fillers;
    int longest = longest(sample, most);
    this.count = requireScores(sample, longest);
    int[] lengths = {longest, longest, (2 * longest + 2) / 3, (longest + 2) / 3};
    float[] scores = new float[lengths.length * count];
    for (int r = 0; r < lengths.length; r++) {
      int[] row = sample.row(r, lengths[r]);
      float[] own = aloneOrNull(row);
      if (own != null) {
        System.arraycopy(own, 0, scores, rows.size() * count, count);
        rows.add(row);
      }
    }
    this.alone = Arrays.copyOf(scores, rows.size() * count);
    requireOneAnswer();
  }

  /** A graph that draws lots, as with dropout that was left on, gives no row a score of its own. */
  private void requireOneAnswer() {
    String trouble = Movement.of(runs.score(), scores(rows, firstFiller(), 1), alone, REPEATED);
    if (trouble != null) {
      throw new InputException(
          "the graph "
              + runs.origin()
              + " gives the same text other scores each time ("
              + trouble
              + "), so that no mask has a value of its own; export the model again in evaluation"
              + " mode, with model.eval()");
    }
  }

  /** Null where a row does not run: some graphs need more tokens than the shortest rows have. */
  private float[] aloneOrNull(int[] row) {
    try {
      return scores(List.of(row), firstFiller(), 1);
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** A graph that scores tokens may give as many numbers as a row has tokens. */
  private int requireScores(SampleRows sample, int longest) {
    int found = runs.scores(sample.row(0, longest), firstFiller());
    boolean open = !runs.declaresScores() && runs.fixedLength() == 0 && longest > 1;
    int shorter = open ? scoresOrZero(sample.row(0, longest - 1)) : 0;
    if (shorter != 0 && shorter != found) {
      throw new InputException(
          "the graph "
              + runs.origin()
              + " returns "
              + found
              + " "
              + runs.score()
              + "s for a text of "
              + longest
              + " tokens and "
              + shorter
              + " for one of "
              + (longest - 1)
              + "; needed is "
              + runs.needed());
    }
    return found;
  }

  /** Scores a row. */
  int count() {
    return count;
  }

  private int firstFiller() {
    return fillers.isEmpty() ? 0 : fillers.get(0);
  }

  /** The longest row that runs; a graph may take fewer tokens than anything says. */
  private int longest(SampleRows sample, int most) {
    int length = Math.min(most, sample.special() + LONGEST);
    RuntimeException first = null;
    for (int tried = length; tried >= 1; tried /= 2) {
      RuntimeException failure = failure(sample.row(0, tried));
      if (failure == null) {
        return tried;
      }
      first = first == null ? failure : first;
    }
    throw new InputException(
        "the graph "
            + runs.origin()
            + " does not run on a text of "
            + length
            + " tokens: "
            + OnnxSession.reason(first)
            + "; export it again, with dynamic axes for batch and sequence",
        first);
  }

  private RuntimeException failure(int[] row) {
    try {
      runs.scores(row, firstFiller());
      return null;
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private int scoresOrZero(int[] row) {
    return failure(row) == null ? runs.scores(row, firstFiller()) : 0;
  }

  private float[] scores(List<int[]> tried, int filler, int together) {
    TokenRows all = TokenRows.of(tried);
    float[] scores = new float[tried.size() * count];
    for (int first = 0; first < tried.size(); first += together) {
      int end = Math.min(tried.size(), first + together);
      runs.run(TokenBatch.of(all, first, end), filler, count, scores);
    }
    return scores;
  }

  /** The packing of this graph. */
  Packing packing() {
    if (runs.fixedLength() > 0 && fillers.isEmpty()) {
      requireThatFillersDoNotMatter();
    }
    if (!scan.operatorsOverRows().isEmpty()) {
      return alone(
          "the graph chooses one scale for all rows of a batch ("
              + String.join(", ", scan.operatorsOverRows())
              + "), so that they influence each other");
    }
    if (runs.mostRows() == 1) {
      return new Packing(Sharing.ALONE, firstFiller(), List.of());
    }
    return runs.fixedLength() > 0 ? ofFixedLength() : ofAnyLength();
  }

  private Packing alone(String why) {
    return new Packing(
        Sharing.ALONE, firstFiller(), List.of(why + ": each row is evaluated alone"));
  }

  private Packing ofFixedLength() {
    String trouble = trouble(rows, alone, firstFiller());
    return trouble == null
        ? new Packing(Sharing.PADDED, firstFiller(), List.of())
        : alone("rows of a batch are not what they are alone (" + trouble + ")");
  }

  private Packing ofAnyLength() {
    String padded = null;
    for (int filler : fillers) {
      String trouble = trouble(rows, alone, filler);
      if (trouble == null) {
        return new Packing(Sharing.PADDED, filler, List.of());
      }
      padded = padded == null ? trouble : padded;
    }
    List<int[]> equal = rows.stream().filter(row -> row.length == rows.get(0).length).toList();
    String trouble = trouble(equal, alone, firstFiller());
    if (trouble != null) {
      return alone("rows of a batch are not what they are alone (" + trouble + ")");
    }
    return new Packing(
        Sharing.EQUAL_LENGTHS,
        firstFiller(),
        padded == null
            ? List.of()
            : List.of(
                "padded rows are not what they are alone ("
                    + padded
                    + "): only rows of equal length share a batch"));
  }

  /** What happens to rows together that does not happen to them alone; null if nothing does. */
  private String trouble(List<int[]> tried, float[] expected, int filler) {
    float[] together;
    try {
      together = scores(tried, filler, Math.min(tried.size(), runs.mostRows()));
    } catch (RuntimeException e) {
      return "it fails: " + OnnxSession.reason(e);
    }
    return Movement.byMoreThanRounding(runs.score(), together, expected, scan);
  }

  /** Where nothing names the padding and every text is padded, any padding must do. */
  private void requireThatFillersDoNotMatter() {
    int other = rows.get(0)[rows.get(0).length / 2];
    String trouble = trouble(rows, scores(rows, other, 1), firstFiller());
    if (trouble != null) {
      throw new InputException(
          "the graph "
              + runs.origin()
              + " takes exactly "
              + runs.fixedLength()
              + " tokens, and its answer depends on what fills short texts ("
              + trouble
              + "); name the padding as pad_token_id in config.json, or export it with dynamic"
              + " axes");
    }
  }
}
