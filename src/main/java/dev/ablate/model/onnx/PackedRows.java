package dev.ablate.model.onnx;

import java.util.List;

/** Scores rows through a graph, together only where each then has the scores that it has alone. */
final class PackedRows {
  private final RowRuns runs;
  private final int count;
  private final Packing packing;

  /**
   * Finds which rows may share a run.
   *
   * @param maxTokens most tokens that a text may have by the configuration
   * @throws dev.ablate.code.InputException if the graph does not run
   */
  PackedRows(
      RowRuns runs, GraphScan scan, List<Integer> fillers, SampleRows sample, int maxTokens) {
    this.runs = runs;
    PackingTrial trial =
        new PackingTrial(runs, scan, fillers, sample, Math.min(maxTokens, maxTokens()));
    this.count = trial.count();
    this.packing = trial.packing();
  }

  private PackedRows(RowRuns runs, int count, Packing packing) {
    this.runs = runs;
    this.count = count;
    this.packing = packing;
  }

  /** The same through the same graph, which gets something else besides tokens. */
  PackedRows with(RowRuns others) {
    return new PackedRows(others, count, packing);
  }

  /** The network in the memory that its session shares. */
  OnnxResident.Opened resident(OnnxSession session) {
    return OnnxResident.of(session, runs, count, packing);
  }

  /** Scores a row. */
  int count() {
    return count;
  }

  /** Most tokens of a row. */
  int maxTokens() {
    return runs.fixedLength() == 0 ? Integer.MAX_VALUE : runs.fixedLength();
  }

  /** What a user should know about how rows share runs. */
  List<String> notes() {
    return packing.notes();
  }

  /**
   * Scores rows.
   *
   * @param count how many of them
   * @param scores receives {@code (rows, scores)} row-major
   * @throws dev.ablate.code.InputException if the graph fails on them
   */
  void score(TokenRows rows, int count, float[] scores) {
    int first = 0;
    while (first < count) {
      TokenBatch batch = packing.batch(rows, first, count, runs.mostRows());
      ModelFailure.on(
          runs.origin(), batch, () -> runs.run(batch, packing.filler(), this.count, scores));
      first = batch.end();
    }
  }
}
