package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Rows;
import java.util.List;

/** Selections and sums of rows, row by row. */
final class RowsChecks {
  private static final int ROWS = 301;
  private static final int FEATURES = 70;
  private static final int OUTPUTS = 2;
  private static final long[] MASKS = Inputs.masks(ROWS, FEATURES, 81);
  private static final double[] VALUES = Inputs.normal(ROWS * OUTPUTS, 82);

  private RowsChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("rows.gather", "definition", 0, RowsChecks::gather),
        new Check("rows.ranges", "definition", 0, RowsChecks::ranges),
        new Check("rows.columns", "definition", 0, RowsChecks::columns),
        // Sums of 301 numbers of size 1 in doubles, in any order.
        new Check("rows.summaries", "definition", 1e-11, RowsChecks::summaries),
        new Check("rows.errors", "definition", 1e-11, RowsChecks::errors),
        new Check("rows.byDistance", "definition", 1e-8, RowsChecks::byDistance));
  }

  /** Every third row by the positions of its bits. */
  private static double gather(Backend backend) {
    long[] bits = new long[(ROWS + 63) / 64];
    long[] expected = new long[2 * ((ROWS + 2) / 3)];
    for (int r = 0; r < ROWS; r += 3) {
      bits[r >>> 6] |= 1L << r;
      System.arraycopy(MASKS, 2 * r, expected, 2 * (r / 3), 2);
    }
    try (Buffer positions = backend.rows().positions(new long[][] {bits}, ROWS)) {
      return Inputs.differences(
          expected, Inputs.words(backend.rows().gather(HostBuffer.of(MASKS), 2, positions)));
    }
  }

  private static double ranges(Backend backend) {
    int[] starts = {0, 63, 64, 200, ROWS};
    int words = (ROWS + 63) / 64;
    long[] expected = new long[4 * words];
    for (int p = 0; p < 4; p++) {
      for (int r = starts[p]; r < starts[p + 1]; r++) {
        expected[p * words + (r >>> 6)] |= 1L << r;
      }
    }
    return Inputs.differences(expected, Inputs.words(backend.rows().ranges(starts, ROWS)));
  }

  /** The second output, zeros, and the second output again, shifted and less the first. */
  private static double columns(Backend backend) {
    double[] first = new double[ROWS];
    double[] expected = new double[3 * ROWS];
    for (int r = 0; r < ROWS; r++) {
      first[r] = VALUES[2 * r];
      expected[3 * r] = VALUES[2 * r + 1] + 1;
      expected[3 * r + 1] = 2;
      expected[3 * r + 2] = VALUES[2 * r + 1] + 3 - first[r];
    }
    Buffer found =
        backend.rows().columns(HostBuffer.of(VALUES), ROWS, OUTPUTS, new int[] {1, -1, 1});
    backend.rows().shift(found, ROWS, 3, new double[] {1, 2, 3});
    backend.rows().add(found, ROWS, 3, 2, -1, HostBuffer.of(first));
    return Inputs.distance(expected, Inputs.doubles(found));
  }

  private static double summaries(Backend backend) {
    Rows.Summary[] found = backend.rows().summaries(HostBuffer.of(VALUES), ROWS, OUTPUTS);
    double worst = 0;
    for (int o = 0; o < OUTPUTS; o++) {
      double[] expected = {VALUES[o], 0, 0, 0, 0};
      for (int r = 0; r < ROWS; r++) {
        double value = VALUES[r * OUTPUTS + o];
        expected[1] += value;
        expected[2] += value * value;
        expected[3] = Math.max(expected[3], Math.abs(value));
        expected[4] = Math.max(expected[4], Math.abs(value - VALUES[o]));
      }
      Rows.Summary s = found[o];
      double[] actual = {s.first(), s.sum(), s.squares(), s.largest(), s.spread()};
      worst = Math.max(worst, Inputs.distance(expected, actual));
    }
    return worst;
  }

  private static double errors(Backend backend) {
    double[] predictions = Inputs.normal(VALUES.length, 83);
    Rows.Errors expected = Rows.Errors.of(VALUES, predictions);
    Rows.Errors found = backend.rows().errors(HostBuffer.of(VALUES), HostBuffer.of(predictions));
    if (found.constant() || found.right()) {
      return Check.WRONG;
    }
    return Inputs.distance(
        new double[] {expected.mean(), expected.residual(), expected.total()},
        new double[] {found.mean(), found.residual(), found.total()});
  }

  private static double byDistance(Backend backend) {
    double[] y = Inputs.normal(ROWS, 84);
    double[] expected = new double[FEATURES + 1];
    for (int r = 0; r < ROWS; r++) {
      for (int q = 0; q < r; q++) {
        int distance = 0;
        for (int i = 0; i < FEATURES; i++) {
          distance += Inputs.kept(MASKS, 2, r, i) != Inputs.kept(MASKS, 2, q, i) ? 1 : 0;
        }
        expected[distance] += y[r] * y[q];
      }
    }
    return Inputs.distance(
        expected,
        backend.rows().byDistance(HostBuffer.of(MASKS), HostBuffer.of(y), ROWS, FEATURES));
  }
}
