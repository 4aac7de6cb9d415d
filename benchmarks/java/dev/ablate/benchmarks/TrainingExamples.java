package dev.ablate.benchmarks;

import dev.ablate.backend.Backends;
import dev.ablate.benchmarks.exact.Ranks;
import dev.ablate.code.Philox;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.lens.data.DataGame;
import dev.ablate.lens.data.DataLens;
import dev.ablate.lens.data.DataSettings;
import dev.ablate.lens.data.DataValue;
import dev.ablate.lens.data.LearnerKind;
import dev.ablate.lens.data.OpenLearner;
import dev.ablate.lens.data.TrainingData;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import dev.ablate.run.Table;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.spectrum.Correlation;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.train.TrainingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the lens of training data finds in the digits, 1,000 training rows in 64 groups: how well
 * margins of models on fresh subsets are predicted, whether planted copies and wrong labels are
 * found, and the linear datamodelling score beside that of a linear datamodel.
 *
 * <p>Arguments: learners (default {@code ridge logistic}); {@code
 * --parts=fit,ceiling,copies,planted,rows,score}, four times the masks for the second; {@code
 * --masks=3072}, {@code --value=margin}, {@code --rows=20} test rows that are outputs by themselves
 * for the score.
 */
public final class TrainingExamples implements AutoCloseable {
  private static final int TESTS = 500;

  private final Backends.Choice choice = Backends.open("host", 0);
  private final LearnerKind learner;
  private final int masks;
  private final DataValue value;

  private TrainingExamples(LearnerKind learner, int masks, DataValue value) {
    this.learner = learner;
    this.masks = masks;
    this.value = value;
  }

  /** Prints what is found. */
  public static void main(String[] args) {
    List<LearnerKind> learners = new ArrayList<>();
    List<String> parts = List.of("fit", "ceiling", "copies", "planted", "rows", "score");
    int masks = 3072;
    int rows = 20;
    DataValue asked = DataValue.MARGIN;
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      if (arg.startsWith("--parts=")) {
        parts = List.of(value.split(","));
      } else if (arg.startsWith("--masks=")) {
        masks = Integer.parseInt(value);
      } else if (arg.startsWith("--value=")) {
        asked = DataSettings.VALUE.parse(List.of(value));
      } else if (arg.startsWith("--rows=")) {
        rows = Integer.parseInt(value);
      } else {
        learners.add(DataSettings.LEARNER.parse(List.of(arg)));
      }
    }
    if (learners.isEmpty()) {
      learners.addAll(List.of(LearnerKind.RIDGE, LearnerKind.LOGISTIC));
    }
    for (LearnerKind learner : learners) {
      try (TrainingExamples run = new TrainingExamples(learner, masks, asked)) {
        if (parts.contains("fit")) {
          run.fit(masks);
        }
        if (parts.contains("ceiling")) {
          run.fit(4 * masks);
        }
        if (parts.contains("copies")) {
          run.planted(false);
        }
        if (parts.contains("planted")) {
          run.planted(true);
        }
        if (parts.contains("rows")) {
          run.overRows();
        }
        if (parts.contains("score")) {
          run.score(rows);
        }
      }
    }
  }

  /** A game with the learner that must be closed after it. */
  private record Open(OpenLearner learner, DataGame game) implements AutoCloseable {
    @Override
    public void close() {
      learner.close();
    }

    Values values(Masks masks) {
      Values values = Values.zeros(masks.count(), game.outputs());
      game.evaluate(masks, values);
      return values;
    }
  }

  private Open open(TrainingTask task, boolean each) {
    TrainingData data = TrainingData.of(task);
    Settings given = Settings.STANDARD.with(DataSettings.LEARNER, learner);
    int threads = Runtime.getRuntime().availableProcessors();
    OpenLearner opened = OpenLearner.open(given, data, threads, choice.backend());
    return new Open(opened, new DataLens(value, each).game(opened, data));
  }

  private void print(String pattern, Object... values) {
    System.out.printf(Locale.ROOT, learner + " " + value + " " + pattern + "%n", values);
  }

  private Masks uniform(int count, UniformMasks.Use use) {
    return UniformMasks.draw(choice.backend().sampling(), DigitGroups.GROUPS, count, 0, use, null);
  }

  /** R² on fresh subsets, and where the energy of the spectrum is. */
  private void fit(int count) {
    try (Open open = open(DigitGroups.plain(), false)) {
      Masks train = uniform(count, UniformMasks.Use.FIT);
      long start = System.nanoTime();
      Values values = open.values(train);
      double seconds = (System.nanoTime() - start) * 1e-9;
      Masks fresh = uniform(TESTS, UniformMasks.Use.TEST);
      Values truth = open.values(fresh);
      Explanation found = solve(train, values);
      double[] predicted = found.predictAll(fresh, choice.backend())[0];
      LeastSquares linear = linear(train, values, 0);
      double[] single = linear.spectrum().evaluate(fresh);
      print(
          "%d masks: R2 %.4f on %d fresh subsets, of single groups alone %.4f (%s; retraining %.1f"
              + " s); energy by order: %s",
          count,
          R2.of(truth.column(0), predicted),
          TESTS,
          R2.of(truth.column(0), single),
          found.outputs().get(0).method().ran(),
          seconds,
          energy(found.spectrum()));
    }
  }

  private static String energy(Spectrum spectrum) {
    double[] energy = new double[5];
    for (int i = 0; i < spectrum.size(); i++) {
      int order = Math.min(4, spectrum.sets().get(i).length);
      energy[order] += spectrum.coefficient(i) * spectrum.coefficient(i);
    }
    double all = Arrays.stream(energy).skip(1).sum();
    return String.format(
        Locale.ROOT,
        "1: %.4f, 2: %.4f, 3: %.4f, more: %.4f",
        energy[1] / all,
        energy[2] / all,
        energy[3] / all,
        energy[4] / all);
  }

  private Explanation solve(Masks train, Values values) {
    return solve(train, values, Method.AUTO);
  }

  private Explanation solve(Masks train, Values values, Method method) {
    List<String> names = IntStream.range(0, train.features()).mapToObj(Integer::toString).toList();
    Table table =
        new Table(train, values, new Design.Foreign(train.features(), train.count()), names);
    Request request =
        Request.standard()
            .withMethod(method)
            .with(RunSettings.INDEX, Index.BII)
            .with(RunSettings.ORDER, 2L);
    return new Runner(choice).solve(table, null, request);
  }

  private static LeastSquares linear(Masks masks, Values values, int output) {
    Samples samples =
        new Samples(
            masks,
            Values.of(values.column(output)),
            new Design.Foreign(masks.features(), masks.count()));
    return LeastSquares.fit(samples, LeastSquares.singletons(masks.features()));
  }

  /** Whether copies come out as redundant pairs and wrong labels as harmful groups. */
  private void planted(boolean wrong) {
    try (Open open = open(DigitGroups.planted(wrong), false)) {
      Masks train = uniform(masks, UniformMasks.Use.FIT);
      Explanation found = solve(train, open.values(train));
      // The table does not know what its values are.
      ExampleFindings all = ExampleFindings.of(found.outputs().get(0));
      Map<String, List<Interaction>> kinds =
          new ExampleFindings(value.better(), all.alone(), all.pairs(), false).kinds();
      List<Interaction> redundant = kinds.get("redundant");
      if (wrong) {
        wrong(open, kinds.get("harmful"));
      }
      copies(open, redundant);
    }
  }

  /** Whether copies come out as redundant pairs over all test rows, each an output. */
  private void overRows() {
    try (Open open = open(DigitGroups.planted(false), true)) {
      Masks train = uniform(masks, UniformMasks.Use.FIT);
      Values values = open.values(train);
      long start = System.nanoTime();
      Explanation found = solve(train, values);
      ExampleFindings over = ExampleFindings.over(found.outputs());
      print(
          "%d test rows: %.1f s; output 0 by %s",
          found.outputs().size(),
          (System.nanoTime() - start) * 1e-9,
          found.outputs().get(0).method().ran());
      copies(open, over.kinds().get("redundant"));
    }
  }

  /** How many groups with wrong labels are found, and are among the lowest by leave-one-out. */
  private void wrong(Open open, List<Interaction> harmful) {
    int count = DigitGroups.WRONG.length;
    int[] lowest = LeftOutGroups.of(open.game()).mostHarmful(count);
    long flips = IntStream.of(DigitGroups.WRONG).filter(g -> rank(harmful, g) >= 0).count();
    long byOut =
        IntStream.of(DigitGroups.WRONG)
            .filter(g -> IntStream.of(lowest).anyMatch(out -> out == g))
            .count();
    print(
        "planted: %d of %d wrong groups harmful (%d groups are); leave-one-out has %d among its"
            + " %d lowest",
        flips, count, harmful.size(), byOut, count);
  }

  /** How many copies are found, and for how many leave-one-out effects say what both do. */
  private void copies(Open open, List<Interaction> redundant) {
    LeftOutGroups out = LeftOutGroups.of(open.game());
    int[][] copies = DigitGroups.COPIES;
    int found = 0;
    int seen = 0;
    for (int[] pair : copies) {
      int rank = rank(redundant, pair);
      found += rank >= 0 ? 1 : 0;
      double both = out.change(pair);
      double first = out.changes()[pair[0]];
      double second = out.changes()[pair[1]];
      seen += Math.abs(first + second - both) <= 0.25 * both ? 1 : 0;
      print(
          "  copies %d, %d: rank %d of %d redundant pairs; leaving them out changes a test row by"
              + " %.6f and %.6f, both by %.6f",
          pair[0], pair[1], rank + 1, redundant.size(), first, second, both);
    }
    int[] least = out.leastImportant(2 * copies.length);
    long ofCopies =
        IntStream.of(least)
            .filter(g -> Arrays.stream(copies).flatMapToInt(IntStream::of).anyMatch(c -> c == g))
            .count();
    print(
        "planted: %d of %d copies redundant pairs; the sum of leave-one-out effects is within a"
            + " quarter of leaving both out for %d; of the %d groups that it finds least important"
            + " %d are copies",
        found, copies.length, seen, least.length, ofCopies);
  }

  private static int rank(List<Interaction> found, int... set) {
    return IntStream.range(0, found.size())
        .filter(i -> Arrays.equals(found.get(i).features(), set))
        .findFirst()
        .orElse(-1);
  }

  /**
   * Rank correlations of predicted and true margins, at three shares of kept groups: of what
   * subsets of that share say, and of what halves say of them.
   */
  private void score(int rows) {
    try (Open open = open(DigitGroups.firstTests(rows), true)) {
      double[] shares = {0.2, 0.5, 0.8};
      for (double from : shares) {
        Masks train = kept(from, masks, 0);
        Values values = open.values(train);
        // Parities of other shares are correlated, which no other method makes up for.
        Explanation ours = solve(train, values, from == 0.5 ? Method.AUTO : Method.GP);
        for (double share : shares) {
          if (from == share || from == 0.5) {
            score(open, from, share, ours, train, values);
          }
        }
      }
    }
  }

  private void score(
      Open open, double from, double share, Explanation ours, Masks train, Values values) {
    Masks fresh = kept(share, TESTS, 1);
    Values truth = open.values(fresh);
    double[][] predicted = ours.predictAll(fresh, choice.backend());
    int rows = truth.outputs();
    double sum = 0;
    double linearSum = 0;
    int better = 0;
    for (int o = 0; o < rows; o++) {
      double[] ranks = Ranks.of(truth.column(o));
      double[] single = linear(train, values, o).spectrum().evaluate(fresh);
      double score = Correlation.of(ranks, Ranks.of(predicted[o]));
      double linearScore = Correlation.of(ranks, Ranks.of(single));
      better += score > linearScore ? 1 : 0;
      sum += score;
      linearSum += linearScore;
    }
    print(
        "%.0f %% kept, from subsets of %.0f %%: rank correlation %.4f with interactions, %.4f of"
            + " order 1 (mean of %d test rows; above for %d)",
        100 * share, 100 * from, sum / rows, linearSum / rows, rows, better);
  }

  private static Masks kept(double share, int count, int seed) {
    Philox.Stream random = Philox.stream(seed, (int) (100 * share));
    boolean[][] rows = new boolean[count][DigitGroups.GROUPS];
    for (boolean[] row : rows) {
      for (int g = 0; g < row.length; g++) {
        row[g] = random.nextDouble() < share;
      }
    }
    return Masks.of(rows);
  }

  @Override
  public void close() {
    choice.close();
  }
}
