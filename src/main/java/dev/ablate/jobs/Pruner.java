package dev.ablate.jobs;

import dev.ablate.backend.Backend;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.lens.heads.Examples;
import dev.ablate.lens.heads.HeadAblation;
import dev.ablate.lens.heads.HeadValue;
import dev.ablate.lens.heads.HeadsGame;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.model.LabelKind;
import dev.ablate.model.SwitchedModel;
import dev.ablate.model.TextClassifier;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.search.Goal;
import dev.ablate.search.KeptCurve;
import dev.ablate.search.KeptSets;
import dev.ablate.search.Pruning;
import dev.ablate.search.SampledInteractions;
import dev.ablate.search.SubsetSearch;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Problem;
import dev.ablate.solve.lasso.LassoEstimator;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which components of a network to keep: sets of growing size that are chosen by some examples and
 * scored on others.
 *
 * @param lens what is asked of the network, for the mean over examples
 * @param model the network; must stay open
 * @param given what somebody set, {@link PruneSettings} among it
 * @param runner finds the spectrum
 * @param backend fits the lasso
 */
public record Pruner(
    HeadsLens lens, SwitchedModel model, Settings given, Runner runner, Backend backend) {
  /**
   * Chooses and scores.
   *
   * @param progress hears of the masks that are fitted
   * @param kept is given masks and values of the mean, as {@link Runner#explain} does
   * @throws dev.ablate.code.InputException if the examples or settings cannot serve
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public Pruning prune(Examples examples, Progress progress, Consumer<Evaluation> kept) {
    Request request = new Request(given);
    int[] sizes = PruneSettings.sizes(given, model.components().size());
    ExampleHalves halves =
        ExampleHalves.of(examples, given.get(PruneSettings.HOLDOUT), request.seed());
    HeadsLens asked = referring(halves.fitting());
    HeadsGame fitting = asked.game(model, halves.fitting());
    HeadsGame heldOut = asked.game(model, halves.heldOut());
    // Whatever is wrong with an example is said before the work.
    Game accuracy = accuracy(asked, halves);
    ExampleTable table = new ExampleTable(fitting, fitting.examples());
    Explanation explanation = runner.explain(table, request, progress, kept);
    Output output = explanation.outputs().get(0);
    Goal goal = asked.value() == HeadValue.LOSS ? Goal.MIN : Goal.MAX;
    Scores scores = new Scores(fitting, heldOut.examples(), accuracy, goal);
    List<int[]> singles = byLasso(table, sizes, sign(goal), request.seed());
    List<Pruning.Way> ways = new ArrayList<>();
    ways.add(
        scores.way(Pruning.INTERACTIONS, bySpectrum(table, output, sizes, sign(goal)), singles));
    ways.add(scores.way(Pruning.SINGLES, singles, singles));
    int random = given.get(PruneSettings.RANDOM).intValue();
    if (random > 0) {
      List<int[]> sets = byChance(fitting, sizes, sign(goal), random, request.seed());
      ways.add(scores.way("best of " + random + " random", sets, singles));
    }
    return new Pruning(
        fitting.featureNames(),
        output.value(),
        goal,
        sizes,
        halves.fitting().count(),
        halves.heldOut().count(),
        output.fit().masks(),
        output.fit().r2(),
        List.copyOf(ways),
        explanation.provenance().report().notes());
  }

  /** The same lens; what stands for ablated components comes from examples that choose. */
  private HeadsLens referring(Examples fitting) {
    boolean own =
        lens.reference() != null
            || lens.ablation() == HeadAblation.ZERO
            || lens.ablation() == HeadAblation.RESAMPLE && fitting.arePairs();
    return own ? lens : lens.with(lens.value(), fitting);
  }

  /** The share that is right of the examples that score; null where nothing is right or wrong. */
  private Game accuracy(HeadsLens asked, ExampleHalves halves) {
    boolean numbers =
        model.text() instanceof TextClassifier classifier
            && classifier.labelKind() == LabelKind.NUMBERS;
    return numbers || halves.heldOut().arePairs()
        ? null
        : asked.with(HeadValue.ACCURACY, asked.reference()).game(model, halves.heldOut());
  }

  private static int sign(Goal goal) {
    return goal == Goal.MIN ? -1 : 1;
  }

  private List<int[]> bySpectrum(ExampleTable table, Output output, int[] sizes, int sign) {
    Spectrum expected =
        SampledInteractions.of(output.spectrum(), output.link(), table.masks(), table.values());
    return KeptSets.bySpectrum(expected.scale(sign), sizes, given.get(SubsetSearch.WORK));
  }

  /** By the effect of being kept: a coefficient's sign is that of being ablated. */
  private List<int[]> byLasso(ExampleTable table, int[] sizes, int sign, long seed) {
    Values each = table.values();
    double[] means = new double[each.count()];
    Arrays.setAll(means, r -> ExampleTable.mean(each, r));
    try (Problem problem = Problem.of(table.masks(), Values.of(means), backend, seed)) {
      Spectrum singles = new LassoEstimator("singles").estimate(problem, null).spectrum(0);
      double[] weights = new double[table.features()];
      Arrays.setAll(weights, f -> -sign * singles.coefficientOf(f));
      return KeptSets.byWeight(weights, sizes);
    }
  }

  private static List<int[]> byChance(Game mean, int[] sizes, int sign, int count, long seed) {
    Game sought =
        Game.of(
            mean.features(),
            masks -> {
              Values values = Values.zeros(masks.count(), 1);
              mean.evaluate(masks, values);
              return Arrays.stream(values.column(0)).map(value -> sign * value).toArray();
            });
    return Arrays.stream(sizes)
        .mapToObj(
            size ->
                KeptSets.bestRandom(
                    sought, 0, size, size == 0 || size == mean.features() ? 1 : count, seed))
        .toList();
  }

  /**
   * What is measured of sets.
   *
   * @param fitting the mean over the examples that choose
   * @param heldOut a number for each of the others
   * @param accuracy of the others; null where there is none
   */
  private record Scores(Game fitting, Game heldOut, Game accuracy, Goal goal) {
    Pruning.Way way(String name, List<int[]> sets, List<int[]> singles) {
      Values each = KeptSets.values(heldOut, sets);
      Values other = KeptSets.values(heldOut, singles);
      double[] values = new double[sets.size()];
      Arrays.setAll(values, s -> ExampleTable.mean(each, s));
      double[] lead = new double[values.length];
      double[] errors = new double[values.length];
      int examples = each.outputs();
      for (int s = 0; s < values.length; s++) {
        lead[s] = sign(goal) * (values[s] - ExampleTable.mean(other, s));
        double squares = 0;
        for (int e = 0; e < examples; e++) {
          double off = sign(goal) * (each.get(s, e) - other.get(s, e)) - lead[s];
          squares += off * off;
        }
        errors[s] = Math.sqrt(squares / (examples - 1) / examples);
      }
      int[] sizes = sets.stream().mapToInt(set -> set.length).toArray();
      // The first set keeps nothing, the last one everything.
      KeptCurve curve =
          new KeptCurve(heldOut.features(), sizes, values, values[0], values[values.length - 1]);
      return new Pruning.Way(
          name,
          sets,
          KeptCurve.of(fitting, sets).get(0),
          curve,
          accuracy == null ? null : KeptCurve.of(accuracy, sets).get(0),
          lead,
          errors);
    }
  }
}
