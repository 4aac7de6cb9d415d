package dev.ablate.index;

import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.spectrum.Combinations;
import dev.ablate.spectrum.SetTable;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One conversion: every term of the spectrum adds to its subsets up to the order. A term of order d
 * costs {@code sum_{s<=l} C(d, s)} steps, less where weights are 0.
 */
final class Conversion {
  /** A conversion that would take more steps is refused; so many take seconds. */
  static final long MOST_STEPS = 1L << 28;

  /** A sum this small beside the magnitudes it was made of is rounding, not a value. */
  private static final double ROUNDING = 1e-13;

  /** Sums of squares of numbers up to two to this are doubles, and those of its inverse. */
  private static final int SAFE = 400;

  private final Index index;
  private final int order;
  private final Spectrum spectrum;
  private final double[] errors;
  private final int unit;
  private final Map<Integer, double[]> weights = new HashMap<>();
  private final SetTable table = new SetTable();
  private double[] values = new double[64];
  private double[] magnitudes = new double[64];
  private double[] variances = new double[64];

  Conversion(Index index, int order, Spectrum spectrum, double[] errors) {
    this.index = index;
    this.order = order;
    this.spectrum = spectrum;
    this.errors = errors;
    this.unit = unit(errors);
  }

  /** A power of two in whose unit the squares of the errors are doubles. */
  private static int unit(double[] errors) {
    double largest = Arrays.stream(errors).filter(e -> !Double.isNaN(e)).max().orElse(1);
    int exponent = Math.getExponent(largest);
    return largest == 0 || Math.abs(exponent) < SAFE ? 0 : exponent;
  }

  IndexValues run() {
    requireSteps();
    for (int i = 0; i < spectrum.size(); i++) {
      Work.check();
      double error = errors.length == 0 ? 0 : Math.scalb(errors[i], -unit);
      addTerm(spectrum.sets().get(i), spectrum.coefficient(i), error);
    }
    return sorted();
  }

  private void requireSteps() {
    Sets sets = spectrum.sets();
    int[] terms = new int[sets.maxOrder() + 1];
    for (int i = 0; i < sets.size(); i++) {
      terms[sets.order(i)]++;
    }
    double steps = 0;
    for (int t = 0; t < terms.length; t++) {
      // No more sizes than it takes to see that they are too many.
      for (int s = 0; s <= Math.min(order, t) && steps <= MOST_STEPS && terms[t] > 0; s++) {
        if (!index.onlyItself() || s == t) {
          steps += terms[t] * Weights.binomial(t, s).doubleValue();
        }
      }
      if (steps > MOST_STEPS) {
        throw new InputException(
            "converting to "
                + index.label()
                + " of order "
                + order
                + " takes more than "
                + MOST_STEPS
                + " steps at terms of order "
                + t
                + ": ask for a lower order, or for fourier or bii");
      }
    }
  }

  private void addTerm(int[] members, double coefficient, double error) {
    double[] weight = weights.computeIfAbsent(members.length, this::scaledWeights);
    for (int s = 0; s < weight.length; s++) {
      if (weight[s] != 0) {
        addSubsets(members, s, weight[s] * coefficient, weight[s] * error);
      }
    }
  }

  /** {@code (-2)^s w(s, t)} for the s that this index lists. */
  private double[] scaledWeights(int t) {
    double[] weight = new double[Math.min(order, t) + 1];
    for (int s = index.smallestOrder(); s < weight.length; s++) {
      double unscaled = Weights.of(index, order, s, t).toDouble();
      boolean scaled = unscaled != 0 && index != Index.FOURIER;
      weight[s] = scaled ? Math.scalb(s % 2 == 0 ? unscaled : -unscaled, s) : unscaled;
      if (Double.isInfinite(weight[s])) {
        throw new InputException(
            index.label() + " of a set of order " + s + " is too large: ask for a lower order");
      }
    }
    return weight;
  }

  /** Adds to every subset of the given size, in lexicographic order. */
  private void addSubsets(int[] members, int size, double value, double error) {
    int[] chosen = Combinations.first(size);
    int[] subset = new int[size];
    do {
      for (int k = 0; k < size; k++) {
        subset[k] = members[chosen[k]];
      }
      addTo(table.add(subset, 0, size), value, error);
    } while (Combinations.next(chosen, members.length));
  }

  private void addTo(int number, double value, double error) {
    if (number == values.length) {
      values = Arrays.copyOf(values, 2 * number);
      magnitudes = Arrays.copyOf(magnitudes, 2 * number);
      variances = Arrays.copyOf(variances, 2 * number);
    }
    values[number] += value;
    magnitudes[number] += Math.abs(value);
    variances[number] += error * error;
  }

  private IndexValues sorted() {
    Sets sets = table.sets();
    for (int i = 0; i < sets.size(); i++) {
      if (!Double.isFinite(magnitudes[i])) {
        throw new InputException(
            "the coefficients are too large for "
                + index.label()
                + ": its value of a set of order "
                + sets.order(i)
                + " is no double; scale the values, or ask for fourier");
      }
    }
    int[] kept =
        IntStream.range(0, sets.size())
            .filter(i -> Math.abs(values[i]) > ROUNDING * magnitudes[i])
            .boxed()
            .sorted((a, b) -> compare(sets, a, b))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] sortedValues = pick(kept, values);
    double[] sortedErrors = errors.length == 0 ? errors : pick(kept, variances);
    Arrays.setAll(sortedErrors, i -> Math.scalb(Math.sqrt(sortedErrors[i]), unit));
    return new IndexValues(index, order, sets.select(kept), sortedValues, sortedErrors);
  }

  /** Larger magnitudes first, then the order in which spectra are kept. */
  private int compare(Sets sets, int a, int b) {
    int byMagnitude = Double.compare(Math.abs(values[b]), Math.abs(values[a]));
    return byMagnitude != 0 ? byMagnitude : Sets.compare(sets.get(a), sets.get(b));
  }

  private static double[] pick(int[] positions, double[] from) {
    return Arrays.stream(positions).mapToDouble(i -> from[i]).toArray();
  }
}
