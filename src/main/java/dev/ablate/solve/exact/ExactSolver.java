package dev.ablate.solve.exact;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.SolverSettings;
import dev.ablate.spectrum.Combinations;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The whole spectrum from all {@code 2^n} masks: one Walsh-Hadamard transform an output. The masks
 * may come in any order; a repeated one counts with the mean of its values.
 */
public final class ExactSolver implements Solver {
  /** Most features; their transform takes 128 MiB an output. */
  public static final int MOST_FEATURES = 24;

  /** Coefficients up to this share of the largest value's magnitude are rounding and left out. */
  public static final double NEGLIGIBLE = 1e-12;

  @Override
  public Method method() {
    return Method.EXACT;
  }

  @Override
  public Design plan(int features, long budget, MaskSampling sampling, long seed) {
    requireFeatures(features);
    if (budget < 1L << features) {
      throw new InputException(
          "exact needs all "
              + (1L << features)
              + " masks of "
              + features
              + " features and the budget is "
              + budget
              + ": raise "
              + InputException.setting("budget")
              + " or choose another "
              + SolverSettings.METHOD);
    }
    return new Design.Exhaustive(features);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    int features = samples.masks().features();
    requireFeatures(features);
    int outputs = samples.values().outputs();
    int size = 1 << features;
    // In units of the largest value no sum overflows, and no share of it vanishes.
    int[] units = units(samples.values());
    double[] byMask = byMask(samples, units);
    double[] largest = largest(byMask, outputs);
    try (Buffer data = backend.upload(HostBuffer.of(byMask))) {
      backend.walsh().transform(data, outputs, size, 1.0 / size);
      byMask = data.toHost().doubles();
    }
    List<Solution> solutions = new ArrayList<>();
    for (int o = 0; o < outputs; o++) {
      double[] coefficients = Arrays.copyOfRange(byMask, o * size, (o + 1) * size);
      int unit = units[o];
      Spectrum scaled = spectrum(features, coefficients, NEGLIGIBLE * largest[o]);
      double[] own = Arrays.stream(scaled.coefficients()).map(c -> Math.scalb(c, unit)).toArray();
      Spectrum spectrum = new Spectrum(features, scaled.sets(), own);
      FitReport report = new FitReport.Terms(spectrum.size());
      solutions.add(
          new Solution(spectrum, method().toString(), "none", Double.NaN, 0, report, List.of()));
    }
    return solutions;
  }

  private static void requireFeatures(int features) {
    if (features > MOST_FEATURES) {
      throw new InputException(
          "exact takes at most "
              + MOST_FEATURES
              + " features and there are "
              + features
              + ": choose another "
              + SolverSettings.METHOD);
    }
  }

  /** {@code (outputs)} the power of two of the largest value. */
  private static int[] units(Values values) {
    double[] largest = new double[values.outputs()];
    double[] all = values.hostDoubles();
    for (int i = 0; i < all.length; i++) {
      int o = i % largest.length;
      largest[o] = Math.max(largest[o], Math.abs(all[i]));
    }
    return Arrays.stream(largest).mapToInt(Math::getExponent).toArray();
  }

  /** The values {@code (outputs, 2^n)} in the order of the masks as numbers, in their units. */
  private static double[] byMask(Samples samples, int[] units) {
    Masks masks = samples.masks();
    int outputs = samples.values().outputs();
    int size = 1 << masks.features();
    long[] words = masks.hostWords();
    double[] values = samples.values().hostDoubles();
    double[] byMask = new double[Math.multiplyExact(outputs, size)];
    int[] times = new int[size];
    for (int r = 0; r < masks.count(); r++) {
      int mask = (int) words[r];
      times[mask]++;
      for (int o = 0; o < outputs; o++) {
        byMask[o * size + mask] += Math.scalb(values[r * outputs + o], -units[o]);
      }
    }
    requireAll(times, masks.features());
    for (int i = 0; i < byMask.length; i++) {
      byMask[i] /= times[i % size];
    }
    return byMask;
  }

  private static void requireAll(int[] times, int features) {
    long missing = Arrays.stream(times).filter(t -> t == 0).count();
    if (missing > 0) {
      throw new InputException(
          "exact needs every mask of "
              + features
              + " features and "
              + missing
              + " of "
              + times.length
              + " are missing: evaluate them too or choose another "
              + SolverSettings.METHOD);
    }
  }

  private static double[] largest(double[] byMask, int outputs) {
    double[] largest = new double[outputs];
    for (int i = 0; i < byMask.length; i++) {
      int o = i / (byMask.length / outputs);
      largest[o] = Math.max(largest[o], Math.abs(byMask[i]));
    }
    return largest;
  }

  /** The terms larger than a threshold, in the order in which spectra are kept. */
  private static Spectrum spectrum(int features, double[] coefficients, double threshold) {
    int terms = 0;
    int length = 0;
    for (int s = 0; s < coefficients.length; s++) {
      if (Math.abs(coefficients[s]) > threshold) {
        terms++;
        length = Math.addExact(length, Integer.bitCount(s));
      }
    }
    int[] starts = new int[terms + 1];
    int[] members = new int[length];
    double[] kept = new double[terms];
    int term = 0;
    for (int order = 0; order <= features; order++) {
      int[] set = Combinations.first(order);
      do {
        double coefficient = coefficients[number(set)];
        if (Math.abs(coefficient) > threshold) {
          System.arraycopy(set, 0, members, starts[term], order);
          starts[term + 1] = starts[term] + order;
          kept[term++] = coefficient;
        }
      } while (Combinations.next(set, features));
    }
    return new Spectrum(features, new Sets(starts, members), kept);
  }

  private static int number(int[] set) {
    int number = 0;
    for (int feature : set) {
      number |= 1 << feature;
    }
    return number;
  }
}
