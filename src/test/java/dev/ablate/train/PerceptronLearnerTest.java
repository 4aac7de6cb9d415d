package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Perceptrons of many subsets are those that a plain program trains one by one, to the last bit.
 */
class PerceptronLearnerTest {
  private static final int ROWS = 90;
  private static final int COLUMNS = 7;
  private static final int GROUPS = 9;
  private static final PerceptronLearner.Settings SETTINGS =
      new PerceptronLearner.Settings(5, 4, 8, 0.1, 0.8, 0.01, 3);

  private static LabelledRows rows(boolean regression, int rows, long seed) {
    return regression ? Drawn.targets(rows, COLUMNS, seed) : Drawn.classes(rows, COLUMNS, seed);
  }

  /** One perceptron as the textbook has it, weight by weight. */
  private static final class Plain {
    private final double[][] w = new double[COLUMNS][SETTINGS.hidden()];
    private final double[] b = new double[SETTINGS.hidden()];
    private final double[][] v;
    private final double[] d;
    private final double[] hidden = new double[SETTINGS.hidden()];

    Plain(int scores) {
      v = new double[SETTINGS.hidden()][scores];
      d = new double[scores];
      Philox.Stream random = Philox.stream(SETTINGS.seed(), 0x50455243);
      for (double[] row : w) {
        Arrays.setAll(row, i -> Math.sqrt(2.0 / COLUMNS) * random.nextGaussian());
      }
      for (double[] row : v) {
        Arrays.setAll(row, i -> Math.sqrt(1.0 / SETTINGS.hidden()) * random.nextGaussian());
      }
    }

    double[] scores(double[] x) {
      for (int h = 0; h < hidden.length; h++) {
        double sum = b[h];
        for (int c = 0; c < COLUMNS; c++) {
          sum += x[c] * w[c][h];
        }
        hidden[h] = Math.max(0, sum);
      }
      double[] scores = d.clone();
      for (int s = 0; s < scores.length; s++) {
        for (int h = 0; h < hidden.length; h++) {
          scores[s] += hidden[h] * v[h][s];
        }
      }
      return scores;
    }
  }

  private static double[] row(LabelledRows rows, int r) {
    return Arrays.copyOfRange(rows.x(), r * COLUMNS, (r + 1) * COLUMNS);
  }

  /** Trains on the kept rows alone and asks about the test rows. */
  private static double[] plain(LabelledRows train, LabelledRows test, boolean[] keeps) {
    int scores = train.isRegression() ? 1 : 3;
    double mean = train.isRegression() ? Arrays.stream(train.y()).reduce(0, Double::sum) / ROWS : 0;
    double squares =
        Arrays.stream(train.y()).map(t -> (t - mean) * (t - mean)).reduce(0, Double::sum);
    double deviation = train.isRegression() ? Math.sqrt(squares / ROWS) : 1;
    double[] said = new double[test.rows() * scores];
    if (IntStream.range(0, ROWS).noneMatch(r -> keeps[r])) {
      return said;
    }
    Plain model = new Plain(scores);
    Plain speed = zeros(scores);
    for (int e = 0; e < SETTINGS.epochs(); e++) {
      int[] order = Philox.row(SETTINGS.seed(), 0x4F524452, e).permutation(ROWS);
      int[] own = Arrays.stream(order).filter(r -> keeps[r]).toArray();
      for (int from = 0; from < own.length; from += SETTINGS.batch()) {
        int[] batch = Arrays.copyOfRange(own, from, Math.min(own.length, from + SETTINGS.batch()));
        step(model, speed, train, batch, mean, deviation);
      }
    }
    for (int r = 0; r < test.rows(); r++) {
      double[] one = model.scores(row(test, r));
      for (int s = 0; s < scores; s++) {
        said[r * scores + s] = mean + deviation * one[s];
      }
    }
    return said;
  }

  private static Plain zeros(int scores) {
    Plain zeros = new Plain(scores);
    Arrays.stream(zeros.w).forEach(row -> Arrays.fill(row, 0));
    Arrays.stream(zeros.v).forEach(row -> Arrays.fill(row, 0));
    return zeros;
  }

  private static void step(
      Plain model, Plain speed, LabelledRows train, int[] batch, double mean, double deviation) {
    int scores = model.d.length;
    Plain gradient = zeros(scores);
    for (int r : batch) {
      double[] x = row(train, r);
      double[] excess = model.scores(x);
      if (train.isRegression()) {
        excess[0] -= (train.y()[r] - mean) / deviation;
      } else {
        double largest = Arrays.stream(excess).max().orElseThrow();
        double[] exp = Arrays.stream(excess).map(z -> StrictMath.exp(z - largest)).toArray();
        double sum = exp[0] + exp[1] + exp[2];
        Arrays.setAll(excess, s -> exp[s] / sum - (s == train.label(r) ? 1 : 0));
      }
      for (int h = 0; h < SETTINGS.hidden(); h++) {
        double back = 0;
        for (int s = 0; s < scores; s++) {
          back += model.v[h][s] * excess[s];
          gradient.v[h][s] += model.hidden[h] * excess[s];
        }
        if (model.hidden[h] > 0) {
          gradient.b[h] += back;
          for (int c = 0; c < COLUMNS; c++) {
            gradient.w[c][h] += x[c] * back;
          }
        }
      }
      Arrays.setAll(gradient.d, s -> gradient.d[s] + excess[s]);
    }
    for (int c = 0; c < COLUMNS; c++) {
      move(model.w[c], speed.w[c], gradient.w[c], batch.length);
    }
    move(model.b, speed.b, gradient.b, batch.length);
    for (int h = 0; h < SETTINGS.hidden(); h++) {
      move(model.v[h], speed.v[h], gradient.v[h], batch.length);
    }
    move(model.d, speed.d, gradient.d, batch.length);
  }

  private static void move(double[] weights, double[] speed, double[] gradient, int rows) {
    for (int i = 0; i < weights.length; i++) {
      speed[i] =
          SETTINGS.momentum() * speed[i]
              - SETTINGS.rate() / rows * gradient[i]
              - SETTINGS.rate() * SETTINGS.decay() * weights[i];
      weights[i] += speed[i];
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySubsetIsThatOfAPlainProgram(boolean regression) {
    LabelledRows train = rows(regression, ROWS, 1);
    LabelledRows test = rows(regression, 11, 2);
    Groups groups = Drawn.groups(ROWS, GROUPS);
    Masks kept = Drawn.subsets(25, GROUPS, 4);
    try (Workers workers = new Workers(3)) {
      PerceptronLearner learner =
          new PerceptronLearner(new TrainingTask(train, groups, test), SETTINGS, workers);
      assertEquals(regression ? 1 : 3, learner.scores());
      Map<Integer, double[]> told = Drawn.told(learner, kept);
      assertEquals(kept.count(), told.size());
      for (int m = 0; m < kept.count(); m++) {
        boolean[] keeps = new boolean[ROWS];
        for (int r = 0; r < ROWS; r++) {
          keeps[r] = kept.kept(m, groups.groupOf()[r]);
        }
        assertArrayEquals(plain(train, test, keeps), told.get(m), "subset " + m);
      }
      assertArrayEquals(new double[11 * learner.scores()], told.get(0));
    }
  }

  /** It learns what it is for: rows that it has not seen. */
  @Test
  void theStandardSettingsLearn() {
    LabelledRows train = rows(false, 300, 1);
    LabelledRows test = rows(false, 300, 2);
    try (Workers workers = new Workers(2)) {
      double[] said =
          Drawn.told(
                  new PerceptronLearner(
                      new TrainingTask(train, Drawn.groups(300, 3), test),
                      PerceptronLearner.STANDARD,
                      workers),
                  Masks.all(3))
              .get(0);
      long right =
          IntStream.range(0, 300)
              .filter(
                  r ->
                      IntStream.range(0, 3)
                          .allMatch(s -> said[3 * r + s] <= said[3 * r + test.label(r)]))
              .count();
      assertTrue(right > 200, right + " of 300 are right");
    }
  }

  @Test
  void anInterruptEndsIt() {
    LabelledRows train = rows(false, ROWS, 1);
    try (Workers workers = new Workers(2)) {
      PerceptronLearner learner =
          new PerceptronLearner(
              new TrainingTask(train, Drawn.groups(ROWS, GROUPS), train), SETTINGS, workers);
      Thread.currentThread().interrupt();
      Masks kept = Drawn.subsets(25, GROUPS, 4);
      assertThrows(CancellationException.class, () -> Drawn.told(learner, kept));
      assertTrue(Thread.interrupted(), "the status stays set");
    }
    assertEquals(List.of("learner", "hidden"), List.copyOf(names()).subList(0, 2));
  }

  private static List<String> names() {
    LabelledRows train = rows(false, ROWS, 1);
    return List.copyOf(
        new PerceptronLearner(
                new TrainingTask(train, Drawn.groups(ROWS, GROUPS), train), SETTINGS, null)
            .settings()
            .keySet());
  }
}
