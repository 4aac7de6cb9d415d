package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
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

  /** Numbers that are made at once: what rows weigh in some products, or their sums. */
  private static final int BATCH = 1 << 20;

  /** Sets a task. */
  private static final int BLOCK = 512;

  private final Backend backend;
  private final Prior prior;
  private final Masks fitted;
  private final double[] weights;
  private final int features;
  private final long[] words;
  private final int[] sizes;

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

  /**
   * The sums that a rule asks for, by as few of its nodes as are enough.
   *
   * @return {@code (sets)}
   */
  double[] weighed(Sets sets, SizeRule rule) {
    return sums(sets, new NodeCheck(prior, sets, rule).enough(this::sums));
  }

  /** {@code (sets)} the sums by all nodes of a rule. */
  double[] sums(Sets sets, SizeRule rule) {
    double[] sums = new double[sets.size()];
    Map<BitSet, List<Integer>> alike = rule.nodesByOrders();
    int left = alike.size();
    for (Map.Entry<BitSet, List<Integer>> nodes : alike.entrySet()) {
      BitSet orders = nodes.getKey();
      int[] places =
          IntStream.range(0, sums.length).filter(s -> orders.get(sets.order(s))).toArray();
      Work.firstOf(
          left--,
          () -> {
            double[] some = sums(Closure.of(sets.select(places)), rule, nodes.getValue());
            for (int s = 0; s < places.length; s++) {
              sums[places[s]] += some[s];
            }
            return null;
          });
    }
    return sums;
  }

  private double[] sums(Closure closure, SizeRule rule, List<Integer> nodes) {
    double[] sums = new double[closure.sets().size()];
    if (sums.length == 0) {
      return sums;
    }
    List<Product> products = products(rule, nodes);
    int each =
        (prior.shape().closeness() == 0 ? 1 : 2) * Math.max(closure.all().size(), sizes.length);
    int batch = Math.max(1, BATCH / each);
    for (int from = 0; from < products.size(); from += batch) {
      Work.done((double) from / products.size());
      int to = Math.min(products.size(), from + batch);
      add(sums, closure, rule, products.subList(from, to));
    }
    return sums;
  }

  /** One product over features at one node. */
  private record Product(int node, double share, double angle, Factors factors) {}

  private List<Product> products(SizeRule rule, List<Integer> nodes) {
    double[][] frequencies = frequencies(prior.shape(), features);
    Shape shape = prior.shape();
    List<Product> products = new ArrayList<>();
    for (int node : nodes) {
      double q = rule.nodes()[node];
      for (int f = 0; f < frequencies[0].length; f++) {
        double share = prior.scale() * frequencies[1][f];
        double angle = frequencies[0][f];
        products.add(new Product(node, share, angle, Factors.of(prior, 1, angle, q)));
        if (shape.rough() > 0) {
          Factors rough = Factors.of(prior, shape.stretch(), angle, q);
          products.add(new Product(node, share * shape.rough(), angle, rough));
        }
      }
    }
    return products;
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

  /** Adds some products. */
  private void add(double[] sums, Closure closure, SizeRule rule, List<Product> products) {
    int[] columns = new int[products.size() + 1];
    for (int p = 0; p < products.size(); p++) {
      columns[p + 1] = columns[p] + (products.get(p).factors.real() ? 1 : 2);
    }
    int outputs = columns[products.size()];
    double[] values = new double[sizes.length * outputs];
    Work.forEach(products.size(), p -> rows(products.get(p), values, columns[p], outputs));
    int all = closure.all().size();
    double[] parities =
        backend
            .parityRegression()
            .products(
                closure.all(),
                fitted.buffer(),
                sizes.length,
                features,
                HostBuffer.of(values),
                outputs);
    Sets sets = closure.sets();
    int subsets = 1 << sets.maxOrder();
    Work.forEach(
        (sums.length + BLOCK - 1) / BLOCK,
        block -> {
          double[][] scratch = new double[2][subsets];
          for (int s = block * BLOCK; s < Math.min(sums.length, (block + 1) * BLOCK); s++) {
            int[] places = closure.places()[s];
            for (int p = 0; p < products.size(); p++) {
              Product product = products.get(p);
              double weight = rule.weights()[sets.order(s)][product.node];
              int from = columns[p] * all;
              sums[s] +=
                  weight * product.factors.sum(sets, s, places, parities, from, all, scratch);
            }
          }
        });
  }

  /** What each row weighs in a product, in one column of values, or two where it is complex. */
  private void rows(Product product, double[] values, int column, int outputs) {
    double tilt = prior.shape().tilt();
    double[] cos = new double[features + 1];
    double[] sin = new double[features + 1];
    for (int size = 0; size <= features; size++) {
      double amplitude = product.share * Math.exp(tilt * (size - features) / features);
      cos[size] = amplitude * Math.cos(product.angle * size);
      sin[size] = -amplitude * Math.sin(product.angle * size);
    }
    double[] re = new double[sizes.length];
    double[] im = new double[sizes.length];
    for (int r = 0; r < re.length; r++) {
      re[r] = weights[r] * cos[sizes[r]];
      im[r] = weights[r] * sin[sizes[r]];
    }
    product.factors.multiply(re, im, words);
    for (int r = 0; r < re.length; r++) {
      values[r * outputs + column] = re[r];
      if (!product.factors.real()) {
        values[r * outputs + column + 1] = im[r];
      }
    }
  }
}
