package dev.ablate.benchmarks;

import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Games of any number of features, by formulas and seeds: values without noise. */
final class LargeGames {
  private static final int STREAM = 0x4C617267;

  private LargeGames() {}

  /** The value of a mask. */
  interface Value {
    /** That of the mask whose kept features are asked for. */
    double of(IntPredicate kept);
  }

  /**
   * A game by name: {@code planted}, {@code forest}, {@code deep-forest} or {@code attention}.
   *
   * @throws IllegalArgumentException for another name
   */
  static Value of(String kind, int features, long seed) {
    Philox.Stream random = Philox.stream(seed, STREAM);
    return switch (kind) {
      case "planted" -> planted(features, random);
      case "forest" -> forest(features, 0.35, random);
      case "deep-forest" -> forest(features, 0.5, random);
      case "attention" -> attention(features, random);
      default ->
          throw new IllegalArgumentException(kind + ": planted, forest, deep-forest or attention");
    };
  }

  /** Noise of the values that are fitted, in standard deviations of 1. */
  static double noise(String kind) {
    return kind.equals("planted") ? 0.1 : 0;
  }

  /** Values of masks. */
  static double[] values(Value game, Masks masks) {
    long[] bits = masks.hostWords();
    int words = masks.words();
    return IntStream.range(0, masks.count())
        .parallel()
        .mapToDouble(r -> game.of(i -> (bits[r * words + (i >>> 6)] >>> i & 1) != 0))
        .toArray();
  }

  /**
   * 60 parities of order 1 to 5 with chances .25, .3, .2, .15 and .1, of magnitudes uniform in
   * ±[.5, 1.5].
   */
  private static Value planted(int features, Philox.Stream random) {
    double[] chances = {0.25, 0.3, 0.2, 0.15, 0.1};
    TreeMap<int[], Double> terms = new TreeMap<>(Sets::compare);
    while (terms.size() < 60) {
      double u = random.nextDouble();
      int order = 1;
      for (; order < chances.length && u >= chances[order - 1]; order++) {
        u -= chances[order - 1];
      }
      int[] set = some(features, order, random);
      double size = 0.5 + random.nextDouble();
      terms.putIfAbsent(set, random.nextInt(2) == 0 ? size : -size);
    }
    double[] coefficients = terms.values().stream().mapToDouble(Double::doubleValue).toArray();
    Spectrum truth = new Spectrum(features, Sets.of(terms.keySet()), coefficients);
    int[][] sets =
        IntStream.range(0, truth.size()).mapToObj(truth.sets()::get).toArray(int[][]::new);
    return kept -> {
      double sum = 0;
      for (int s = 0; s < sets.length; s++) {
        boolean odd = false;
        for (int i : sets[s]) {
          odd ^= kept.test(i);
        }
        sum += odd ? -coefficients[s] : coefficients[s];
      }
      return sum;
    };
  }

  private static int[] some(int features, int order, Philox.Stream random) {
    return IntStream.generate(() -> random.nextInt(features))
        .distinct()
        .limit(order)
        .sorted()
        .toArray();
  }

  /**
   * The sum of 100 full binary trees of depth 8, their features drawn by Zipf's law: each node adds
   * a normal step, of a standard deviation that falls from level to level by a factor.
   */
  private static Value forest(int features, double decay, Philox.Stream random) {
    int trees = 100;
    int depth = 8;
    double[] shares = new double[features];
    double sum = 0;
    for (int i = 0; i < features; i++) {
      sum += 1.0 / (i + 1);
      shares[i] = sum;
    }
    int[] names = random.permutation(features);
    int inner = (1 << depth) - 1;
    int[] split = new int[trees * inner];
    for (int k = 0; k < split.length; k++) {
      double u = random.nextDouble() * sum;
      int at = 0;
      while (shares[at] < u) {
        at++;
      }
      split[k] = names[at];
    }
    double[] steps = new double[trees * (2 * inner + 1)];
    for (int k = 0; k < steps.length; k++) {
      int level = 31 - Integer.numberOfLeadingZeros(k % (2 * inner + 1) + 1);
      steps[k] = Math.pow(decay, level) * random.nextGaussian();
    }
    return kept -> {
      double value = 0;
      for (int t = 0; t < trees; t++) {
        int node = 0;
        for (int level = 0; level < depth; level++) {
          node = 2 * node + (kept.test(split[t * inner + node]) ? 2 : 1);
          value += steps[t * (2 * inner + 1) + node];
        }
      }
      return value;
    };
  }

  /**
   * Words in a row: windows of three to seven attend to their words by saliences and are pooled by
   * what their strongest words say; a gate of a few words scales each window, and a tanh bounds
   * their sum.
   */
  private static Value attention(int features, Philox.Stream random) {
    double[] meaning = new double[features];
    double[] salience = new double[features];
    for (int i = 0; i < features; i++) {
      // Few words matter much.
      double weight = Math.pow(random.nextDouble(), 3);
      meaning[i] = 2 * weight * random.nextGaussian();
      salience[i] = 2 * random.nextGaussian();
    }
    int windows = Math.max(4, features / 6);
    int[] first = new int[windows];
    int[] length = new int[windows];
    int[][] gates = new int[windows][];
    double[][] pulls = new double[windows][];
    double[] worth = new double[windows];
    for (int w = 0; w < windows; w++) {
      length[w] = 3 + random.nextInt(5);
      first[w] = random.nextInt(features - length[w] + 1);
      gates[w] = some(features, 1 + random.nextInt(3), random);
      pulls[w] = new double[gates[w].length];
      for (int g = 0; g < pulls[w].length; g++) {
        pulls[w][g] = 2 * random.nextGaussian();
      }
      worth[w] = Math.pow(random.nextDouble(), 2);
    }
    return kept -> {
      double sum = 0;
      for (int w = 0; w < windows; w++) {
        double top = 0;
        double all = 0.1;
        for (int i = first[w]; i < first[w] + length[w]; i++) {
          if (kept.test(i)) {
            double attended = Math.exp(salience[i]);
            top += attended * meaning[i];
            all += attended;
          }
        }
        double gate = 0.5;
        for (int g = 0; g < gates[w].length; g++) {
          gate += kept.test(gates[w][g]) ? pulls[w][g] : 0;
        }
        sum += worth[w] * top / all / (1 + Math.exp(-gate));
      }
      return Math.tanh(sum / 2);
    };
  }
}
