package dev.ablate.model.onnx;

/** What a graph gets of a batch besides its tokens. */
interface BatchInputs {
  /** Nothing. */
  BatchInputs NONE = (run, batch, rows, width) -> {};

  /**
   * Binds it.
   *
   * @param batch the rows that are asked about
   * @param rows rows of the run, at least as many; those behind repeat the first
   * @param width positions of each row in the run
   */
  void bind(OnnxRun run, TokenBatch batch, int rows, int width);
}
