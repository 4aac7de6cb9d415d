package dev.ablate.lens.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import dev.ablate.train.Learner;
import dev.ablate.train.TrainingTask;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A training set as a game. */
class DataGameTest {
  private static final int GROUPS = 8;
  private static final int TESTS = 40;

  /** Two classes about (1, 1, 1) and (-1, -1, -1). */
  private static LabelledRows rows(int count, long seed) {
    Philox.Stream random = Philox.stream(seed, 1);
    double[] x = new double[3 * count];
    double[] y = new double[count];
    for (int r = 0; r < count; r++) {
      y[r] = r % 2;
      for (int j = 0; j < 3; j++) {
        x[3 * r + j] = (y[r] == 1 ? 1 : -1) + 1.5 * random.nextGaussian();
      }
    }
    return new LabelledRows(x, count, 3, List.of("no", "yes"), y);
  }

  /** Groups 0 and 1 have the same rows, and the labels of group 2 are all wrong. */
  private static TrainingTask planted() {
    LabelledRows plain = rows(8 * GROUPS, 7);
    int[] groupOf = IntStream.range(0, plain.rows()).map(r -> r / 8).toArray();
    System.arraycopy(plain.x(), 0, plain.x(), 8 * 3, 8 * 3);
    System.arraycopy(plain.y(), 0, plain.y(), 8, 8);
    for (int r = 16; r < 24; r++) {
      plain.y()[r] = 1 - plain.y()[r];
    }
    List<String> names = IntStream.range(0, GROUPS).mapToObj(g -> "g" + g).toList();
    return new TrainingTask(plain, new Groups(names, groupOf), rows(TESTS, 8));
  }

  private static DataGame game(DataLens lens, TrainingTask task) {
    OpenLearner learner = OpenLearner.of("plain ridge", ScoreKind.TARGETS, new PlainRidge(task, 1));
    return lens.game(learner, TrainingData.of(task));
  }

  @Test
  void theMeanIsThatOfTheTestRows() {
    TrainingTask task = planted();
    Masks masks = Masks.exhaustive(GROUPS).range(100, 110);
    DataGame each = game(new DataLens(DataValue.MARGIN, true), task);
    DataGame mean = game(new DataLens(null, false), task);
    assertEquals("margin", mean.subject().value());
    assertEquals(List.of("40 test rows (mean)"), mean.outputNames());
    assertEquals("test row 3 (yes)", each.outputNames().get(3));
    Values all = Values.zeros(masks.count(), TESTS);
    each.evaluate(masks, all);
    Values one = Values.zeros(masks.count(), 1);
    boolean[] told = new boolean[masks.count()];
    mean.evaluate(
        masks,
        one,
        new Progress() {
          @Override
          public void done(long count) {
            throw new AssertionError("rows are told by their numbers");
          }

          @Override
          public void finished(int row) {
            told[row] = true;
          }
        });
    PlainRidge plain = new PlainRidge(task, 1);
    for (int m = 0; m < masks.count(); m++) {
      double[] scores = plain.scores(task.groups().kept(masks, m));
      double sum = 0;
      for (int r = 0; r < TESTS; r++) {
        int label = task.test().label(r);
        double margin = scores[2 * r + label] - scores[2 * r + 1 - label];
        assertEquals(margin, all.get(m, r), 1e-12);
        sum += margin;
      }
      assertEquals(sum / TESTS, one.get(m, 0), 1e-12);
      assertTrue(told[m], "row " + m);
    }
  }

  @Test
  void copiesAreRedundantAndWrongLabelsHarmful() {
    Explanation explanation =
        Ablate.builder().game(game(new DataLens(null, false), planted())).explain();
    ExampleFindings findings = ExampleFindings.of(explanation.outputs().get(0));
    Map<String, List<Interaction>> kinds = findings.kinds();
    assertEquals(
        List.of("helpful", "harmful", "redundant", "synergistic"), List.copyOf(kinds.keySet()));
    assertEquals(List.of(2), sets(kinds.get("harmful")).get(0));
    assertTrue(sets(kinds.get("helpful")).contains(List.of(0)));
    assertTrue(sets(kinds.get("redundant")).contains(List.of(0, 1)));
    assertEquals(
        Arrays.stream(new int[] {8, 9, 10, 11, 12, 13, 14, 15}).boxed().toList(),
        ((Input.Examples) explanation.input()).groups().get(1));

    DataLens loss = new DataLens(DataValue.LOSS, false);
    Explanation losses = Ablate.builder().game(game(loss, planted())).explain();
    Map<String, List<Interaction>> less = ExampleFindings.of(losses.outputs().get(0)).kinds();
    assertEquals(List.of(2), sets(less.get("harmful")).get(0), "a loss that rises is harm");
    assertTrue(sets(less.get("redundant")).contains(List.of(0, 1)));
  }

  private static List<List<Integer>> sets(List<Interaction> found) {
    return found.stream().map(each -> Arrays.stream(each.features()).boxed().toList()).toList();
  }

  @Test
  void otherDataHaveOtherHashes() {
    DataLens lens = new DataLens(null, false);
    TrainingTask one = planted();
    TrainingTask other = planted();
    assertEquals(game(lens, one).subject(), game(lens, other).subject());
    other.train().y()[0] = 1 - other.train().y()[0];
    assertNotEquals(game(lens, one).subject(), game(lens, other).subject());
  }

  @Test
  void aNumberThatIsNoneNamesTheTestRowAndTheGroups() {
    TrainingTask task = planted();
    Learner broken =
        new Learner() {
          @Override
          public int scores() {
            return 2;
          }

          @Override
          public Map<String, Object> settings() {
            return Map.of();
          }

          @Override
          public void train(Masks kept, Sink sink) {
            double[] scores = new double[2 * TESTS];
            scores[2 * 5] = Double.NaN;
            sink.scores(0, scores);
          }
        };
    DataGame game =
        new DataLens(null, false)
            .game(OpenLearner.of("broken", ScoreKind.TARGETS, broken), TrainingData.of(task));
    InputException e =
        assertThrows(
            InputException.class, () -> game.evaluate(Masks.all(GROUPS), Values.zeros(1, 1)));
    assertEquals(
        "the learner broken gives test row 5 (yes) the margin NaN on the mask that keeps the"
            + " groups 0-7 of 0-7; scale the columns of the features to the size of 1",
        e.getMessage());
  }
}
