package dev.ablate.solve.screen;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.game.Values;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How strongly each feature alone goes with each output, from one pass over masks that memory need
 * not hold.
 */
public final class Marginals {
  /** Bits of masks in memory at a time: 32 MiB. */
  private static final long BLOCK_BITS = 1L << 28;

  private static final int MOST_ROWS = 1 << 16;

  private final MaskRows masks;
  private final Values values;
  private final long[] some;
  private final int outputs;
  // By output: the values of the chosen rows less their mean, then 1; of all other rows 0.
  private final double[] centred;
  // (outputs + 1, features) sums of the centred values times the parities of the features.
  private final double[] sums;

  private Marginals(MaskRows masks, Values values, long[] some) {
    this.masks = masks;
    this.values = values;
    this.some = some;
    this.outputs = values.outputs();
    this.centred = new double[Math.multiplyExact(masks.count(), outputs + 1)];
    this.sums = new double[Math.multiplyExact(masks.features(), outputs + 1)];
  }

  /**
   * The correlation of each feature with the output that it goes with best, in standard errors of
   * the correlation of a feature that does nothing.
   *
   * @param masks {@code (rows, features)}
   * @param values {@code (rows, outputs)}
   * @param some {@code (ceil(rows/64))} bits of the rows that are looked at
   * @param backend where the products are formed
   * @return {@code (features)} largest {@code |r| sqrt(rows)} over the outputs; 0 of a feature that
   *     is the same in all rows
   */
  public static double[] strengths(MaskRows masks, Values values, long[] some, Backend backend) {
    Marginals marginals = new Marginals(masks, values, some);
    marginals.centre();
    marginals.sum(backend);
    return marginals.strengths();
  }

  private int rows() {
    return Arrays.stream(some).mapToInt(Long::bitCount).sum();
  }

  private boolean has(int row) {
    return (some[row >>> 6] >>> row & 1) != 0;
  }

  private void centre() {
    int rows = rows();
    double[] means = new double[outputs];
    for (int r = 0; r < masks.count(); r++) {
      for (int o = 0; o < outputs && has(r); o++) {
        means[o] += values.get(r, o) / rows;
      }
    }
    for (int r = 0; r < masks.count(); r++) {
      int at = r * (outputs + 1);
      for (int o = 0; o < outputs && has(r); o++) {
        centred[at + o] = values.get(r, o) - means[o];
      }
      centred[at + outputs] = has(r) ? 1 : 0;
    }
  }

  private void sum(Backend backend) {
    int features = masks.features();
    int[] starts = IntStream.rangeClosed(0, features).toArray();
    Sets singles = new Sets(starts, IntStream.range(0, features).toArray());
    int block = (int) Math.max(64, Math.min(MOST_ROWS, BLOCK_BITS / features / 64 * 64));
    masks.blocks(block, (first, part) -> add(first, part, singles, backend));
  }

  private void add(int first, Masks part, Sets singles, Backend backend) {
    int rows = part.count();
    int wide = outputs + 1;
    double[] of = Arrays.copyOfRange(centred, first * wide, (first + rows) * wide);
    HostBuffer all = HostBuffer.of(allRows(rows));
    Masks there = part.on(backend);
    try (Buffer columns = backend.parity().columns(singles, there.buffer(), rows, part.features());
        Buffer parts = backend.upload(all);
        Buffer y = backend.upload(HostBuffer.of(of));
        Buffer products =
            backend.parity().products(columns, singles.size(), rows, parts, 1, y, wide)) {
      double[] more = products.toHost().doubles();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += more[i];
      }
    } finally {
      if (there != part) {
        there.close();
      }
    }
  }

  private static long[] allRows(int rows) {
    long[] all = new long[(rows + 63) >>> 6];
    Arrays.fill(all, -1L);
    all[all.length - 1] = -1L >>> (64 * all.length - rows);
    return all;
  }

  private double[] strengths() {
    int features = masks.features();
    double rows = rows();
    double[] squares = new double[outputs];
    for (int r = 0; r < masks.count(); r++) {
      for (int o = 0; o < outputs; o++) {
        double value = centred[r * (outputs + 1) + o];
        squares[o] += value * value;
      }
    }
    double[] strengths = new double[features];
    for (int i = 0; i < features; i++) {
      double parities = sums[outputs * features + i];
      // Parities are 1 and -1: their squared distances from their mean.
      double spread = rows - parities * parities / rows;
      for (int o = 0; o < outputs; o++) {
        double product = sums[o * features + i];
        if (spread > 0 && squares[o] > 0) {
          double z = Math.abs(product) / Math.sqrt(spread * squares[o]) * Math.sqrt(rows);
          strengths[i] = Math.max(strengths[i], z);
        }
      }
    }
    return strengths;
  }
}
