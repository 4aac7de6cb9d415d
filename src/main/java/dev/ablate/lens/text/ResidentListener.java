package dev.ablate.lens.text;

import dev.ablate.backend.Tokens;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import java.util.Arrays;

/** Hears of rows whose values are there, in order, and tells of the masks that leave them. */
interface ResidentListener {
  /** Whether it needs values. */
  boolean wantsValues();

  /**
   * Rows from one to before another are there.
   *
   * @param values {@code (rows, outputs)}, perhaps with others behind them; null if not wanted
   */
  void arrived(int first, int end, double[] values);

  /** Tells how many masks are done: exact where a length ends, in proportion between. */
  static ResidentListener ofCounts(Tokens.Distinct rows, Progress progress) {
    long[] masksBefore = new long[rows.count() + 1];
    int row = 0;
    long masks = 0;
    for (int length = 0; length < rows.rowsOfLength().length; length++) {
      int alike = rows.rowsOfLength()[length];
      for (int r = 1; r <= alike; r++) {
        masksBefore[row + r] = masks + (long) rows.masksOfLength()[length] * r / alike;
      }
      row += alike;
      masks += rows.masksOfLength()[length];
    }
    return new ResidentListener() {
      @Override
      public boolean wantsValues() {
        return false;
      }

      @Override
      public void arrived(int first, int end, double[] values) {
        progress.done(masksBefore[end] - masksBefore[first]);
      }
    };
  }

  /**
   * Puts values where the masks are and tells each mask, those of a batch at a time.
   *
   * @param masks how many
   * @param out receives {@code (masks, outputs)}
   */
  static ResidentListener ofValues(Tokens.Distinct rows, int masks, Values out, Progress progress) {
    int[] rowOf = rows.rowOf().toHost().ints();
    int[] starts = new int[rows.count() + 1];
    for (int row : rowOf) {
      starts[row + 1]++;
    }
    for (int row = 0; row < rows.count(); row++) {
      starts[row + 1] += starts[row];
    }
    int[] next = starts.clone();
    int[] byRow = new int[masks];
    for (int mask = 0; mask < masks; mask++) {
      byRow[next[rowOf[mask]]++] = mask;
    }
    int outputs = out.outputs();
    return new ResidentListener() {
      @Override
      public boolean wantsValues() {
        return true;
      }

      @Override
      public void arrived(int first, int end, double[] values) {
        for (int row = first; row < end; row++) {
          for (int at = starts[row]; at < starts[row + 1]; at++) {
            int to = byRow[at] * outputs;
            System.arraycopy(values, (row - first) * outputs, out.hostDoubles(), to, outputs);
          }
        }
        progress.finished(Arrays.copyOfRange(byRow, starts[first], starts[end]));
      }
    };
  }
}
