package dev.ablate.solve.auto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Outputs of several kinds that share few masks: each is explained as its kind deserves, and as
 * well as alone.
 */
class ManyOutputsTest {
  private static final int FEATURES = 18;
  private static final int ROWS = 160;
  private static final int OUTPUTS = 44;
  private static final HostBackend HOST = new HostBackend();

  private static Masks masks;
  private static Masks fresh;
  private static double[][] weights;
  private static List<Solution> found;

  private static Masks masks(int rows, long seed) {
    return new Masks(HOST.sampling().uniform(seed, 9, 0, rows, FEATURES), rows, FEATURES);
  }

  @BeforeAll
  static void solve() {
    masks = masks(ROWS, 0);
    fresh = masks(600, 1);
    Philox.Stream random = Philox.stream(4, 82);
    weights = new double[OUTPUTS][FEATURES];
    for (double[] of : weights) {
      Arrays.setAll(of, i -> random.nextGaussian());
    }
    found = solve(HOST, IntStream.range(0, OUTPUTS).toArray());
  }

  @AfterAll
  static void close() {
    HOST.close();
  }

  private static List<Solution> solve(HostBackend backend, int[] outputs) {
    Values values = Values.zeros(ROWS, outputs.length);
    for (int k = 0; k < outputs.length; k++) {
      double[] of = truth(outputs[k], masks);
      for (int r = 0; r < ROWS; r++) {
        values.set(r, k, of[r]);
      }
    }
    Samples samples = new Samples(masks, values, new Design.Foreign(FEATURES, ROWS));
    return Method.AUTO.solver(Settings.STANDARD).solve(samples, backend, 0);
  }

  /** In turn: a smooth function, a probability, three parities, a constant. */
  private static double[] truth(int output, Masks of) {
    double[] values = new double[of.count()];
    if (output % 4 == 2) {
      return parities(output).evaluate(of);
    }
    for (int m = 0; m < values.length; m++) {
      double margin = margin(output, of, m);
      values[m] =
          switch (output % 4) {
            case 0 -> margin + margin * margin / 8;
            case 1 -> 1 / (1 + Math.exp(-1.5 * margin));
            default -> output;
          };
    }
    return values;
  }

  private static double margin(int output, Masks of, int mask) {
    double margin = 0;
    for (int i = 0; i < FEATURES; i++) {
      margin += (of.hostWords()[mask] >>> i & 1) == 0 ? 0 : weights[output][i];
    }
    return margin;
  }

  private static Spectrum parities(int output) {
    int first = output / 4 % 8;
    return new Spectrum(
        FEATURES,
        Sets.of(
            List.of(
                new int[] {first},
                new int[] {first, first + 4},
                new int[] {first + 1, first + 3, first + 7, first + 9})),
        new double[] {1, -2, 1.5});
  }

  private static double r2(int output, Solution solution) {
    return R2.of(truth(output, fresh), solution.predict(fresh, HOST));
  }

  @Test
  void outputsAreExplainedAsAlone() {
    double together = 0;
    double alone = 0;
    int[] some = {0, 1, 2, 12, 21};
    for (int output : some) {
      Solution own = solve(HOST, new int[] {output}).get(0);
      double r2 = r2(output, found.get(output));
      together += r2 / some.length;
      alone += r2(output, own) / some.length;
      assertTrue(r2 > r2(output, own) - 0.03, "output " + output + ": " + r2);
    }
    assertTrue(together > alone - 0.01, together + " of " + alone);
  }

  @Test
  void sparseOutputsAreFoundExactly() {
    for (int output = 2; output < OUTPUTS; output += 4) {
      assertEquals(1, r2(output, found.get(output)), 1e-9, "output " + output);
    }
  }

  @Test
  void constantOutputsAreTheirValue() {
    for (int output = 3; output < OUTPUTS; output += 4) {
      assertEquals(output, found.get(output).spectrum().coefficient(0));
      assertEquals(1, found.get(output).spectrum().size());
    }
  }

  /** Effects of features on values are those of values, whether or not a link lies between. */
  @Test
  void interactionsAreThoseOfTheValues() {
    int linked = 0;
    for (int output = 1; output < OUTPUTS; output += 8) {
      Solution solution = found.get(output);
      linked += solution.link().isIdentity() ? 0 : 1;
      IndexValues banzhaf = solution.interactions(Index.BV, 1, HOST);
      for (int s = 0; s < banzhaf.sets().size(); s++) {
        double wanted = effect(output, banzhaf.sets().get(s)[0]);
        assertEquals(wanted, banzhaf.values()[s], 0.06, "output " + output);
      }
    }
    assertTrue(linked > 0);
  }

  /** By what keeping a feature changes the value of a fresh mask, in the mean. */
  private static double effect(int output, int feature) {
    long[] words = fresh.hostWords().clone();
    long[] without = words.clone();
    Arrays.setAll(words, m -> words[m] | 1L << feature);
    Arrays.setAll(without, m -> without[m] & ~(1L << feature));
    double[] kept = truth(output, new Masks(HostBuffer.of(words), words.length, FEATURES));
    double[] left = truth(output, new Masks(HostBuffer.of(without), words.length, FEATURES));
    return IntStream.range(0, kept.length).mapToDouble(m -> kept[m] - left[m]).average().orElse(0);
  }

  @Test
  void threadsDoNotMatter() {
    try (HostBackend one = new HostBackend(1)) {
      List<Solution> again = solve(one, IntStream.range(0, OUTPUTS).toArray());
      for (int o = 0; o < OUTPUTS; o++) {
        assertEquals(found.get(o).spectrum().size(), again.get(o).spectrum().size());
        assertArrayEquals(
            found.get(o).spectrum().coefficients(), again.get(o).spectrum().coefficients());
      }
    }
  }
}
