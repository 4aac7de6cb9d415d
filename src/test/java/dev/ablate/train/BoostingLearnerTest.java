package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boosted trees of many subsets are those of each subset alone, and those of a plain program. */
class BoostingLearnerTest {
  private static final int ROWS = 250;
  private static final int COLUMNS = 6;
  private static final int GROUPS = 10;
  private static final Boosting.Settings SETTINGS = new Boosting.Settings(3, 6, 4, 7, 0.3, 0);
  private static final int THRESHOLDS = 4;

  private static LabelledRows rows(boolean regression, int rows, long seed) {
    return regression ? Drawn.targets(rows, COLUMNS, seed) : Drawn.classes(rows, COLUMNS, seed);
  }

  /** Boosting on columns of numbers, as the textbook has it. */
  private static final class Plain {
    private final List<double[]> splits = new ArrayList<>();
    private final LabelledRows train;
    private final LabelledRows test;

    /** Whether cuts that part the rows otherwise gained the same: then rounding chooses. */
    private boolean tied;

    /** Splits: column and threshold. */
    Plain(LabelledRows train, LabelledRows test) {
      this.train = train;
      this.test = test;
      for (int c = 0; c < COLUMNS; c++) {
        int column = c;
        double[] sorted =
            IntStream.range(0, ROWS).mapToDouble(r -> at(train, r, column)).sorted().toArray();
        double[] cuts = Arrays.stream(sorted).distinct().toArray();
        cuts = Arrays.copyOf(cuts, cuts.length - 1);
        if (cuts.length > THRESHOLDS) {
          // A fifth of the rows up to the first, two fifths up to the second.
          cuts =
              IntStream.rangeClosed(1, THRESHOLDS)
                  .mapToDouble(q -> sorted[q * ROWS / (THRESHOLDS + 1) - 1])
                  .filter(t -> t < sorted[ROWS - 1])
                  .distinct()
                  .toArray();
        }
        Arrays.stream(cuts).forEach(t -> splits.add(new double[] {column, t}));
      }
    }

    private static double at(LabelledRows rows, int r, int c) {
      return rows.x()[r * COLUMNS + c];
    }

    private static boolean isAbove(LabelledRows rows, int r, double[] split) {
      return at(rows, r, (int) split[0]) > split[1];
    }

    /** The predictions for the test rows of what is fitted to some rows. */
    double[] fit(int[] kept, double[] target) {
      double base = Arrays.stream(kept).mapToDouble(r -> target[r]).average().orElse(0);
      double[] left = Arrays.stream(target).map(t -> t - base).toArray();
      double[] said = new double[test.rows()];
      Arrays.fill(said, base);
      tied = false;
      for (int t = 0; t < SETTINGS.trees(); t++) {
        grow(kept, left, said);
      }
      return said;
    }

    /** The number of a leaf is 1 at the root, 2k and 2k + 1 below k: by depth, from the left. */
    private record Leaf(int[] rows, int[] tests, int depth, int number) {}

    private record Cut(double gain, double[] split, Leaf leaf, int[] above) {}

    /** The first of those that gain most; null where none gains. */
    private Cut best(List<Cut> cuts) {
      double most = cuts.stream().mapToDouble(Cut::gain).max().orElse(0);
      List<Cut> equal = cuts.stream().filter(cut -> cut.gain >= most * (1 - 1e-9)).toList();
      tied |= equal.stream().anyMatch(cut -> !Arrays.equals(cut.above, equal.get(0).above));
      return most > 1e-12 ? equal.get(0) : null;
    }

    private void grow(int[] kept, double[] left, double[] said) {
      List<Leaf> leaves = new ArrayList<>();
      leaves.add(new Leaf(kept, IntStream.range(0, test.rows()).toArray(), 0, 1));
      while (leaves.size() < SETTINGS.leaves()) {
        Cut best = best(leaves.stream().flatMap(leaf -> cuts(leaf, left).stream()).toList());
        if (best == null) {
          break;
        }
        double[] split = best.split;
        Leaf old = best.leaf;
        leaves.remove(old);
        for (boolean above : new boolean[] {false, true}) {
          leaves.add(
              new Leaf(
                  Arrays.stream(old.rows).filter(r -> isAbove(train, r, split) == above).toArray(),
                  Arrays.stream(old.tests).filter(r -> isAbove(test, r, split) == above).toArray(),
                  old.depth + 1,
                  2 * old.number + (above ? 1 : 0)));
        }
        leaves.sort(Comparator.comparingInt(Leaf::number));
      }
      if (leaves.size() == 1) {
        return;
      }
      for (Leaf leaf : leaves) {
        double value =
            SETTINGS.rate()
                * Arrays.stream(leaf.rows).mapToDouble(r -> left[r]).average().orElseThrow();
        Arrays.stream(leaf.rows).forEach(r -> left[r] -= value);
        Arrays.stream(leaf.tests).forEach(r -> said[r] += value);
      }
    }

    private List<Cut> cuts(Leaf leaf, double[] left) {
      List<Cut> cuts = new ArrayList<>();
      int n = leaf.depth == SETTINGS.depth() ? 0 : leaf.rows.length;
      double all = Arrays.stream(leaf.rows).mapToDouble(r -> left[r]).sum();
      for (double[] split : splits) {
        int[] above = Arrays.stream(leaf.rows).filter(r -> isAbove(train, r, split)).toArray();
        if (Math.min(above.length, n - above.length) >= SETTINGS.minLeaf()) {
          double sum = Arrays.stream(above).mapToDouble(r -> left[r]).sum();
          double excess = n * sum - all * above.length;
          double gain = excess * excess / ((double) n * above.length * (n - above.length));
          cuts.add(new Cut(gain, split, leaf, above));
        }
      }
      return cuts;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySubsetIsThatOfAPlainProgramAndTheSameAlone(boolean regression) {
    LabelledRows train = rows(regression, ROWS, 1);
    LabelledRows test = rows(regression, 17, 2);
    Groups groups = Drawn.groups(ROWS, GROUPS);
    Masks kept = Drawn.subsets(25, GROUPS, 4);
    Plain plain = new Plain(train, test);
    try (HostBackend host = new HostBackend(3);
        HostBackend single = new HostBackend(1)) {
      BoostingLearner many =
          new BoostingLearner(new TrainingTask(train, groups, test), SETTINGS, THRESHOLDS, host);
      BoostingLearner alone =
          new BoostingLearner(new TrainingTask(train, groups, test), SETTINGS, THRESHOLDS, single);
      int scores = regression ? 1 : 3;
      int compared = 0;
      assertEquals(scores, many.scores());
      Map<Integer, double[]> told = Drawn.told(many, kept);
      assertEquals(kept.count(), told.size());
      for (int m = 0; m < kept.count(); m++) {
        double[] own = told.get(m);
        assertArrayEquals(Drawn.told(alone, kept.range(m, m + 1)).get(0), own, "subset " + m);
        for (int s = 0; s < scores; s++) {
          int score = s;
          double[] target =
              regression
                  ? train.y()
                  : Arrays.stream(train.y()).map(y -> y == score ? 1 : 0).toArray();
          double[] expected = plain.fit(groups.kept(kept, m), target);
          for (int r = 0; r < test.rows() && !plain.tied; r++) {
            assertEquals(expected[r], own[r * scores + s], regression ? 1e-6 : 1e-8, "subset " + m);
          }
          compared += plain.tied ? 0 : 1;
        }
      }
      assertTrue(compared > kept.count() * scores / 2, compared + " have no ties");
    }
  }

  @Test
  void columnsOfOneValueHaveNoThresholds() {
    double[] x = {1, 5, 1, 6, 1, 5, 1, 8};
    LabelledRows rows = new LabelledRows(x, 4, 2, List.of(), new double[] {0, 1, 0, 5});
    Thresholds thresholds = Thresholds.of(rows, 15);
    assertArrayEquals(new int[] {1, 1}, thresholds.column());
    assertArrayEquals(new double[] {5, 6}, thresholds.above());
    assertArrayEquals(
        new boolean[][] {{false, false}, {true, false}, {false, false}, {true, true}},
        thresholds.bits(rows).toArray());
    LabelledRows constant =
        new LabelledRows(new double[] {3, 3}, 2, 1, List.of(), new double[] {1, 3});
    try (HostBackend host = new HostBackend(1)) {
      BoostingLearner learner =
          new BoostingLearner(
              new TrainingTask(constant, Drawn.groups(2, 2), constant), SETTINGS, 15, host);
      Map<Integer, double[]> told = Drawn.told(learner, Masks.exhaustive(2));
      assertArrayEquals(new double[] {0, 0}, told.get(0));
      assertArrayEquals(new double[] {3, 3}, told.get(2));
      assertArrayEquals(new double[] {2, 2}, told.get(3));
    }
  }

  @Test
  void anInterruptEndsIt() {
    LabelledRows train = rows(false, ROWS, 1);
    try (HostBackend host = new HostBackend(1)) {
      BoostingLearner learner =
          new BoostingLearner(
              new TrainingTask(train, Drawn.groups(ROWS, GROUPS), train),
              SETTINGS,
              THRESHOLDS,
              host);
      Thread.currentThread().interrupt();
      Masks kept = Drawn.subsets(25, GROUPS, 4);
      assertThrows(CancellationException.class, () -> Drawn.told(learner, kept));
      assertTrue(Thread.interrupted(), "the status stays set");
    }
  }
}
