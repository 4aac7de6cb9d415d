package dev.ablate.solve.screen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarginalsTest {
  private static final int ROWS = 300;
  private static final int FEATURES = 70;
  private static final int OUTPUTS = 3;

  /** Masks that are read seven at a time, whatever is asked for. */
  private static MaskRows inPieces(Masks masks) {
    MaskRows whole = MaskRows.of(masks);
    return new MaskRows() {
      @Override
      public int count() {
        return whole.count();
      }

      @Override
      public int features() {
        return whole.features();
      }

      @Override
      public void blocks(int rows, Block sink) {
        whole.blocks(7, sink);
      }

      @Override
      public Masks all() {
        throw new AssertionError("memory does not hold them");
      }
    };
  }

  @Test
  void strengthsAreThoseOfPearsonsCorrelations() {
    Random random = new Random(1);
    boolean[][] kept = new boolean[ROWS][FEATURES];
    double[][] y = new double[OUTPUTS][ROWS];
    long[] some = new long[(ROWS + 63) >>> 6];
    Values values = Values.zeros(ROWS, OUTPUTS);
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < FEATURES; i++) {
        // Shares from 0.1 to 0.9; the last feature is never kept.
        kept[r][i] = i < FEATURES - 1 && random.nextDouble() < 0.1 + 0.8 * i / FEATURES;
      }
      for (int o = 0; o < OUTPUTS - 1; o++) {
        y[o][r] = 5 + (kept[r][3 + o] ? 2 : 0) + random.nextGaussian();
        values.set(r, o, y[o][r]);
      }
      if (random.nextInt(4) > 0) {
        some[r >>> 6] |= 1L << r;
      }
    }
    double[] expected = new double[FEATURES];
    for (int i = 0; i < FEATURES - 1; i++) {
      for (int o = 0; o < OUTPUTS - 1; o++) {
        expected[i] = Math.max(expected[i], strength(kept, i, y[o], some));
      }
    }
    try (HostBackend backend = new HostBackend()) {
      double[] strengths = Marginals.strengths(inPieces(Masks.of(kept)), values, some, backend);
      assertArrayEquals(expected, strengths, 1e-9);
      assertEquals(0, strengths[FEATURES - 1], "the same in all rows");
    }
  }

  /** {@code |r| sqrt(rows)} by its definition. */
  private static double strength(boolean[][] kept, int feature, double[] y, long[] some) {
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    for (int r = 0; r < ROWS; r++) {
      if ((some[r >>> 6] >>> r & 1) != 0) {
        n++;
        sumX += kept[r][feature] ? 1 : 0;
        sumY += y[r];
      }
    }
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int r = 0; r < ROWS; r++) {
      if ((some[r >>> 6] >>> r & 1) != 0) {
        double x = (kept[r][feature] ? 1 : 0) - sumX / n;
        xy += x * (y[r] - sumY / n);
        xx += x * x;
        yy += (y[r] - sumY / n) * (y[r] - sumY / n);
      }
    }
    return Math.abs(xy) / Math.sqrt(xx * yy) * Math.sqrt(n);
  }
}
