package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Noise has no structure; many tiny terms have. */
class OrderEnergiesTest {
  private static final HostBackend HOST = new HostBackend();

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static Masks masks(int rows, int features, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, features), rows, features);
  }

  private static OrderEnergies energies(Masks masks, double[] y) {
    return OrderEnergies.of(Problem.of(masks, Values.of(y), HOST, 0));
  }

  @Test
  void noiseHasNoEnergyInAnyOrder() {
    int[][] shapes = {{5, 40}, {20, 200}, {64, 60}, {64, 900}, {256, 200}};
    for (int[] shape : shapes) {
      double[] mean = new double[OrderEnergies.ORDERS];
      int clear = 0;
      for (int seed = 0; seed < 100; seed++) {
        Philox.Stream random = Philox.stream(seed, shape[0]);
        double[] y = IntStream.range(0, shape[1]).mapToDouble(r -> random.nextGaussian()).toArray();
        OrderEnergies energies = energies(masks(shape[1], shape[0], seed), y);
        clear += energies.clear() ? 1 : 0;
        for (int k = 0; k < mean.length; k++) {
          mean[k] += energies.scores()[k] / 100;
        }
      }
      assertTrue(clear <= 2, shape[0] + " features: " + clear + " of 100");
      for (double m : mean) {
        // Scores have standard deviation 1, so their mean has 0.1.
        assertEquals(0, m, 0.45);
      }
    }
  }

  @Test
  void energiesAreThoseOfAllCoefficients() {
    int features = 7;
    int rows = 60;
    Masks masks = masks(rows, features, 5);
    Philox.Stream random = Philox.stream(5, 1);
    double[] y = IntStream.range(0, rows).mapToDouble(r -> random.nextGaussian()).toArray();
    double squares = 0;
    for (double v : y) {
      squares += v * v;
    }
    double[] energy = new double[OrderEnergies.ORDERS];
    int[] sets = new int[OrderEnergies.ORDERS];
    for (int bits = 1; bits < 1 << features; bits++) {
      int order = Integer.bitCount(bits);
      if (order <= OrderEnergies.ORDERS) {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
          boolean odd = (Long.bitCount(masks.hostWords()[r] & bits) & 1) != 0;
          sum += odd ? -y[r] : y[r];
        }
        energy[order - 1] += (sum * sum - squares) / ((double) rows * rows);
        sets[order - 1]++;
      }
    }
    double[] scores = energies(masks, y).scores();
    for (int k = 0; k < energy.length; k++) {
      double unit = squares / rows * Math.sqrt(2.0 * sets[k]) / rows;
      assertEquals(energy[k] / unit, scores[k], 1e-9);
    }
  }

  @Test
  void tinyTermsThatNoneWouldFindAloneAreStructure() {
    int features = 40;
    int rows = 1500;
    // Each of the 40 + 780 terms is below one standard error, 1/sqrt(rows) = 0.026.
    Masks masks = masks(rows, features, 3);
    Philox.Stream random = Philox.stream(3, 3);
    double[] single = new double[features];
    double[] pair = new double[features * features];
    for (int i = 0; i < features; i++) {
      single[i] = 0.025 * random.nextGaussian();
    }
    for (int i = 0; i < pair.length; i++) {
      pair[i] = 0.02 * random.nextGaussian();
    }
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      y[r] = random.nextGaussian();
      for (int i = 0; i < features; i++) {
        double z = masks.kept(r, i) ? -1 : 1;
        y[r] += single[i] * z;
        for (int j = 0; j < i; j++) {
          y[r] += pair[i * features + j] * z * (masks.kept(r, j) ? -1 : 1);
        }
      }
    }
    OrderEnergies energies = energies(masks, y);
    assertTrue(energies.clear(), Arrays.toString(energies.scores()));
  }

  @Test
  void nothingLeftIsNoStructure() {
    assertFalse(energies(masks(50, 6, 1), new double[50]).clear());
  }
}
