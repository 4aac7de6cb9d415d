package dev.ablate.index;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights {@code w(s, t)} with which an index of order {@code l} is read off a spectrum: the
 * value of S is {@code (-2)^s sum_{T contains S} w(s, t) F(T)}, {@code s = |S|}, {@code t = |T|}.
 *
 * <p>Where the literature gives an index by Moebius coefficients, {@code sum_{T contains S}
 * alpha(s, t) mu(T)}, the weight is {@code w(s, t) = sum_{r=s..t} C(t-s, r-s) (-2)^(r-s) alpha(s,
 * r)}. The terms of that sum alternate and grow as {@code 2^t}, so it is formed exactly and rounded
 * once.
 */
final class Weights {
  private Weights() {}

  /** {@code w(s, t)} for {@code s <= min(order, t)}. */
  static Fraction of(Index index, int order, int s, int t) {
    return switch (index) {
      case MOEBIUS -> Fraction.ONE;
      case FOURIER, BII, BV -> s == t ? Fraction.ONE : Fraction.ZERO;
      case FBII -> t <= order ? Fraction.ONE : Fraction.ZERO;
      case SII, SV -> sii(s, t);
      case K_SII -> s == 0 ? Fraction.ONE : kSii(order, s, t);
      case STII -> s < order ? Fraction.ONE : fromMoebius(s, t, r -> shared(order, r));
      case FSII -> fromMoebius(s, t, r -> fsii(order, s, r));
    };
  }

  private static Fraction sii(int s, int t) {
    return (t - s) % 2 == 0 ? Fraction.of(1, t - s + 1L) : Fraction.ZERO;
  }

  /** SII of every set up to the order, spread downwards with Bernoulli numbers. */
  private static Fraction kSii(int order, int s, int t) {
    List<Fraction> bernoulli = bernoulli(Math.min(order, t) - s);
    Fraction sum = Fraction.ZERO;
    BigInteger factor = BigInteger.ONE; // C(t-s, r-s) (-2)^(r-s)
    for (int r = s; r <= Math.min(order, t); r++) {
      sum = sum.plus(bernoulli.get(r - s).times(factor).times(sii(r, t)));
      factor = nextFactor(factor, t - s, r - s);
    }
    return sum;
  }

  /** STII shares a Moebius coefficient of order r evenly among its subsets of the top order. */
  private static Fraction shared(int order, int r) {
    return Fraction.ONE.over(binomial(r, order));
  }

  private static Fraction fsii(int order, int s, int r) {
    if (r == s) {
      return Fraction.ONE;
    }
    if (r <= order || s == 0) {
      return Fraction.ZERO;
    }
    Fraction share =
        Fraction.of(s, (long) order + s)
            .times(binomial(order, s))
            .times(binomial(r - 1, order))
            .over(binomial(r + order - 1, order + s));
    return (order - s) % 2 == 0 ? share : share.negate();
  }

  private interface Alpha {
    Fraction at(int r);
  }

  private static Fraction fromMoebius(int s, int t, Alpha alpha) {
    Fraction sum = Fraction.ZERO;
    BigInteger factor = BigInteger.ONE; // C(t-s, r-s) (-2)^(r-s)
    for (int r = s; r <= t; r++) {
      sum = sum.plus(alpha.at(r).times(factor));
      factor = nextFactor(factor, t - s, r - s);
    }
    return sum;
  }

  /** From {@code C(n, k) (-2)^k} to the same for {@code k + 1}. */
  private static BigInteger nextFactor(BigInteger factor, int n, int k) {
    return factor.multiply(BigInteger.valueOf(-2L * (n - k))).divide(BigInteger.valueOf(k + 1L));
  }

  /** Bernoulli numbers {@code B_0..B_last} with {@code B_1 = -1/2}. */
  private static List<Fraction> bernoulli(int last) {
    List<Fraction> numbers = new ArrayList<>(List.of(Fraction.ONE));
    for (int m = 1; m <= last; m++) {
      Fraction sum = Fraction.ZERO;
      for (int k = 0; k < m; k++) {
        sum = sum.plus(numbers.get(k).times(binomial(m + 1, k)));
      }
      numbers.add(sum.negate().over(BigInteger.valueOf(m + 1L)));
    }
    return numbers;
  }

  /** {@code C(n, k)}. */
  static BigInteger binomial(int n, int k) {
    if (k < 0 || k > n) {
      return BigInteger.ZERO;
    }
    BigInteger value = BigInteger.ONE;
    for (int i = 0; i < Math.min(k, n - k); i++) {
      value = value.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1L));
    }
    return value;
  }
}
