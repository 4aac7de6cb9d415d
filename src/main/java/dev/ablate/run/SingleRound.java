package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Budget;
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
    Design design = solver.plan(features, budget.masks(), request.seed());
    try (Masks masks = Designs.masks(design, backend);
        Masks test = UnseenMasks.draw(request, features, request.testMasks(), backend, masks)) {
      watch.planned();
      List<Values> evaluated = evaluator.evaluate(masks, ends(features), test);
      watch.evaluated();
      Values ends = evaluated.get(1);
      Samples samples = new Samples(masks, evaluated.get(0), design);
      PureError repeats = PureError.none(samples.values().outputs());
      Fits fits = Fitting.fit(request, solver, samples, repeats, backend);
      watch.solved();
      List<Score> scores =
          new UnseenMasks(test, evaluated.get(2), R2Kind.HELD_OUT).scores(fits, backend);
      Values kept = new Values(HostBuffer.of(ends.hostDoubles()), ends.count(), ends.outputs());
      evaluated.forEach(Values::close);
      return new Outcome(design, kept, fits.solutions(), scores, null, fits.notes());
    }
  }

  /** Nothing kept, then everything kept. */
  static Masks ends(int features) {
    boolean[][] rows = new boolean[2][features];
    Arrays.fill(rows[1], true);
    return Masks.of(rows);
  }
}
