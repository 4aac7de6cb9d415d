package dev.ablate.solve.lasso;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The regression of values on the parities of sets, as sums over the rows of each fold. The matrix
 * of samples is never built: Gram matrices come from packed parities. The empty set, where there is
 * one, is never penalised.
 */
public final class ParityRegression {
  private final Backend backend;
  private final boolean[] free;
  private final Moments[] folds;
  private final Moments total;

  private ParityRegression(Backend backend, boolean[] free, Moments[] folds, Moments total) {
    this.backend = backend;
    this.free = free;
    this.folds = folds;
    this.total = total;
  }

  /**
   * Sums up the products of all columns.
   *
   * @param backend where the sums run
   * @param masks {@code (rows, features)} host masks
   * @param values {@code (rows)}; centred values lose the fewest digits
   * @param sets the columns
   * @param folds a division of the rows
   */
  public static ParityRegression of(
      Backend backend, Masks masks, double[] values, Sets sets, Folds folds) {
    int rows = masks.count();
    int words = (rows + 63) >>> 6;
    // Rows sorted by fold: each fold is then a range of words, and all folds cost one pass.
    int[] order = new int[rows];
    long[] parts = new long[folds.count() * words];
    int[] starts = new int[folds.count() + 1];
    for (int f = 0; f < folds.count(); f++) {
      long[] held = folds.held(f);
      starts[f + 1] = starts[f];
      for (int r = 0; r < rows; r++) {
        if ((held[r >>> 6] >>> r & 1) != 0) {
          int at = starts[f + 1]++;
          order[at] = r;
          parts[f * words + (at >>> 6)] |= 1L << at;
        }
      }
    }
    double[] y = Arrays.stream(order).mapToDouble(r -> values[r]).toArray();
    int size = sets.size();
    try (Buffer columns =
        backend.parity().columns(sets, masks.select(order).buffer(), rows, masks.features())) {
      double[] grams =
          backend
              .parity()
              .gram(columns, size, rows, HostBuffer.of(parts), folds.count())
              .toHost()
              .doubles();
      double[] products =
          backend
              .parity()
              .products(
                  columns, size, rows, HostBuffer.of(parts), folds.count(), HostBuffer.of(y), 1)
              .toHost()
              .doubles();
      Moments[] moments = new Moments[folds.count()];
      for (int f = 0; f < moments.length; f++) {
        moments[f] =
            new Moments(
                size,
                starts[f + 1] - starts[f],
                Arrays.copyOfRange(grams, f * size * size, (f + 1) * size * size),
                Arrays.copyOfRange(products, f * size, (f + 1) * size),
                Arrays.stream(y, starts[f], starts[f + 1]).map(v -> v * v).sum());
      }
      return new ParityRegression(backend, empties(sets), moments, sum(moments));
    }
  }

  private static boolean[] empties(Sets sets) {
    boolean[] empty = new boolean[sets.size()];
    for (int s = 0; s < empty.length; s++) {
      empty[s] = sets.order(s) == 0;
    }
    return empty;
  }

  private static Moments sum(Moments[] parts) {
    int size = parts[0].size();
    double[] gram = new double[size * size];
    double[] products = new double[size];
    double energy = 0;
    int rows = 0;
    for (Moments part : parts) {
      for (int i = 0; i < gram.length; i++) {
        gram[i] += part.gram()[i];
      }
      for (int i = 0; i < size; i++) {
        products[i] += part.products()[i];
      }
      energy += part.energy();
      rows += part.rows();
    }
    return new Moments(size, rows, gram, products, energy);
  }

  /**
   * Least squares on the columns whose weights are not 0, the others staying 0; dependent columns
   * share their weight in an arbitrary but fixed way.
   *
   * @param weights {@code (k)}, such as a lasso's
   */
  public double[] leastSquares(double[] weights) {
    int[] support =
        IntStream.range(0, weights.length).filter(j -> weights[j] != 0 || free[j]).toArray();
    Moments picked = total.select(support);
    boolean[] none = new boolean[support.length];
    double[] solved = backend.paths().lasso(List.of(picked.problem(none, new double[] {0}))).get(0);
    double[] all = new double[weights.length];
    for (int i = 0; i < support.length; i++) {
      all[support[i]] = solved[i];
    }
    return all;
  }

  /** Where the paths run. */
  Backend backend() {
    return backend;
  }

  /** Which columns are not penalised. */
  boolean[] free() {
    return free;
  }

  /** Number of folds. */
  int foldCount() {
    return folds.length;
  }

  /** Sums over the rows of a fold. */
  Moments fold(int f) {
    return folds[f];
  }

  /** Sums over the rows of all other folds. */
  Moments rest(int f) {
    return total.minus(folds[f]);
  }

  /** Sums over all rows. */
  Moments total() {
    return total;
  }
}
