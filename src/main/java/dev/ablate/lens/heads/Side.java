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

  /** Whether tokens are asked to be the likeliest, and not how likely they are. */
  boolean asksLikeliest();

  /**
   * The value.
   *
   * @param given for each row its logits, or the log-probabilities of the tokens asked about, or
   *     for each of them whether it {@link #asksLikeliest is the likeliest}: 1 or 0
   */
  double value(float[][] given);

  /** All that decides it, as text. */
  String content();
}
