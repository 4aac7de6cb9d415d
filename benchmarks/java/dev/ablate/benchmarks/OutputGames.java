package dev.ablate.benchmarks;

import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Many outputs of the same masks, by seeds: what a model that was trained on the groups of a
 * training set that a mask keeps says of each test row, spectra of an output's own, and mixtures.
 */
final class OutputGames {
  private static final int STREAM = 0x4F757470;
  private static final int DIMENSIONS = 16;
  private static final int GROUP = 12;

  /** Noise of what the labels of the training set say. */
  private static final double LABEL_NOISE = 0.5;

  private static final double RIDGE = 2;

  /** Noise of spectra, in the unit of their coefficients. */
  private static final double NOISE = 0.1;

  /** The chance that a parity of a spectrum is of order 1, 2 and so on. */
  private static final double[] ORDERS = {.25, .3, .2, .15, .1};

  private final String kind;
  private final int features;
  private final int outputs;
  private final long seed;

  // (features, dimensions, dimensions) and (features, dimensions): sums over the rows of a group.
  private final double[][][] squares;
  private final double[][] products;
  // (outputs, dimensions) test rows.
  private final double[][] rows;
  private final Spectrum[] planted;

  OutputGames(String kind, int features, int outputs, long seed) {
    this.kind = kind;
    this.features = features;
    this.outputs = outputs;
    this.seed = seed;
    Philox.Stream random = Philox.stream(seed, STREAM);
    double[] truth = normals(DIMENSIONS, random);
    this.squares = new double[features][DIMENSIONS][DIMENSIONS];
    this.products = new double[features][DIMENSIONS];
    for (int g = 0; g < features; g++) {
      double[] centre = normals(DIMENSIONS, random);
      double bias = random.nextGaussian();
      for (int r = 0; r < GROUP; r++) {
        double[] x = normals(DIMENSIONS, random);
        double label = bias + LABEL_NOISE * random.nextGaussian();
        for (int i = 0; i < DIMENSIONS; i++) {
          x[i] += centre[i];
          label += x[i] * truth[i] / Math.sqrt(DIMENSIONS);
        }
        for (int i = 0; i < DIMENSIONS; i++) {
          products[g][i] += x[i] * Math.signum(label);
          for (int j = 0; j < DIMENSIONS; j++) {
            squares[g][i][j] += x[i] * x[j];
          }
        }
      }
    }
    this.rows = new double[outputs][];
    this.planted = new Spectrum[outputs];
    for (int o = 0; o < outputs; o++) {
      rows[o] = normals(DIMENSIONS, random);
      planted[o] = planted(random);
    }
  }

  private static double[] normals(int count, Philox.Stream random) {
    double[] normals = new double[count];
    Arrays.setAll(normals, i -> 1.4 * random.nextGaussian());
    return normals;
  }

  /** Three to ten parities of order 1 to 5, of magnitudes uniform in ±[.5, 1.5]. */
  private Spectrum planted(Philox.Stream random) {
    TreeMap<int[], Double> terms = new TreeMap<>(Sets::compare);
    int count = 3 + random.nextInt(8);
    while (terms.size() < count) {
      int order = order(random.nextDouble());
      int[] set =
          IntStream.generate(() -> random.nextInt(features))
              .distinct()
              .limit(order)
              .sorted()
              .toArray();
      double size = 0.5 + random.nextDouble();
      terms.putIfAbsent(set, random.nextInt(2) == 0 ? size : -size);
    }
    double[] coefficients = terms.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new Spectrum(features, Sets.of(terms.keySet()), coefficients);
  }

  private int order(double drawn) {
    int order = 1;
    for (double rest = drawn - ORDERS[0]; rest >= 0 && order < ORDERS.length; order++) {
      rest -= ORDERS[order];
    }
    return Math.min(order, features);
  }

  /** What an output is, where outputs differ. */
  String kind(int output) {
    if (!kind.equals("mixed")) {
      return kind;
    }
    return switch (output % 10) {
      case 0, 1, 2 -> "dense";
      case 3, 4, 5 -> "sparse";
      case 6, 7 -> "bounded";
      case 8 -> "repeated";
      default -> output % 20 == 9 ? "constant" : "noise";
    };
  }

  /** {@code (masks, outputs)} values without noise. */
  double[] values(Masks masks) {
    double[] values = new double[masks.count() * outputs];
    double[][] weights = weights(masks);
    for (int o = 0; o < outputs; o++) {
      // A repeated one is the dense one before it, in another unit.
      boolean repeated = kind(o).equals("repeated");
      int of = repeated ? o - 8 : o;
      double[] some = values(kind(of), of, masks, weights);
      for (int m = 0; m < some.length; m++) {
        values[m * outputs + o] = repeated ? 3 * some[m] - 1 : some[m];
      }
    }
    return values;
  }

  private double[] values(String own, int output, Masks masks, double[][] weights) {
    double[] values = new double[masks.count()];
    switch (own) {
      case "dense" -> Arrays.setAll(values, m -> margin(weights[m], output));
      case "bounded" ->
          Arrays.setAll(values, m -> 1 / (1 + Math.exp(-4 * margin(weights[m], output))));
      case "sparse" -> values = planted[output].evaluate(masks);
      case "constant" -> Arrays.fill(values, 0.25);
      case "noise" -> Arrays.fill(values, 0);
      default -> throw new IllegalArgumentException(own + ": dense, sparse, bounded or mixed");
    }
    return values;
  }

  /** Noise of the values that are fitted. */
  double noise(int output) {
    return switch (kind(output)) {
      case "sparse" -> NOISE;
      case "noise" -> 1;
      default -> 0;
    };
  }

  private double margin(double[] weights, int output) {
    double sum = 0;
    for (int i = 0; i < DIMENSIONS; i++) {
      sum += weights[i] * rows[output][i];
    }
    return sum;
  }

  /** {@code (masks, dimensions)} ridge regressions on the groups that masks keep. */
  private double[][] weights(Masks masks) {
    long[] bits = masks.hostWords();
    int words = masks.words();
    double[][] weights = new double[masks.count()][];
    for (int m = 0; m < weights.length; m++) {
      double[][] a = new double[DIMENSIONS][DIMENSIONS];
      double[] b = new double[DIMENSIONS];
      for (int i = 0; i < DIMENSIONS; i++) {
        a[i][i] = RIDGE;
      }
      for (int g = 0; g < features; g++) {
        if ((bits[m * words + (g >>> 6)] >>> g & 1) != 0) {
          for (int i = 0; i < DIMENSIONS; i++) {
            b[i] += products[g][i];
            for (int j = 0; j < DIMENSIONS; j++) {
              a[i][j] += squares[g][i][j];
            }
          }
        }
      }
      weights[m] = solved(a, b);
    }
    return weights;
  }

  /** Gaussian elimination of a positive definite matrix. */
  private static double[] solved(double[][] a, double[] b) {
    int n = b.length;
    for (int k = 0; k < n; k++) {
      for (int i = k + 1; i < n; i++) {
        double factor = a[i][k] / a[k][k];
        for (int j = k; j < n; j++) {
          a[i][j] -= factor * a[k][j];
        }
        b[i] -= factor * b[k];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        b[i] -= a[i][j] * b[j];
      }
      b[i] /= a[i][i];
    }
    return b;
  }

  /** The seed of what is drawn beside the games. */
  long seed() {
    return seed;
  }
}
