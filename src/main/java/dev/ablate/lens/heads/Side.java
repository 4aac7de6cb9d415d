package dev.ablate.lens.heads;

import java.util.List;

/** What is asked about one prompt: rows of tokens, and a value of what the model gives for them. */
interface Side {
  /** The beginning of the prompt, in one line. */
  String title();

  /** The label or the answer. */
  String target();

  /** Rows of tokens, at least one. */
  List<int[]> rows();

  /** How many tokens at the end of each row are asked about; 0 under a classifier. */
  int[] asked();

  /**
   * The value.
   *
   * @param given for each row its logits, or the log-probabilities of the tokens asked about
   */
  double value(float[][] given);

  /** All that decides it, as text. */
  String content();
}
