package dev.ablate.model;

import java.util.Locale;

/** How the vector of a text is made of those of its tokens. */
public enum Pooling {
  /** The mean over the tokens. */
  MEAN,
  /** The vector of the first token. */
  FIRST,
  /** The vector of the last token. */
  LAST,
  /** The largest number of the tokens, one by one. */
  MAX;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The vector of a row.
   *
   * @param tokens {@code (tokens, size)} of the row, then anything
   * @param first where the row begins
   * @param count tokens of the row, at least 1
   * @param to receives {@code size} numbers
   * @param at where the first goes
   */
  public void pool(float[] tokens, int first, int count, int size, float[] to, int at) {
    for (int i = 0; i < size; i++) {
      double sum = 0;
      float largest = Float.NEGATIVE_INFINITY;
      for (int t = 0; t < count; t++) {
        float value = tokens[first + t * size + i];
        sum += value;
        largest = Math.max(largest, value);
      }
      to[at + i] =
          switch (this) {
            case MEAN -> (float) (sum / count);
            case FIRST -> tokens[first + i];
            case LAST -> tokens[first + (count - 1) * size + i];
            case MAX -> largest;
          };
    }
  }
}
