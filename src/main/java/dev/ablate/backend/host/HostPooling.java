package dev.ablate.backend.host;

import dev.ablate.backend.Scores;
import java.util.Arrays;

/** Makes the vector of a text of those of its tokens. */
final class HostPooling {
  private final Scores.Pool pool;
  private final double[] token;
  private final double[] vector;

  HostPooling(Scores.Pool pool, int size) {
    this.pool = pool;
    this.token = new double[size];
    this.vector = new double[size];
  }

  /** Has the vectors of the tokens of a text. */
  interface Tokens {
    /** Writes one. */
    void read(int token, double[] to);
  }

  /** The vector, which the next one takes the place of; not a number where there is no token. */
  double[] of(int count, Tokens tokens) {
    if (count < 1) {
      Arrays.fill(vector, Double.NaN);
      return vector;
    }
    switch (pool) {
      case FIRST -> tokens.read(0, vector);
      case LAST -> tokens.read(count - 1, vector);
      case MEAN -> {
        Arrays.fill(vector, 0);
        for (int t = 0; t < count; t++) {
          tokens.read(t, token);
          for (int d = 0; d < vector.length; d++) {
            vector[d] += token[d];
          }
        }
        for (int d = 0; d < vector.length; d++) {
          vector[d] /= count;
        }
      }
      case MAX -> {
        Arrays.fill(vector, Double.NEGATIVE_INFINITY);
        for (int t = 0; t < count; t++) {
          tokens.read(t, token);
          for (int d = 0; d < vector.length; d++) {
            // One that is not finite shows, also where it is the least.
            double number = Double.isFinite(token[d]) ? token[d] : Double.NaN;
            vector[d] = Math.max(vector[d], number);
          }
        }
      }
    }
    return vector;
  }
}
