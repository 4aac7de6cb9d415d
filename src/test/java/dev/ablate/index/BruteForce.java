package dev.ablate.index;

import dev.ablate.backend.Sets;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * The indices of a game straight from their definitions, over all {@code 2^n} masks. Sets are masks
 * as integers; the game is an array over them.
 */
final class BruteForce {
  private static final double[] BERNOULLI = {
    1, -1.0 / 2, 1.0 / 6, 0, -1.0 / 30, 0, 1.0 / 42, 0, -1.0 / 30, 0, 5.0 / 66, 0, -691.0 / 2730
  };

  private final int n;
  private final double[] f;

  BruteForce(int n, double[] f) {
    this.n = n;
    this.f = f;
  }

  /** The spectrum of the game, term by term, zeros included. */
  Spectrum spectrum() {
    List<int[]> sets = new ArrayList<>();
    double[] coefficients = new double[f.length];
    for (int s = 0; s < f.length; s++) {
      sets.add(members(s));
      for (int m = 0; m < f.length; m++) {
        coefficients[s] += sign(m & s) * f[m] / f.length;
      }
    }
    return new Spectrum(n, Sets.of(sets), coefficients);
  }

  /** The value of set {@code s} in an index of the given order, for sets up to that order. */
  double[] values(Index index, int order) {
    double[] values = new double[f.length];
    for (int s = 0; s < f.length; s++) {
      values[s] =
          switch (index) {
            case FOURIER -> fourier(s);
            case MOEBIUS -> derivative(s, 0);
            case SV, SII -> sii(s);
            case BV, BII -> bii(s);
            case K_SII -> s == 0 ? f[0] : Math.min(order, n) >= size(s) ? kSii(s, order) : 0;
            case STII -> stii(s, order);
            case FSII, FBII -> 0;
          };
    }
    if (index == Index.FBII) {
      return leastSquares(order, false);
    }
    return index == Index.FSII ? leastSquares(order, true) : values;
  }

  private double fourier(int s) {
    double sum = 0;
    for (int m = 0; m < f.length; m++) {
      sum += sign(m & s) * f[m];
    }
    return sum / f.length;
  }

  /** {@code sum_{L in S} (-1)^(s-l) f(T + L)} for T disjoint from S. */
  private double derivative(int s, int t) {
    double sum = 0;
    for (int l = s; ; l = (l - 1) & s) {
      sum += sign(s ^ l) * f[t | l];
      if (l == 0) {
        return sum;
      }
    }
  }

  private double sii(int s) {
    double sum = 0;
    for (int t = 0; t < f.length; t++) {
      if ((t & s) == 0) {
        int k = size(t);
        sum +=
            factorial(k)
                * factorial(n - k - size(s))
                / factorial(n - size(s) + 1)
                * derivative(s, t);
      }
    }
    return sum;
  }

  private double bii(int s) {
    double sum = 0;
    for (int t = 0; t < f.length; t++) {
      if ((t & s) == 0) {
        sum += derivative(s, t) / (1 << (n - size(s)));
      }
    }
    return sum;
  }

  /** The recursion of Bordt and von Luxburg: each order adds a share of its SII to smaller sets. */
  private double kSii(int s, int order) {
    double value = sii(s);
    for (int k = size(s) + 1; k <= Math.min(order, n); k++) {
      double above = 0;
      for (int t = 0; t < f.length; t++) {
        if ((t & s) == s && size(t) == k) {
          above += sii(t);
        }
      }
      value += BERNOULLI[k - size(s)] * above;
    }
    return value;
  }

  private double stii(int s, int order) {
    if (size(s) < order) {
      return derivative(s, 0);
    }
    double sum = 0;
    for (int t = 0; t < f.length && size(s) == order; t++) {
      if ((t & s) == 0) {
        sum += (double) order / n * derivative(s, t) / choose(n - 1, size(t));
      }
    }
    return sum;
  }

  /**
   * The best fit by sets up to the order, over uniform masks (faithful Banzhaf) or by Shapley
   * weights with both ends met exactly (faithful Shapley).
   */
  private double[] leastSquares(int order, boolean shapley) {
    List<Integer> sets = new ArrayList<>();
    for (int s = 0; s < f.length; s++) {
      if (size(s) <= order) {
        sets.add(s);
      }
    }
    int p = sets.size();
    int constraints = shapley ? 2 : 0;
    DMatrixRMaj system = new DMatrixRMaj(p + constraints, p + constraints);
    DMatrixRMaj right = new DMatrixRMaj(p + constraints, 1);
    for (int m = 0; m < f.length; m++) {
      boolean end = m == 0 || m == f.length - 1;
      double weight = 1;
      if (shapley) {
        weight = end ? 0 : (n - 1) / (choose(n, size(m)) * size(m) * (n - size(m)));
      }
      for (int a = 0; a < p; a++) {
        if ((sets.get(a) & ~m) != 0) {
          continue;
        }
        right.set(a, right.get(a) + weight * f[m]);
        for (int b = 0; b < p; b++) {
          if ((sets.get(b) & ~m) == 0) {
            system.set(a, b, system.get(a, b) + weight);
          }
        }
      }
    }
    if (shapley) {
      for (int a = 0; a < p; a++) {
        system.set(p, a, sets.get(a) == 0 ? 1 : 0);
        system.set(a, p, sets.get(a) == 0 ? 1 : 0);
        system.set(p + 1, a, 1);
        system.set(a, p + 1, 1);
      }
      right.set(p, f[0]);
      right.set(p + 1, f[f.length - 1]);
    }
    DMatrixRMaj solution = new DMatrixRMaj(p + constraints, 1);
    CommonOps_DDRM.solve(system, right, solution);
    double[] values = new double[f.length];
    for (int a = 0; a < p; a++) {
      values[sets.get(a)] = solution.get(a);
    }
    return values;
  }

  static int[] members(int set) {
    int[] members = new int[size(set)];
    for (int k = 0, i = 0; k < members.length; i++) {
      if ((set >> i & 1) != 0) {
        members[k++] = i;
      }
    }
    return members;
  }

  static int size(int set) {
    return Integer.bitCount(set);
  }

  static int sign(int set) {
    return size(set) % 2 == 0 ? 1 : -1;
  }

  private static double factorial(int k) {
    double value = 1;
    for (int i = 2; i <= k; i++) {
      value *= i;
    }
    return value;
  }

  private static double choose(int n, int k) {
    return factorial(n) / factorial(k) / factorial(n - k);
  }
}
