package dev.ablate.train;

import dev.ablate.backend.host.HostCholesky;
import dev.ablate.backend.host.HostDesignMatrix;
import dev.ablate.backend.host.HostKeptBlock;
import dev.ablate.backend.host.Workers;
import dev.ablate.mask.Masks;
import java.util.Arrays;

/**
 * Sums of products of kept rows: those of whole groups are made once, where groups have several
 * rows and memory allows, and added up for each subset.
 */
final class RidgeSums {
  /** With fewer rows a group their products are made faster than fetched. */
  private static final int FEW_ROWS = 4;

  /** Most numbers that are kept for groups: 512 MiB. */
  private static final long MOST = 1L << 26;

  private final HostDesignMatrix x;

  /** {@code (outputs, rows)} targets with signs turned. */
  private final double[][] negatedTargets;

  /** {@code (groups)} the packed sums of each, or null where rows are summed for each subset. */
  private final double[][] ofGroups;

  /**
   * Sums what is summed once.
   *
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  RidgeSums(TrainingTask task, Workers workers) {
    x = task.train().matrix();
    negatedTargets = new double[task.scores()][x.rows.length];
    for (int r = 0; r < x.rows.length; r++) {
      if (task.train().isRegression()) {
        negatedTargets[0][r] = -task.train().y()[r];
      } else {
        negatedTargets[task.train().label(r)][r] = -1;
      }
    }
    int groups = task.groups().count();
    long numbers = x.width() * (x.width() + 1L) / 2 + (long) x.width() * task.scores();
    boolean once = x.rows.length >= (long) FEW_ROWS * groups && numbers * groups <= MOST;
    ofGroups = once ? new double[groups][] : null;
    if (once) {
      int[][] members = task.groups().members();
      workers.forEachUntilInterrupted(
          groups,
          g -> {
            Sums sums = new Sums();
            sums.add(members[g]);
            ofGroups[g] = sums.packed();
          });
    }
  }

  /** The sums of one subset at a time. */
  final class Sums {
    /** {@code (width)} rows of {@code i + 1}: the lower triangle of X'X. */
    final double[][] gram = new double[x.width()][];

    /** {@code (outputs, width)}: Y'X. */
    final double[][] products = new double[negatedTargets.length][x.width()];

    private final HostKeptBlock block = new HostKeptBlock(x.width());
    private final double[] targets = new double[HostKeptBlock.SIZE];
    private final double[] packed;

    Sums() {
      for (int i = 0; i < gram.length; i++) {
        gram[i] = new double[i + 1];
      }
      packed = packed();
    }

    /**
     * Takes a subset.
     *
     * @param rows the training rows that it keeps
     */
    void take(Masks masks, int subset, int[] rows) {
      if (ofGroups == null) {
        clear(gram);
        clear(products);
        add(rows);
        return;
      }
      Arrays.fill(packed, 0);
      for (int g = 0; g < ofGroups.length; g++) {
        if (masks.kept(subset, g)) {
          double[] more = ofGroups[g];
          for (int i = 0; i < packed.length; i++) {
            packed[i] += more[i];
          }
        }
      }
      unpack();
    }

    private static void clear(double[][] rows) {
      for (double[] row : rows) {
        Arrays.fill(row, 0);
      }
    }

    private void add(int[] rows) {
      for (int from = 0; from < rows.length; from += HostKeptBlock.SIZE) {
        block.load(x, rows, from);
        for (int i = 0; i < gram.length; i++) {
          HostCholesky.subtract(gram[i], block.negated[i], 0, block.size, block.rows, 0, 0, i + 1);
        }
        for (int k = 0; k < products.length; k++) {
          for (int r = 0; r < block.size; r++) {
            targets[r] = negatedTargets[k][rows[from + r]];
          }
          HostCholesky.subtract(products[k], targets, 0, block.size, block.rows, 0, 0, x.width());
        }
      }
    }

    /** All sums in one array, which is added fastest. */
    private double[] packed() {
      int width = x.width();
      double[] all = new double[width * (width + 1) / 2 + products.length * width];
      int at = 0;
      for (double[][] part : new double[][][] {gram, products}) {
        for (double[] row : part) {
          System.arraycopy(row, 0, all, at, row.length);
          at += row.length;
        }
      }
      return all;
    }

    private void unpack() {
      int at = 0;
      for (double[][] part : new double[][][] {gram, products}) {
        for (double[] row : part) {
          System.arraycopy(packed, at, row, 0, row.length);
          at += row.length;
        }
      }
    }
  }
}
