package dev.ablate.benchmarks.exact;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Indices of a game whose every mask is known, by their definitions and not by the product's code:
 * SV, SII and BII as weighted sums of discrete derivatives, k-SII from SII, FSII from Moebius
 * coefficients.
 */
public final class TrueIndices {
  private static final double[] BERNOULLI = {1, -0.5, 1.0 / 6, 0};

  private final int features;
  private final double[] values;
  private final Map<Asked, double[]> known = new ConcurrentHashMap<>();

  /** Of a game with {@code 2^features} values. */
  public TrueIndices(int features, double[] values) {
    this.features = features;
    this.values = values;
  }

  /** One value for each of {@link SmallSets#of}; worked out once. */
  public double[] of(Asked asked) {
    return known.computeIfAbsent(asked, this::workOut);
  }

  private double[] workOut(Asked asked) {
    return switch (asked.index()) {
      case SV, SII -> derivatives(asked.order(), false);
      case BII -> derivatives(asked.order(), true);
      case K_SII -> kSii(asked.order());
      case FSII -> fsii(asked.order());
      default -> throw new IllegalArgumentException(asked.label() + " is not scored");
    };
  }

  /** Variance over all masks. */
  public double variance() {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean) / values.length;
    }
    return squares;
  }

  /** The most that R² over all masks can be with so many terms beside the constant one. */
  public double largestTerms(int count) {
    double[] spectrum = values.clone();
    for (int bit = 1; bit < spectrum.length; bit <<= 1) {
      for (int mask = 0; mask < spectrum.length; mask++) {
        if ((mask & bit) == 0) {
          double without = spectrum[mask];
          spectrum[mask] = without + spectrum[mask | bit];
          spectrum[mask | bit] = without - spectrum[mask | bit];
        }
      }
    }
    double[] energy = Arrays.stream(spectrum).skip(1).map(sum -> sum * sum).sorted().toArray();
    double all = Arrays.stream(energy).sum();
    return Arrays.stream(energy).skip(Math.max(0, energy.length - count)).sum() / all;
  }

  private double[] derivatives(int order, boolean banzhaf) {
    int[] sets = SmallSets.of(features, order);
    double[] result = new double[sets.length];
    for (int i = 0; i < sets.length; i++) {
      int s = Integer.bitCount(sets[i]);
      double[] weights = banzhaf ? equal(s) : bySize(s);
      double sum = 0;
      for (int mask = 0; mask < values.length; mask++) {
        int outside = Integer.bitCount(mask & ~sets[i]);
        int inside = Integer.bitCount(mask & sets[i]);
        double weighted = weights[outside] * values[mask];
        sum += (s - inside) % 2 == 0 ? weighted : -weighted;
      }
      result[i] = sum;
    }
    return result;
  }

  /** {@code t! (n-t-s)! / (n-s+1)!} for every number t of other features. */
  private double[] bySize(int s) {
    int others = features - s;
    double[] weights = new double[others + 1];
    for (int t = 0; t <= others; t++) {
      weights[t] = 1 / ((others + 1) * binomial(others, t));
    }
    return weights;
  }

  private double[] equal(int s) {
    double[] weights = new double[features - s + 1];
    Arrays.fill(weights, Math.pow(0.5, features - s));
    return weights;
  }

  private double[] kSii(int order) {
    int[] sets = SmallSets.of(features, order);
    double[] sii = derivatives(order, false);
    double[] result = new double[sets.length];
    for (int i = 0; i < sets.length; i++) {
      for (int j = i; j < sets.length; j++) {
        if ((sets[j] & sets[i]) == sets[i]) {
          result[i] += BERNOULLI[Integer.bitCount(sets[j]) - Integer.bitCount(sets[i])] * sii[j];
        }
      }
    }
    return result;
  }

  private double[] fsii(int order) {
    double[] moebius = moebius();
    int[] sets = SmallSets.of(features, order);
    double[] result = new double[sets.length];
    for (int i = 0; i < sets.length; i++) {
      int s = Integer.bitCount(sets[i]);
      double sum = 0;
      for (int larger = 0; larger < moebius.length; larger++) {
        int t = Integer.bitCount(larger);
        if (t > order && (larger & sets[i]) == sets[i]) {
          sum += binomial(t - 1, order) / binomial(t + order - 1, order + s) * moebius[larger];
        }
      }
      double share = (double) s / (order + s) * binomial(order, s);
      result[i] = moebius[sets[i]] + ((order - s) % 2 == 0 ? share : -share) * sum;
    }
    return result;
  }

  private double[] moebius() {
    double[] moebius = values.clone();
    for (int bit = 1; bit < moebius.length; bit <<= 1) {
      for (int mask = 0; mask < moebius.length; mask++) {
        if ((mask & bit) != 0) {
          moebius[mask] -= moebius[mask ^ bit];
        }
      }
    }
    return moebius;
  }

  static double binomial(int n, int k) {
    double product = 1;
    for (int i = 1; i <= k; i++) {
      product = product * (n - k + i) / i;
    }
    return Math.rint(product);
  }
}
