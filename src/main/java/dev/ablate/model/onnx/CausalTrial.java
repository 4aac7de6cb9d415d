package dev.ablate.model.onnx;

import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds how rows may run through the graph of a causal network so that each has the values that it
 * has alone: which share a run, and whether they may share what the graph keeps of a common front.
 */
final class CausalTrial {
  /** Tokens of the front that rows share in a trial. */
  private static final int FRONT = 3;

  /** Tokens of the rows behind it. */
  private static final int[] LENGTHS = {4, 4, 3, 2};

  private final CausalRuns runs;
  private final GraphScan scan;
  private final CausalBatches batches;
  private final boolean sharing;
  private final List<String> notes;

  /**
   * Tries a graph.
   *
   * @param fillers tokens that may fill short rows, the likeliest first
   * @param most most tokens a row may have
   * @throws InputException if the graph does not run, or lets tokens see those behind them
   */
  CausalTrial(CausalRuns runs, GraphScan scan, List<Integer> fillers, SampleRows sample, int most) {
    this.runs = runs;
    this.scan = scan;
    // A causal network never sees what stands behind a row, whatever that is.
    List<Integer> any = fillers.isEmpty() ? List.of(0) : fillers;
    Packing packing = new PackingTrial(runs, scan, any, sample, most).packing();
    // One scale for all tokens of a row sees those behind and those of the front.
    boolean scaled = !scan.operatorsOverRows().isEmpty();
    this.batches = new CausalBatches(runs, packing, scaled);
    boolean exact = !scaled && most >= FRONT + LENGTHS[0];
    if (exact) {
      requireCausal(sample);
    }
    boolean tried = exact && runs.takesPrefix();
    String trouble = tried ? trouble(sample) : null;
    this.sharing = tried && trouble == null;
    this.notes =
        trouble == null
            ? packing.notes()
            : Stream.concat(packing.notes().stream(), Stream.of(note(trouble))).toList();
  }

  private static String note(String trouble) {
    return "rows behind a shared front are not what they are whole ("
        + trouble
        + "): the front is computed for each row";
  }

  /** How rows run. */
  CausalBatches batches() {
    return batches;
  }

  /** Whether rows may share what the graph keeps of a common front. */
  boolean sharesPrefix() {
    return sharing;
  }

  /** What a user should know about how rows run. */
  List<String> notes() {
    return notes;
  }

  private void requireCausal(SampleRows sample) {
    int[] row = sample.row(0, LENGTHS[0]);
    int[] longer = joined(row, sample.row(1, FRONT));
    float[] alone = batches.run(null, List.of(row), new int[] {1})[0];
    float[] seen = batches.run(null, List.of(longer), new int[] {1 + FRONT})[0];
    String trouble = Movement.byMoreThanRounding(runs.score(), new float[] {seen[0]}, alone, scan);
    if (trouble != null) {
      throw new InputException(
          "the graph "
              + runs.origin()
              + " lets tokens see those behind them ("
              + trouble
              + " when tokens are added), as masked language models do; needed is a causal one,"
              + " such as the task text-generation of optimum-cli export onnx gives");
    }
  }

  /** What happens to rows behind a shared front that does not happen to them whole. */
  private String trouble(SampleRows sample) {
    int[] front = sample.row(0, FRONT);
    List<int[]> rows = new ArrayList<>();
    for (int r = 0; r < LENGTHS.length; r++) {
      rows.add(sample.row(1 + r, LENGTHS[r]));
    }
    int[] asked = IntStream.of(LENGTHS).map(length -> length - 1).toArray();
    float[][] whole =
        batches.run(null, rows.stream().map(row -> joined(front, row)).toList(), asked);
    try (KeptPrefix prefix = runs.prefix(front)) {
      return movement(batches.run(prefix, rows, asked), whole);
    } catch (RuntimeException e) {
      return "it fails: " + OnnxSession.reason(e);
    }
  }

  private String movement(float[][] found, float[][] expected) {
    return IntStream.range(0, found.length)
        .mapToObj(r -> Movement.byMoreThanRounding(runs.score(), found[r], expected[r], scan))
        .filter(trouble -> trouble != null)
        .findFirst()
        .orElse(null);
  }

  /**
   * Computes what the graph keeps of a front. Networks with windows, or with scales that depend on
   * the length, may keep something that a short trial does not show, so that a row decides.
   *
   * @param row tokens behind the front
   * @param asked how many at the end of the row are compared
   * @return null if the row is not what it is whole
   */
  KeptPrefix prefix(int[] front, int[] row, int asked) {
    float[][] whole = batches.run(null, List.of(joined(front, row)), new int[] {asked});
    KeptPrefix made = null;
    try {
      made = runs.prefix(front);
      if (movement(batches.run(made, List.of(row), new int[] {asked}), whole) == null) {
        return made;
      }
    } catch (OutOfDeviceMemoryException e) {
      if (made != null) {
        made.close();
      }
      throw e;
    } catch (RuntimeException e) {
      // The front cannot be computed by itself; the whole row just ran.
    }
    if (made != null) {
      made.close();
    }
    return null;
  }

  /**
   * The same where no row is at hand: the front itself goes on behind it.
   *
   * @return null if that is not what it is whole
   */
  KeptPrefix prefix(int[] front) {
    int[] row = IntStream.range(0, LENGTHS[0]).map(i -> front[i % front.length]).toArray();
    return prefix(front, row, row.length - 1);
  }

  private static int[] joined(int[] front, int[] back) {
    return IntStream.concat(IntStream.of(front), IntStream.of(back)).toArray();
  }
}
