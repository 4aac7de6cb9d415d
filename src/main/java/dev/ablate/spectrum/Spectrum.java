package dev.ablate.spectrum;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A sparse Walsh-Hadamard spectrum: {@code f(m) = sum_S F(S) (-1)^|m and S|}, mask bit 1 = kept. A
 * positive effect of keeping feature {@code i} is therefore a negative {@code F({i})}.
 *
 * <p>Immutable. Terms are kept in the order of {@link Sets#compare}, each set once, and cost their
 * order, whatever the number of features.
 */
public final class Spectrum {
  private final int features;
  private final Sets sets;
  private final double[] coefficients;
  private volatile SetTable table;

  /**
   * A spectrum from terms in any order; coefficients of equal sets are added.
   *
   * @param features number of features
   * @param sets the supports
   * @param coefficients one for each set, finite, in the unit of the game
   * @throws IllegalArgumentException if a set reaches past the features, or a coefficient is
   *     missing or not finite
   */
  public Spectrum(int features, Sets sets, double[] coefficients) {
    InputException.required(sets, "the spectrum's list of sets");
    InputException.required(coefficients, "the spectrum's list of coefficients");
    if (sets.size() != coefficients.length) {
      throw new IllegalArgumentException(
          coefficients.length + " coefficients for " + sets.size() + " sets");
    }
    for (int s = 0; s < sets.size(); s++) {
      if (sets.order(s) > 0 && sets.feature(s, sets.order(s) - 1) >= features) {
        throw new IllegalArgumentException(
            "a set holds feature " + sets.feature(s, sets.order(s) - 1) + " of " + features);
      }
      if (!Double.isFinite(coefficients[s])) {
        throw new IllegalArgumentException("coefficient " + s + " is " + coefficients[s]);
      }
    }
    this.features = features;
    if (isCanonical(sets)) {
      this.sets = sets;
      this.coefficients = coefficients.clone();
    } else {
      SetTable distinct = new SetTable(sets.select(canonicalOrder(sets)));
      this.table = distinct;
      this.sets = distinct.sets();
      this.coefficients = merged(distinct, sets, coefficients);
    }
  }

  /** The spectrum of the game that is 0 everywhere. */
  public static Spectrum zero(int features) {
    return new Spectrum(features, new Sets(new int[1], new int[0]), new double[0]);
  }

  /** Number of features. */
  public int features() {
    return features;
  }

  /** Number of stored terms. */
  public int size() {
    return coefficients.length;
  }

  /** The supports, in the order of {@link Sets#compare}. */
  public Sets sets() {
    return sets;
  }

  /** The coefficient of term {@code i}. */
  public double coefficient(int i) {
    return coefficients[i];
  }

  /** A copy of all coefficients, in the order of the sets. */
  public double[] coefficients() {
    return coefficients.clone();
  }

  /** The position of a set, given ascending; -1 when it is not stored. */
  public int indexOf(int... set) {
    if (table == null) {
      // Two threads may both build it; either table will do.
      table = new SetTable(sets);
    }
    return table.find(set, 0, set.length);
  }

  /** The coefficient of a set, given ascending; 0 when it is not stored. */
  public double coefficientOf(int... set) {
    int i = indexOf(set);
    return i < 0 ? 0 : coefficients[i];
  }

  /** The value with every feature kept. */
  public double all() {
    double sum = 0;
    for (int i = 0; i < size(); i++) {
      sum += (sets.order(i) & 1) == 0 ? coefficients[i] : -coefficients[i];
    }
    return sum;
  }

  /** The value with every feature ablated. */
  public double none() {
    return Arrays.stream(coefficients).sum();
  }

  /** The values on masks, one a mask, by the calling thread alone. */
  public double[] evaluate(Masks masks) {
    return evaluate(masks, CallingThread.BACKEND);
  }

  /**
   * The values on masks, one a mask.
   *
   * @param masks in the memory of the backend or the host's
   * @throws IllegalArgumentException if the masks have another number of features
   */
  public double[] evaluate(Masks masks, Backend backend) {
    try (Buffer values = evaluateThere(masks, backend)) {
      return values.toHost().doubles();
    }
  }

  /**
   * The values on masks, left in the memory of the backend.
   *
   * @param masks in the memory of the backend or the host's
   * @return F64 {@code (masks)}, for the caller to close
   * @throws IllegalArgumentException if the masks have another number of features
   */
  public Buffer evaluateThere(Masks masks, Backend backend) {
    if (InputException.required(masks, "the masks to evaluate").features() != features) {
      throw new IllegalArgumentException(
          "masks of " + masks.features() + " features for a spectrum of " + features);
    }
    return backend
        .evaluation()
        .evaluate(sets, HostBuffer.of(coefficients), 1, masks.buffer(), masks.count(), features);
  }

  /** Sum of squared coefficients by order, {@code (largest order + 1)}. */
  public double[] energyByOrder() {
    double[] energy = new double[sets.maxOrder() + 1];
    for (int i = 0; i < size(); i++) {
      energy[sets.order(i)] += coefficients[i] * coefficients[i];
    }
    return energy;
  }

  /** Variance of the values over uniform masks: the energy of all sets but the empty one. */
  public double variance() {
    double[] energy = energyByOrder();
    return Arrays.stream(energy, 1, energy.length).sum();
  }

  /** The {@code count} terms of largest magnitude; of equal ones those that come first. */
  public Spectrum top(int count) {
    int[] kept = Magnitudes.falling(coefficients, count);
    Arrays.sort(kept);
    return select(kept);
  }

  /** Positions of the terms by falling magnitude; of equal ones the first comes first. */
  public int[] byMagnitude() {
    return Magnitudes.falling(coefficients, size());
  }

  /** The terms between two orders, both included. */
  public Spectrum ofOrders(int min, int max) {
    return filter(i -> sets.order(i) >= min && sets.order(i) <= max);
  }

  /** The terms whose magnitude is larger than {@code threshold}. */
  public Spectrum above(double threshold) {
    return filter(i -> Math.abs(coefficients[i]) > threshold);
  }

  /** This spectrum plus another one over the same features; terms that cancel are left out. */
  public Spectrum plus(Spectrum other) {
    InputException.required(other, "the other spectrum");
    if (other.features != features) {
      throw new IllegalArgumentException(
          "spectra of " + features + " and " + other.features + " features have no sum");
    }
    int[] starts = Arrays.copyOf(sets.starts(), size() + other.size() + 1);
    for (int i = 0; i < other.size(); i++) {
      starts[size() + i + 1] = starts[size() + i] + other.sets.order(i);
    }
    int own = sets.starts()[size()];
    int[] members = Arrays.copyOf(sets.features(), starts[starts.length - 1]);
    System.arraycopy(other.sets.features(), 0, members, own, members.length - own);
    double[] both = Arrays.copyOf(coefficients, size() + other.size());
    System.arraycopy(other.coefficients, 0, both, size(), other.size());
    return new Spectrum(features, new Sets(starts, members), both).above(0);
  }

  /** This spectrum minus another one over the same features; terms that cancel are left out. */
  public Spectrum minus(Spectrum other) {
    return plus(InputException.required(other, "the other spectrum").scale(-1));
  }

  /** This spectrum times a number. */
  public Spectrum scale(double factor) {
    return new Spectrum(features, sets, Arrays.stream(coefficients).map(c -> factor * c).toArray());
  }

  private Spectrum filter(IntPredicate kept) {
    return select(IntStream.range(0, size()).filter(kept).toArray());
  }

  private Spectrum select(int[] positions) {
    return new Spectrum(
        features,
        sets.select(positions),
        Arrays.stream(positions).mapToDouble(i -> coefficients[i]).toArray());
  }

  private static boolean isCanonical(Sets sets) {
    for (int s = 1; s < sets.size(); s++) {
      if (compare(sets, s - 1, s) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static int[] canonicalOrder(Sets sets) {
    return IntStream.range(0, sets.size())
        .boxed()
        .sorted((a, b) -> compare(sets, a, b))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double[] merged(SetTable table, Sets sets, double[] coefficients) {
    double[] sums = new double[table.size()];
    for (int s = 0; s < sets.size(); s++) {
      sums[table.find(sets.features(), sets.starts()[s], sets.order(s))] += coefficients[s];
    }
    return sums;
  }

  /** {@link Sets#compare} of two sets of one list, without copying them. */
  private static int compare(Sets sets, int a, int b) {
    if (sets.order(a) != sets.order(b)) {
      return Integer.compare(sets.order(a), sets.order(b));
    }
    int[] starts = sets.starts();
    int[] members = sets.features();
    return Arrays.compare(members, starts[a], starts[a + 1], members, starts[b], starts[b + 1]);
  }

  /** Made when first used. A backend of one thread works on the caller's and starts none. */
  private static final class CallingThread {
    private static final HostBackend BACKEND = new HostBackend(1);
  }
}
