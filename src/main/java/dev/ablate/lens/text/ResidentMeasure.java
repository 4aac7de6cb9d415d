package dev.ablate.lens.text;

import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import dev.ablate.model.ResidentRows.Part;

/**
 * What is asked of a network in a backend's memory about the rows of a text, by kernels. Holds
 * memory of the backend for the length of one evaluation.
 */
interface ResidentMeasure extends AutoCloseable {
  /** Behind all rows nothing. */
  int[][] NO_TAIL = {{}};

  /** How many tokens at the front of the text, which no mask hides, all rows share. */
  default int shared() {
    return 0;
  }

  /** The token that is the row of a mask that leaves none; -1 if every mask leaves one. */
  default int empty() {
    return -1;
  }

  /** Tokens behind every row, in each of the passes in which all rows run. */
  default int[][] tails() {
    return NO_TAIL;
  }

  /** Most rows that go through all passes before others begin. */
  default int block() {
    return Integer.MAX_VALUE;
  }

  /** Places of each row that are asked about, where rows have so many positions. */
  default int asked(int pass, int width) {
    return 0;
  }

  /** Writes the places that are asked about. */
  default void ask(int pass, Tokens.Distinct rows, Part part) {}

  /**
   * Makes values.
   *
   * @param into where the rows of the part go; complete after the last pass
   */
  void take(int pass, Tokens.Distinct rows, Part part, Scores.Into into);

  @Override
  void close();
}
