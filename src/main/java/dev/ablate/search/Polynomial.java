package dev.ablate.search;

import dev.ablate.backend.Sets;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What is left to choose: the spectrum over the features that are free, whose value is to be as
 * large as can be, and how many of them are to be kept. Only features that a term holds matter;
 * they are numbered from 0 in the order of the spectrum's own numbers, and of them from {@link
 * #low} to {@link #high} are kept, as the other free features fill up to the size.
 *
 * <p>Immutable, but for arrays, which nobody writes to.
 */
final class Polynomial {
  private final Spectrum spectrum;
  private final int free;
  private final int size;
  private final int[] features;
  private final int[][] terms;
  private final double[] weights;
  private final int[][] holding;
  private final double constant;

  /**
   * A choice among features of a spectrum.
   *
   * @param spectrum holds free features only
   * @param free how many features may be chosen
   * @param size how many of them are kept
   */
  Polynomial(Spectrum spectrum, int free, int size) {
    this.spectrum = spectrum;
    this.free = free;
    this.size = size;
    Sets sets = spectrum.sets();
    boolean empty = sets.size() > 0 && sets.order(0) == 0;
    constant = empty ? spectrum.coefficient(0) : 0;
    int first = empty ? 1 : 0;
    BitSet active = new BitSet();
    Arrays.stream(sets.features()).forEach(active::set);
    features = active.stream().toArray();
    terms = new int[sets.size() - first][];
    weights = new double[terms.length];
    int[] degree = new int[features.length];
    for (int t = 0; t < terms.length; t++) {
      terms[t] = sets.get(first + t);
      weights[t] = spectrum.coefficient(first + t);
      for (int k = 0; k < terms[t].length; k++) {
        terms[t][k] = Arrays.binarySearch(features, terms[t][k]);
        degree[terms[t][k]]++;
      }
    }
    holding = new int[features.length][];
    Arrays.setAll(holding, i -> new int[degree[i]]);
    for (int t = terms.length - 1; t >= 0; t--) {
      for (int i : terms[t]) {
        holding[i][--degree[i]] = t;
      }
    }
  }

  /** Number of features that matter. */
  int active() {
    return features.length;
  }

  /** The spectrum's own number of a feature that matters. */
  int feature(int i) {
    return features[i];
  }

  /** How many features are kept, those that do not matter included. */
  int size() {
    return size;
  }

  /** The fewest features that matter and are kept. */
  int low() {
    return Math.max(0, size - (free - features.length));
  }

  /** The most features that matter and are kept. */
  int high() {
    return Math.min(size, features.length);
  }

  /** The value of the empty term. */
  double constant() {
    return constant;
  }

  /** Number of terms of at least one feature. */
  int terms() {
    return terms.length;
  }

  /** The features of a term, ascending. */
  int[] term(int t) {
    return terms[t];
  }

  /** The coefficient of a term. */
  double weight(int t) {
    return weights[t];
  }

  /** The terms that hold a feature. */
  int[] holding(int i) {
    return holding[i];
  }

  /** The sum of the magnitudes of all terms but the empty one. */
  double magnitude() {
    return Arrays.stream(weights).map(Math::abs).sum();
  }

  /** The value where these are kept, {@code (active)}. */
  double value(boolean[] kept) {
    double sum = constant;
    for (int t = 0; t < terms.length; t++) {
      sum += signed(t, kept);
    }
    return sum;
  }

  /** What a term adds where these are kept. */
  double signed(int t, boolean[] kept) {
    boolean odd = false;
    for (int i : terms[t]) {
      odd ^= kept[i];
    }
    return odd ? -weights[t] : weights[t];
  }

  /** Whether the size can still be reached where these are kept and those left away. */
  boolean admits(BitSet in, BitSet out) {
    return in.cardinality() <= size && out.cardinality() <= free - size;
  }

  /**
   * What is left to choose once features are kept and others left away.
   *
   * @param in numbers of the spectrum
   * @param out numbers of the spectrum
   */
  Polynomial with(BitSet in, BitSet out) {
    Sets sets = spectrum.sets();
    List<int[]> rest = new ArrayList<>(sets.size());
    double[] coefficients = new double[sets.size()];
    for (int s = 0; s < sets.size(); s++) {
      int[] set = sets.get(s);
      boolean odd = (Arrays.stream(set).filter(in::get).count() & 1) == 1;
      coefficients[s] = odd ? -spectrum.coefficient(s) : spectrum.coefficient(s);
      rest.add(Arrays.stream(set).filter(i -> !in.get(i) && !out.get(i)).toArray());
    }
    Spectrum reduced = new Spectrum(spectrum.features(), Sets.of(rest), coefficients).above(0);
    int kept = in.cardinality();
    return new Polynomial(reduced, free - kept - out.cardinality(), size - kept);
  }

  /** The number of a term by its features, in the spectrum's own numbers; -1 if it is none. */
  int termOf(int[] set) {
    int position = spectrum.indexOf(set);
    return position < 0 || set.length == 0 ? -1 : position - (spectrum.size() - terms.length);
  }

  /** The features of a term in the spectrum's own numbers, ascending. */
  int[] set(int t) {
    return spectrum.sets().get(t + spectrum.size() - terms.length);
  }

  /** A bound that costs nothing: single features at their best, all other terms at theirs. */
  double simpleBound() {
    double bound = constant;
    double[] gains = new double[features.length];
    for (int t = 0; t < terms.length; t++) {
      if (terms[t].length == 1) {
        bound += weights[t];
        gains[terms[t][0]] = -2 * weights[t];
      } else {
        bound += Math.abs(weights[t]);
      }
    }
    Arrays.sort(gains);
    for (int k = 0; k < high(); k++) {
      double gain = gains[gains.length - 1 - k];
      bound += k < low() ? gain : Math.max(0, gain);
    }
    return bound;
  }
}
