package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.solve.lasso.LassoEstimator;
import dev.ablate.work.Work;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What grows with the square of the number of features, in a Java of little memory. */
class WideTableMemoryTest {
  private static final int FEATURES = 1_900;
  private static final int ROWS = 60;
  private static final double DECAY = 0.0005;
  private static final double NOISE = 0.1;
  private static final double ROUGH = 0.3;
  private static final double STRETCH = 2;
  private static final double TILT = 0.5;
  private static final double CLOSENESS = 0.7;

  /** The process in little memory. */
  public static final class Small {
    private Small() {}

    /** Prints what the parts of a default search say of a wide table. */
    public static void main(String[] arguments) {
      try (HostBackend host = new HostBackend(2)) {
        Masks masks =
            PairedMasks.draw(
                host, new Design.Paired(MaskSampling.UNIFORM, FEATURES, ROWS, 1), null);
        double[] values = new double[ROWS];
        Arrays.setAll(values, r -> masks.kept(r, 0) ? 1 : -1);
        try (Problem problem = Problem.of(masks, Values.of(values), host, 0)) {
          Work.run((stage, share) -> {}, () -> lasso(problem));
          process(problem, masks, values);
        }
      }
    }

    private static Void lasso(Problem problem) {
      try (Problem one = problem.outputs(0)) {
        double found =
            new LassoEstimator("singles").estimate(one, null).spectrum(0).coefficientOf(0);
        System.out.println("coefficient " + found);
      }
      System.out.println(Work.notes());
      return null;
    }

    private static void process(Problem problem, Masks masks, double[] y) {
      double[] decays = new double[FEATURES];
      Arrays.fill(decays, DECAY);
      Prior prior = new Prior(decays, 1, NOISE, new Shape(ROUGH, STRETCH, TILT, CLOSENESS));
      Block block = new Block(0, ROWS, 0, prior);
      try (Buffer values = problem.backend().upload(HostBuffer.of(y))) {
        double found =
            problem
                .backend()
                .gaussianProcess()
                .evidence(
                    problem.masks().buffer(), ROWS, FEATURES, values, 1, List.of(block, block))
                .get(1)
                .logLikelihood();
        System.out.println("evidence " + found + " " + logLikelihood(masks, y));
      }
    }

    private static double logLikelihood(Masks masks, double[] y) {
      double[][] rows = new double[ROWS][ROWS + 1];
      for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < ROWS; j++) {
          rows[i][j] = covariance(masks, i, j) + (i == j ? NOISE : 0);
        }
        rows[i][ROWS] = y[i];
      }
      // Elimination: the pivots are the squares of the diagonal of the factor.
      double sum = -ROWS * Math.log(2 * Math.PI);
      for (int i = 0; i < ROWS; i++) {
        sum -= Math.log(rows[i][i]) + rows[i][ROWS] * rows[i][ROWS] / rows[i][i];
        for (int k = i + 1; k < ROWS; k++) {
          double factor = rows[k][i] / rows[i][i];
          for (int j = i; j <= ROWS; j++) {
            rows[k][j] -= factor * rows[i][j];
          }
        }
      }
      return sum / 2;
    }

    private static double covariance(Masks masks, int i, int j) {
      int differ = 0;
      int left = 0;
      int right = 0;
      for (int f = 0; f < FEATURES; f++) {
        differ += masks.kept(i, f) == masks.kept(j, f) ? 0 : 1;
        left += masks.kept(i, f) ? 1 : 0;
        right += masks.kept(j, f) ? 1 : 0;
      }
      double exponent = -2 * DECAY * differ;
      double product = Math.exp(exponent) + ROUGH * Math.exp(STRETCH * exponent);
      double bySizes =
          TILT * (left + right - FEATURES) - CLOSENESS * (left - right) * (left - right);
      return product * Math.exp(bySizes / FEATURES);
    }
  }

  @Test
  void aWideTableFits() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                Small.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    String[] words = said.strip().split("\\s+");
    assertEquals("coefficient", words[0], said);
    // A feature that is kept turns its parity around.
    assertTrue(Double.parseDouble(words[1]) < -0.8, said);
    assertTrue(said.contains("the lasso took "), said);
    double evidence = Double.parseDouble(words[words.length - 2]);
    double expected = Double.parseDouble(words[words.length - 1]);
    assertEquals(expected, evidence, 1e-8 * Math.abs(expected), said);
  }
}
