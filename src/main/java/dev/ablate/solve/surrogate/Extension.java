package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.SetTable;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Derivatives of the multilinear extension of a process's mean. The covariance of a mask with a row
 * is a sum of products over features: each exponential by itself, and what closeness does as
 * cosines of the difference of sizes. Of such a product the average over features that are kept
 * with probability q is {@code prod_i g_i}, and its derivative by a set {@code prod_{i not in S}
 * g_i prod_{i in S} d_i}. A factor depends on the row by one bit, so that {@code d_i/g_i} is a sum
 * of a constant and a sign, and all rows are summed by the parities of the subsets of S.
 */
final class Extension {
  /** Cosines that are weaker than this are left out. */
  private static final double REACH = 7.5;

  /** What stands for a factor of 0, so that it can be divided by. */
  private static final double TINY = 1e-100;

  private final Backend backend;
  private final Prior prior;
  private final Masks fitted;
  private final double[] weights;
  private final int features;
  private final long[] words;
  private final int[] sizes;

  /** The masks where the operations run, while sums are made. */
  private Masks there;

  Extension(ProcessSurrogate process, Backend backend) {
    this.backend = backend;
    this.prior = process.prior();
    this.fitted = process.fitted();
    this.weights = process.weights();
    this.features = process.features();
    this.words = fitted.hostWords();
    this.sizes = fitted.sizes();
  }

  /** How many sums over all rows a set takes a node. */
  static int columns(Prior prior) {
    int frequencies = frequencies(prior.shape(), prior.decays().length)[0].length;
    return (prior.shape().rough() > 0 ? 2 : 1) * (2 * frequencies - 1);
  }

  /** {@code (sets)} the sums that a rule asks for. */
  double[] weighed(Sets sets, SizeRule rule) {
    Closure closure = Closure.of(sets);
    double[] sums = new double[sets.size()];
    double[][] frequencies = frequencies(prior.shape(), features);
    there = fitted.on(backend);
    try {
      add(sums, closure, rule, frequencies);
      return sums;
    } finally {
      if (there != fitted) {
        there.close();
      }
    }
  }

  private void add(double[] sums, Closure closure, SizeRule rule, double[][] frequencies) {
    for (int k = 0; k < rule.nodes().length; k++) {
      Work.done((double) k / rule.nodes().length);
      for (int f = 0; f < frequencies[0].length; f++) {
        Work.check();
        Shape shape = prior.shape();
        double share = prior.scale() * frequencies[1][f];
        add(sums, closure, rule, k, share, 1, frequencies[0][f]);
        if (shape.rough() > 0) {
          add(sums, closure, rule, k, share * shape.rough(), shape.stretch(), frequencies[0][f]);
        }
      }
    }
  }

  /**
   * Angles and weights of the cosines whose sum is {@code exp(-closeness d^2 / features)} for
   * differences up to the number of features: the trapezoid rule on its transform.
   */
  private static double[][] frequencies(Shape shape, int features) {
    if (shape.closeness() == 0) {
      return new double[][] {{0}, {1}};
    }
    double spread = Math.sqrt(features / (2 * shape.closeness()));
    double step = 2 * Math.PI / (2 * features + REACH * spread);
    int count = (int) (REACH / spread / step) + 1;
    double[][] frequencies = new double[2][count];
    for (int f = 0; f < count; f++) {
      double reach = spread * step * f;
      frequencies[0][f] = step * f;
      frequencies[1][f] =
          (f == 0 ? 1 : 2) * step * spread / Math.sqrt(2 * Math.PI) * Math.exp(-reach * reach / 2);
    }
    return frequencies;
  }

  /** Adds one product at one node. */
  private void add(
      double[] sums,
      Closure closure,
      SizeRule rule,
      int node,
      double share,
      double stretch,
      double angle) {
    Factors factors = Factors.of(prior, stretch, angle, rule.nodes()[node]);
    int rows = fitted.count();
    double[] real = new double[rows];
    double[] imaginary = new double[rows];
    double tilt = prior.shape().tilt();
    for (int r = 0; r < rows; r++) {
      double log = tilt * (sizes[r] - features) / features;
      double turn = -angle * sizes[r];
      double re = weights[r] * share * Math.exp(log) * Math.cos(turn);
      double im = weights[r] * share * Math.exp(log) * Math.sin(turn);
      for (int i = 0; i < features; i++) {
        int bit = (int) (words[r * fitted.words() + (i >>> 6)] >>> i & 1);
        double a = factors.mean[0][bit][i];
        double b = factors.mean[1][bit][i];
        double next = re * a - im * b;
        im = re * b + im * a;
        re = next;
      }
      real[r] = re;
      imaginary[r] = im;
    }
    double[] parities = parities(closure.all, real);
    double[] turned = angle == 0 ? null : parities(closure.all, imaginary);
    for (int s = 0; s < sums.length; s++) {
      double weight = rule.weights()[closure.sets.order(s)][node];
      if (weight != 0) {
        sums[s] += weight * factors.sum(closure, s, parities, turned);
      }
    }
  }

  private double[] parities(Sets all, double[] values) {
    double[] sums =
        backend
            .parityRegression()
            .hits(all, there.buffer(), fitted.count(), features, HostBuffer.of(values), -1)
            .coefficients();
    return Arrays.stream(sums).map(c -> c * fitted.count()).toArray();
  }

  /**
   * Sets with all of their subsets.
   *
   * @param sets the sets
   * @param all every subset of each, each once
   * @param places {@code (sets, 2^order)} the number of each subset; bit k of the position says
   *     whether the set's k-th member is in it
   */
  private record Closure(Sets sets, Sets all, int[][] places) {
    static Closure of(Sets sets) {
      SetTable table = new SetTable();
      int[][] places = new int[sets.size()][];
      for (int s = 0; s < places.length; s++) {
        int[] set = sets.get(s);
        places[s] = new int[1 << set.length];
        for (int part = 0; part < places[s].length; part++) {
          int number = part;
          int[] subset =
              IntStream.range(0, set.length)
                  .filter(k -> (number >>> k & 1) != 0)
                  .map(k -> set[k])
                  .toArray();
          places[s][part] = table.add(subset, 0, subset.length);
        }
      }
      return new Closure(sets, table.sets(), places);
    }
  }

  /**
   * Of each feature: {@code g}, by the row's bit, and {@code d/g = constant + sign * chi}; real
   * parts first.
   */
  private record Factors(double[][][] mean, double[][] constant, double[][] sign) {
    static Factors of(Prior prior, double stretch, double angle, double q) {
      int features = prior.decays().length;
      double[][][] mean = new double[2][2][features];
      double[][] constant = new double[2][features];
      double[][] sign = new double[2][features];
      double kept = Math.exp(prior.shape().tilt() / features);
      double[] turn = {kept * Math.cos(angle), kept * Math.sin(angle)};
      for (int i = 0; i < features; i++) {
        double apart = Math.exp(-2 * stretch * prior.decays()[i]);
        double[][] ratios = new double[2][];
        for (int bit = 0; bit < 2; bit++) {
          double absent = bit == 0 ? 1 : apart;
          double present = bit == 1 ? 1 : apart;
          double re = (1 - q) * absent + q * present * turn[0];
          double im = q * present * turn[1];
          double length = re * re + im * im;
          if (length < TINY * TINY) {
            re = TINY;
            length = TINY * TINY;
          }
          mean[0][bit][i] = re;
          mean[1][bit][i] = im;
          double byRe = present * turn[0] - absent;
          double byIm = present * turn[1];
          ratios[bit] =
              new double[] {(byRe * re + byIm * im) / length, (byIm * re - byRe * im) / length};
        }
        for (int part = 0; part < 2; part++) {
          constant[part][i] = (ratios[0][part] + ratios[1][part]) / 2;
          sign[part][i] = (ratios[0][part] - ratios[1][part]) / 2;
        }
      }
      return new Factors(mean, constant, sign);
    }

    /** The real part of the sum over the subsets of a set. */
    double sum(Closure closure, int s, double[] parities, double[] turned) {
      int[] set = closure.sets.get(s);
      double sum = 0;
      for (int part = 0; part < closure.places[s].length; part++) {
        double re = 1;
        double im = 0;
        for (int k = 0; k < set.length; k++) {
          double[][] factor = (part >>> k & 1) != 0 ? sign : constant;
          double next = re * factor[0][set[k]] - im * factor[1][set[k]];
          im = re * factor[1][set[k]] + im * factor[0][set[k]];
          re = next;
        }
        int at = closure.places[s][part];
        sum += re * parities[at] - (turned == null ? 0 : im * turned[at]);
      }
      return sum;
    }
  }
}
