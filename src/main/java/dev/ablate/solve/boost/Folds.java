package dev.ablate.solve.boost;

import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.mask.Repeats;
import dev.ablate.work.Work;
import java.util.function.IntUnaryOperator;

/**
 * A shuffled division of rows into folds of nearly equal size. Rows with equal masks share a fold,
 * so that no held-out row has been seen. Where masks come in pairs, a mask and its complement do
 * too, unless there are fewer pairs than folds.
 */
public final class Folds {
  private static final int STREAM = 0x466f6c64;
  private final int rows;
  private final long[][] held;

  private Folds(int rows, long[][] held) {
    this.rows = rows;
    this.held = held;
  }

  /** The same of the rows of a table of masks, which come to the host. */
  public static Folds of(Masks masks, int count, long seed) {
    return of(Repeats.of(masks), count, seed);
  }

  /**
   * Shuffles the units of a table and deals each to the smallest fold.
   *
   * @param rows which rows have equal masks, and which are complements
   * @param count number of folds, at least 2
   * @param seed decides the shuffle
   * @throws InputException if there are fewer different masks than folds
   */
  public static Folds of(Repeats rows, int count, long seed) {
    Work.check();
    int distinct = rows.distinct();
    if (distinct < count) {
      throw new InputException(
          distinct + " different masks cannot be divided into " + count + " folds: evaluate more");
    }
    boolean paired = rows.paired() && rows.units() >= count;
    IntUnaryOperator unit = paired ? rows::unit : rows::position;
    int units = paired ? rows.units() : distinct;
    int[] rowsOf = new int[units];
    for (int r = 0; r < rows.rows(); r++) {
      rowsOf[unit.applyAsInt(r)]++;
    }
    int[] size = new int[count];
    int[] foldOf = new int[units];
    for (int u : Philox.stream(seed, STREAM).permutation(units)) {
      int smallest = 0;
      for (int f = 1; f < count; f++) {
        if (size[f] < size[smallest]) {
          smallest = f;
        }
      }
      foldOf[u] = smallest;
      size[smallest] += rowsOf[u];
    }
    long[][] held = new long[count][(rows.rows() + 63) >>> 6];
    for (int r = 0; r < rows.rows(); r++) {
      held[foldOf[unit.applyAsInt(r)]][r >>> 6] |= 1L << r;
    }
    return new Folds(rows.rows(), held);
  }

  /** Number of folds. */
  public int count() {
    return held.length;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** A copy of the {@code (ceil(rows/64))} bits of the rows in a fold. */
  public long[] held(int fold) {
    return held[fold].clone();
  }

  /** A copy of the {@code (folds, ceil(rows/64)) row-major} bits of the rows in each fold. */
  public long[][] held() {
    long[][] all = new long[held.length][];
    for (int f = 0; f < all.length; f++) {
      all[f] = held(f);
    }
    return all;
  }

  /** The {@code (ceil(rows/64))} bits of the rows in all other folds. */
  public long[] rest(int fold) {
    long[] rest = all(rows);
    for (int w = 0; w < rest.length; w++) {
      rest[w] &= ~held[fold][w];
    }
    return rest;
  }

  /** The {@code (ceil(rows/64))} bits of all rows. */
  public static long[] all(int rows) {
    long[] all = new long[(rows + 63) >>> 6];
    for (int r = 0; r < rows; r++) {
      all[r >>> 6] |= 1L << r;
    }
    return all;
  }
}
