package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Budget;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solver;
import dev.ablate.solve.Solvers;
import java.util.Arrays;
import java.util.List;

/** Evaluates all masks of the budget in one go and fits them. */
final class SingleRound {
  private SingleRound() {}

  /**
   * Spends the budget.
   *
   * @throws dev.ablate.code.InputException if the budget cannot serve the method
   */
  static Outcome spend(
      Request request,
      int features,
      Budget budget,
      Evaluator evaluator,
      Backend backend,
      Stopwatch watch) {
    Solver solver = Solvers.choose(request.settings(), features, budget);
    Design design = solver.plan(features, budget.masks(), request.sampling(), request.seed());
    try (Masks masks = Designs.masks(design, backend);
        Masks test = UnseenMasks.draw(request, features, request.testMasks(), backend, masks)) {
      watch.planned();
      Masks ends = ends(features);
      List<Values> evaluated = evaluator.evaluate(masks, ends, test);
      watch.evaluated();
      Evaluation evaluation =
          new Evaluation(
              design,
              new Evaluation.Rows(masks, evaluated.get(0)),
              test.count() == 0 ? null : new Evaluation.Rows(test, evaluated.get(2)),
              new Evaluation.Rows(ends, evaluated.get(1)));
      evaluator.keep(evaluation);
      try {
        return solved(request, solver, evaluation, test, evaluated, backend, watch);
      } catch (RuntimeException | Error e) {
        evaluator.rescue(evaluation, e);
        throw e;
      }
    }
  }

  private static Outcome solved(
      Request request,
      Solver solver,
      Evaluation evaluation,
      Masks test,
      List<Values> evaluated,
      Backend backend,
      Stopwatch watch) {
    Design design = evaluation.design();
    Samples samples = new Samples(evaluation.fitted().masks(), evaluated.get(0), design);
    PureError repeats = PureError.none(samples.values().outputs());
    Fits fits = Fitting.fit(request, solver, samples, repeats, backend);
    watch.solved();
    List<Score> scores =
        new UnseenMasks(test, evaluated.get(2), R2Kind.HELD_OUT).scores(fits, backend);
    Values ends = evaluated.get(1);
    Values kept = new Values(HostBuffer.of(ends.hostDoubles()), ends.count(), ends.outputs());
    evaluated.forEach(Values::close);
    return new Outcome(design, kept, fits.solutions(), scores, null, fits.notes());
  }

  /** Nothing kept, then everything kept. */
  static Masks ends(int features) {
    boolean[][] rows = new boolean[2][features];
    Arrays.fill(rows[1], true);
    return Masks.of(rows);
  }
}
