package dev.ablate.model.onnx;

import dev.ablate.model.CausalScorer;
import dev.ablate.model.ResidentNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A causal language model with the inputs and outputs that Hugging Face tools give it. The head
 * runs on the positions that are asked about alone, and the keys and values of a shared front are
 * computed once. Rows share a run only where each then has the values that it has alone, unpadded.
 */
public final class OnnxCausal implements CausalScorer {
  /** Tokens of a vocabulary whose log-probabilities are compared in trials. */
  private static final int TRIED = 8;

  private final OnnxSession session;
  private final CausalRuns runs;
  private final CausalTrial trial;
  private final OnnxResident.Opened resident;
  private final SharedPrefixes prefixes = new SharedPrefixes();

  /**
   * Opens a graph in an edited form.
   *
   * @param graph the graph as it is
   * @param scan what it says before it is opened
   * @param fillers tokens that may fill short rows, the likeliest first
   * @param sample texts to try the graph on
   * @param maxTokens most tokens that a text may have by the configuration
   * @throws dev.ablate.code.InputException if the graph has not the inputs and outputs of a causal
   *     network, or does not run
   */
  public OnnxCausal(
      GraphSource graph, GraphScan scan, List<Integer> fillers, SampleRows sample, int maxTokens) {
    this.session =
        graph.open(
            graph.sharesMemory()
                ? CausalEdit.withLogits(graph.read(), graph.origin())
                : CausalEdit.of(graph.read(), graph.origin()));
    try {
      this.runs = new CausalRuns(session, scan, sample.row(1, sample.special() + TRIED));
      this.trial = new CausalTrial(runs, scan, fillers, sample, Math.min(maxTokens, maxTokens()));
      this.resident = OnnxResident.of(session, trial);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public int maxTokens() {
    return runs.fixedLength() == 0 ? Integer.MAX_VALUE : runs.fixedLength();
  }

  @Override
  public List<String> notes() {
    return Stream.concat(trial.notes().stream(), resident.notes().stream()).toList();
  }

  @Override
  public ResidentNetwork resident() {
    return resident.network();
  }

  @Override
  public float[][] logProbabilities(int[] shared, int[][] rows, int[] asked) {
    // The last shared token stays in the rows, so that the first behind it may be asked about.
    int kept = trial.sharesPrefix() ? shared.length - 1 : 0;
    if (kept < 1) {
      return trial.batches().run(null, joined(shared, rows), asked);
    }
    int[] front = Arrays.copyOf(shared, kept);
    List<int[]> behind = joined(new int[] {shared[kept]}, rows);
    return prefixes.use(
        front,
        () -> trial.prefix(front, behind.get(0), asked[0]),
        prefix ->
            prefix == null
                ? trial.batches().run(null, joined(shared, rows), asked)
                : trial.batches().run(prefix, behind, asked));
  }

  private static List<int[]> joined(int[] front, int[][] rows) {
    List<int[]> joined = new ArrayList<>();
    for (int[] row : rows) {
      joined.add(IntStream.concat(IntStream.of(front), IntStream.of(row)).toArray());
    }
    return joined;
  }

  @Override
  public int next(int[] row) {
    return trial.batches().next(row);
  }

  @Override
  public void close() {
    prefixes.close();
    session.close();
  }
}
