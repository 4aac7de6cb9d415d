package dev.ablate.spectrum;

import dev.ablate.backend.Sets;

/**
 * A sparse Walsh-Hadamard spectrum: {@code f(m) = sum_S F(S) (-1)^|m and S|}, mask bit 1 = kept. A
 * positive effect of keeping feature {@code i} is therefore a negative {@code F({i})}.
 */
public final class Spectrum {
  private final int features;
  private final Sets sets;
  private final double[] coefficients;

  /**
   * A spectrum of distinct sets.
   *
   * @param features number of features
   * @param sets the supports
   * @param coefficients one for each set, in the unit of the game
   */
  public Spectrum(int features, Sets sets, double[] coefficients) {
    this.features = features;
    this.sets = sets;
    this.coefficients = coefficients;
  }

  /** Number of features. */
  public int features() {
    return features;
  }

  /** Number of stored terms. */
  public int size() {
    return coefficients.length;
  }

  /** The supports. */
  public Sets sets() {
    return sets;
  }

  /** The coefficient of term {@code i}. */
  public double coefficient(int i) {
    return coefficients[i];
  }
}
