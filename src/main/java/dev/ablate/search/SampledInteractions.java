package dev.ablate.search;

import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostCholesky;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.stream.IntStream;

/**
 * What other examples can be expected to say of interactions. The spectrum of a mean over examples
 * knows the masks, but its terms are those of these examples, and a set that is best for them is
 * chosen for what is theirs alone. Effects of single features stay as they are; terms of an order
 * above are multiplied by {@code 1 - E / C}, where {@code E} sums the squares of their standard
 * errors over the examples and {@code C} their own squares, over all sets of the order: what
 * remains of {@code C} is what other examples share. Where an order's terms are no larger than
 * their errors nothing is left of it.
 *
 * <p>Terms of single examples are linear in their values: the means of a Gaussian process whose
 * prior shares what an order explains among all sets of the order. Sums over all sets of an order
 * need no list of them, as the sum of the products of two masks' parities is a polynomial of how
 * many features they differ in.
 *
 * <p>Source: James, Stein, "Estimation with quadratic loss", Proceedings of the Fourth Berkeley
 * Symposium, 1961; its positive part, order by order.
 */
public final class SampledInteractions {
  /** Most rows that single examples are fitted by; the time grows with their cube. */
  private static final int MOST_ROWS = 3_000;

  /** The least share of the energy that counts as noise, so that the covariance has a factor. */
  private static final double LEAST_NOISE = 1e-6;

  private final Masks masks;
  private final Spectrum mean;
  private final int rows;
  private final int examples;
  private final double[] energy;
  private final double[][] agreement;

  /** {@code (examples, rows)} what a coefficient of an example is a sum of. */
  private final double[][] weights;

  private SampledInteractions(Spectrum mean, Link link, Masks masks, Values each) {
    this.masks = masks;
    this.mean = mean;
    this.rows = Math.min(masks.count(), MOST_ROWS);
    this.examples = each.outputs();
    this.energy = mean.energyByOrder();
    this.agreement = agreement(mean.features(), energy.length - 1);
    this.weights = before(link, each);
    solve();
  }

  /**
   * The spectrum with its interactions as far as the examples bear them out.
   *
   * @param mean the spectrum of the mean over the examples, before the link
   * @param link between that spectrum and the mean
   * @param masks masks that were evaluated, about as likely to keep a feature as not
   * @param each {@code (masks, examples)} numbers whose mean is the value
   * @throws InputException if there are fewer than two examples, or another number of masks
   */
  public static Spectrum of(Spectrum mean, Link link, Masks masks, Values each) {
    if (each.outputs() < 2 || each.count() != masks.count() || masks.count() == 0) {
      throw new InputException(
          masks.count()
              + " masks with values of "
              + each.count()
              + " for "
              + each.outputs()
              + " examples: give values of at least two examples for each mask");
    }
    return mean.sets().maxOrder() < 2
        ? mean
        : new SampledInteractions(mean, link, masks, each).shrunken();
  }

  /**
   * {@code (orders, features + 1)} the mean product of the parities of two masks over all sets of
   * an order, by the number of features in which the masks differ: Krawtchouk's polynomials.
   */
  private static double[][] agreement(int features, int orders) {
    double[][] means = new double[orders + 1][features + 1];
    for (int d = 0; d <= features; d++) {
      means[0][d] = 1;
      if (orders > 0) {
        means[1][d] = 1 - 2.0 * d / features;
      }
      for (int k = 1; k < orders; k++) {
        means[k + 1][d] =
            ((features - 2.0 * d) * means[k][d] - k * means[k - 1][d]) / (features - k);
      }
    }
    return means;
  }

  /**
   * {@code (examples, rows)} the values of each example where the link is followed by its tangent
   * at the mean, so that their mean is the mean before the link; each less its own mean over rows.
   */
  private double[][] before(Link link, Values each) {
    double[][] values = new double[examples][rows];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int e = 0; e < examples; e++) {
        sum += each.get(r, e);
      }
      double middle = link.bounded(sum / examples);
      double slope = link.derivative(middle);
      for (int e = 0; e < examples; e++) {
        values[e][r] = link.forward(middle) + slope * (each.get(r, e) - middle);
      }
    }
    for (double[] one : values) {
      double own = IntStream.range(0, rows).mapToDouble(r -> one[r]).average().orElseThrow();
      for (int r = 0; r < rows; r++) {
        one[r] -= own;
      }
    }
    return values;
  }

  /** Replaces the values of each example by the weights of its rows. */
  private void solve() {
    double[][] factor = new double[rows][];
    double noise = noise();
    for (int r = 0; r < rows; r++) {
      factor[r] = new double[r + 1];
      for (int q = 0; q <= r; q++) {
        int differ = differ(r, q);
        for (int k = 1; k < energy.length; k++) {
          factor[r][q] += energy[k] * agreement[k][differ];
        }
      }
      factor[r][r] += noise;
    }
    if (!HostCholesky.factor(factor, null)) {
      throw new ArithmeticException("a covariance of " + rows + " masks has no factor");
    }
    for (double[] one : weights) {
      HostCholesky.solve(factor, one);
    }
  }

  /** The variance of what the spectrum leaves of the mean. */
  private double noise() {
    double[] predicted = mean.evaluate(masks);
    double offset = mean.coefficientOf();
    double squares = 0;
    for (int r = 0; r < rows; r++) {
      double left = offset - predicted[r];
      for (double[] one : weights) {
        left += one[r] / examples;
      }
      squares += left * left / rows;
    }
    return squares + LEAST_NOISE * mean.variance();
  }

  private int differ(int r, int q) {
    long[] words = masks.hostWords();
    int count = 0;
    for (int w = 0; w < masks.words(); w++) {
      count += Long.bitCount(words[r * masks.words() + w] ^ words[q * masks.words() + w]);
    }
    return count;
  }

  private Spectrum shrunken() {
    double[] average = new double[rows];
    for (double[] one : weights) {
      for (int r = 0; r < rows; r++) {
        average[r] += one[r] / examples;
      }
    }
    double[] errors = new double[energy.length];
    for (double[] one : weights) {
      for (int r = 0; r < rows; r++) {
        one[r] -= average[r];
      }
      double[] own = forms(one);
      for (int k = 0; k < errors.length; k++) {
        errors[k] += own[k] / examples / (examples - 1);
      }
    }
    double[] squares = forms(average);
    double[] coefficients = mean.coefficients();
    Sets sets = mean.sets();
    for (int s = 0; s < coefficients.length; s++) {
      int order = sets.order(s);
      if (order > 1) {
        coefficients[s] *= squares[order] > 0 ? Math.max(0, 1 - errors[order] / squares[order]) : 1;
      }
    }
    return new Spectrum(mean.features(), sets, coefficients).above(0);
  }

  /** By order, what the squares of coefficients over all sets are proportional to. */
  private double[] forms(double[] weight) {
    double[] forms = new double[energy.length];
    double[] byDistance = new double[mean.features() + 1];
    for (int r = 0; r < rows; r++) {
      byDistance[0] += weight[r] * weight[r];
      for (int q = 0; q < r; q++) {
        byDistance[differ(r, q)] += 2 * weight[r] * weight[q];
      }
    }
    for (int k = 0; k < forms.length; k++) {
      for (int d = 0; d < byDistance.length; d++) {
        forms[k] += byDistance[d] * agreement[k][d];
      }
    }
    return forms;
  }
}
