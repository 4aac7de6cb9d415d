package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.work.Memory;
import java.util.Locale;

/**
 * How large a basis of many rows may be, known before any of it is made.
 *
 * @param rows rows that are fitted
 * @param sets sets whose coefficients are fitted
 */
record BasisSize(int rows, int sets) {
  /** Sets where nothing forbids them. */
  static final int MOST_SETS = ReadOff.SETS;

  /** With fewer sets some rows say nothing: rows are left out before sets are. */
  private static final int LEAST_SETS = 2_000;

  /** Rows times sets; each such pair is met twice a step of a solution. */
  private static final double MOST_WORK = 4e9;

  /** Share of what is free on a device that a basis may take. */
  private static final double SHARE = 0.5;

  /** Bytes a row beside the parities: sums over subsets of four rows, values, predictions. */
  private static final int ROW_BYTES = 64;

  /** Bytes a set beside the parities: the vectors of a solution, and the set itself. */
  private static final int SET_BYTES = 160;

  /** The largest for the memory that there is. */
  static BasisSize of(int rows, Backend backend) {
    return of(rows, Math.min(Memory.room(), SHARE * backend.freeMemory()), MOST_WORK);
  }

  /**
   * The largest within limits.
   *
   * @param bytes memory that it may take
   * @param work rows times sets
   */
  static BasisSize of(int rows, double bytes, double work) {
    double perPair = 2 / 8.0;
    double fitting = (bytes - (double) ROW_BYTES * rows) / (perPair * rows + SET_BYTES);
    double sets = Math.min(MOST_SETS, Math.min(fitting, work / rows));
    if (sets >= LEAST_SETS) {
      return new BasisSize(rows, (int) sets);
    }
    double own = (double) SET_BYTES * LEAST_SETS;
    double most = Math.min(work / LEAST_SETS, (bytes - own) / (perPair * LEAST_SETS + ROW_BYTES));
    return new BasisSize((int) Math.max(1, Math.min(rows, most)), LEAST_SETS);
  }

  /** Bytes that it takes: the parities, a copy of them while they are summed, and vectors. */
  long bytes() {
    long words = (rows + 63L) >>> 6;
    return 16L * words * sets + (long) ROW_BYTES * rows + (long) SET_BYTES * sets;
  }

  /** What was left out, or null where nothing was. */
  String note(int all) {
    if (rows == all && sets == MOST_SETS) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "the process was fitted to %d of %d masks by the %d sets of largest variance, of %d where"
            + " memory and work allow",
        rows,
        all,
        sets,
        MOST_SETS);
  }
}
