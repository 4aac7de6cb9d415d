package dev.ablate.model;

import dev.ablate.backend.Scores;
import dev.ablate.code.Philox;
import java.util.Arrays;

/**
 * A network that a test can compute by itself: numbers of some tokens, each of which counts with
 * its place, and pairs of neighbours.
 *
 * @param count how many numbers
 * @param poison a token behind which all numbers are NaN; -1 for none
 */
public record StubFunction(int count, int poison) {
  /** What the network gives for tokens, rounded to singles. */
  public float[] of(int[] tokens) {
    double[] sums = new double[count];
    int[] random = new int[4];
    int before = 0;
    for (int t = 0; t < tokens.length; t++) {
      Philox.generate(tokens[t], t, before, 0, 0, random);
      before = tokens[t];
      for (int k = 0; k < count; k++) {
        int[] own = new int[4];
        Philox.generate(random[0], k, random[1], 0, 1, own);
        sums[k] += own[0] * 0x1p-31 / Math.sqrt(tokens.length);
      }
    }
    boolean poisoned = Arrays.stream(tokens).anyMatch(token -> token == poison);
    float[] numbers = new float[count];
    for (int k = 0; k < count; k++) {
      numbers[k] = poisoned ? Float.NaN : (float) (3 * sums[k]);
    }
    return numbers;
  }

  /** Natural logarithm of the probability of a token behind others. */
  float logProbability(int[] tokens, int token) {
    float[] logits = of(tokens);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return (float) (logits[token] - Math.log(sum));
  }

  /** The vector of a text: pooled over the tokens, each with those before it, of length 1. */
  float[] vector(int[] tokens, Scores.Pool pool) {
    double[] pooled = new double[count];
    Arrays.fill(pooled, pool == Scores.Pool.MAX ? Double.NEGATIVE_INFINITY : 0);
    for (int t = 0; t < tokens.length; t++) {
      float[] own = of(Arrays.copyOf(tokens, t + 1));
      for (int k = 0; k < count; k++) {
        switch (pool) {
          case MEAN -> pooled[k] += own[k] / (double) tokens.length;
          case MAX -> pooled[k] = Math.max(pooled[k], own[k]);
          case FIRST -> pooled[k] = t == 0 ? own[k] : pooled[k];
          case LAST -> pooled[k] = own[k];
        }
      }
    }
    double norm = Math.sqrt(Arrays.stream(pooled).map(p -> p * p).sum());
    float[] vector = new float[count];
    for (int k = 0; k < count; k++) {
      vector[k] = (float) (pooled[k] / norm);
    }
    return vector;
  }
}
