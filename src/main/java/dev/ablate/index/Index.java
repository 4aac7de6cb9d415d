package dev.ablate.index;

import dev.ablate.code.InputException;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Interaction indices: what a set of features is worth.
 *
 * <p>Values are in the unit of the game. SV, k-SII, STII and FSII are efficient: their values of
 * non-empty sets add up to {@code f(all) - f(none)}. The empty set's value is {@code f(none)} for
 * k-SII, STII, FSII and Moebius, the mean of the game for BII and Fourier, and neither for SII
 * ({@code sum mu(T)/(t+1)}) and FBII ({@code sum_{t<=l} F(T)}); SV and BV have none.
 */
public enum Index {
  /** Fourier (Walsh-Hadamard) coefficients, the spectrum itself. */
  FOURIER("fourier"),
  /** Moebius coefficients (Harsanyi dividends): {@code f(m) = sum_{T in m} mu(T)}. */
  MOEBIUS("moebius"),
  /** Shapley values; the order is always 1. */
  SV("sv"),
  /** Banzhaf values; the order is always 1. */
  BV("bv"),
  /** Shapley interaction index (Grabisch, Roubens 1999). */
  SII("sii"),
  /** Banzhaf interaction index (Grabisch, Roubens 1999). */
  BII("bii"),
  /** k-Shapley values (Bordt, von Luxburg 2023): SII made efficient. */
  K_SII("k-sii"),
  /** Shapley-Taylor interaction index (Sundararajan, Dhamdhere, Agarwal 2020). */
  STII("stii"),
  /** Faithful Shapley interaction index (Tsai, Yeh, Ravikumar 2023). */
  FSII("fsii"),
  /** Faithful Banzhaf interaction index (Tsai, Yeh, Ravikumar 2023). */
  FBII("fbii");

  private final String label;

  Index(String label) {
    this.label = label;
  }

  /** The name on the command line and in files, such as {@code k-sii}. */
  public String label() {
    return label;
  }

  /**
   * 1 or -1: a value times it is above 0 where a set of features raises the game's value together.
   * Fourier coefficients of an odd number of features are below 0 there.
   *
   * @param order how many features the set has
   */
  public int sign(int order) {
    return this == FOURIER && order % 2 != 0 ? -1 : 1;
  }

  /**
   * The index of a name; case, hyphens and underscores do not count.
   *
   * @throws InputException if there is none; the message lists the known ones
   */
  public static Index parse(String name) {
    String plain = plain(InputException.required(name, "the index"));
    for (Index index : values()) {
      if (plain(index.label).equals(plain)) {
        return index;
      }
    }
    if (plain.equals("mobius") || plain.equals("m\u00f6bius")) {
      return MOEBIUS;
    }
    throw new InputException(
        "index '"
            + name
            + "' is not known: use one of "
            + Arrays.stream(values()).map(Index::label).collect(Collectors.joining(", ")));
  }

  /** Whether the values of non-empty sets add up to {@code f(all) - f(none)}. */
  public boolean isEfficient() {
    return this == SV || this == K_SII || this == STII || this == FSII;
  }

  /**
   * Whether it weighs all sizes of masks alike, as Shapley values do, and not all masks alike, as
   * Banzhaf values and Fourier coefficients do.
   */
  public boolean weighsSizesAlike() {
    return this == SV || this == SII || this == K_SII || this == STII || this == FSII;
  }

  /**
   * A spectrum in this index.
   *
   * @param spectrum the spectrum
   * @param order highest order l, at least 1; SV and BV take it as 1
   * @throws InputException if the order is below 1, or the conversion would take more than {@value
   *     Conversion#MOST_STEPS} steps
   */
  public IndexValues interactions(Spectrum spectrum, int order) {
    return interactions(spectrum, order, new double[0]);
  }

  /**
   * A spectrum in this index, with standard errors from those of its coefficients, which are taken
   * as independent.
   *
   * @param spectrum the spectrum
   * @param order highest order l, at least 1; SV and BV take it as 1
   * @param standardErrors one for each term of the spectrum, NaN where unknown; or empty
   * @throws InputException if the order is below 1, or the conversion would take more than {@value
   *     Conversion#MOST_STEPS} steps
   */
  public IndexValues interactions(Spectrum spectrum, int order, double[] standardErrors) {
    if (order < 1) {
      throw new InputException("order " + order + " is too small: use 1 or more");
    }
    return new Conversion(this, effectiveOrder(order), spectrum, standardErrors).run();
  }

  /** The highest order this index gives when {@code order} is asked for. */
  public int effectiveOrder(int order) {
    return this == SV || this == BV ? 1 : order;
  }

  /** The order of the smallest set that has a value. */
  int smallestOrder() {
    return this == SV || this == BV ? 1 : 0;
  }

  /** Whether a term of the spectrum speaks of its own set only, not of the subsets. */
  boolean onlyItself() {
    return this == FOURIER || this == BII || this == BV;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }
}
