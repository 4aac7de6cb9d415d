package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
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
import dev.ablate.solve.auto.CodedPart;
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
    CodedPart part = TwoParts.affordable(request, design, evaluator.outputs());
    if (part != null) {
      return new TwoParts(request, solver, evaluator, backend, watch)
          .spend((Design.Paired) design, part);
    }
    int tests = request.testMasks();
    try (Masks masks = Designs.masks(design, backend);
        Masks test = UnseenMasks.draw(request, features, tests, backend, masks);
        Masks bySize = UnseenMasks.drawBySize(request, features, tests, backend, masks)) {
      watch.planned();
      boolean endsFitted = Designs.beginsWithEnds(design);
      Masks ends = endsFitted ? Masks.none(0, features) : ends(features);
      List<Values> values = evaluator.evaluate(masks, test, bySize, ends);
      watch.evaluated();
      Evaluation evaluation =
          new Evaluation(
              design,
              new Evaluation.Rows(masks, values.get(0)),
              rows(test, values.get(1)),
              rows(bySize, values.get(2)),
              rows(ends, values.get(3)));
      evaluator.keep(evaluation);
      Outcome outcome = solved(request, solver, evaluation, evaluator, backend, watch);
      values.forEach(Values::close);
      return outcome;
    }
  }

  static Evaluation.Rows rows(Masks masks, Values values) {
    return masks.count() == 0 ? null : new Evaluation.Rows(masks, values);
  }

  /** Fits what was evaluated; a failure hands on what lies on a device. */
  static Outcome solved(
      Request request,
      Solver solver,
      Evaluation evaluation,
      Evaluator evaluator,
      Backend backend,
      Stopwatch watch) {
    try {
      return solvedOnce(request, solver, evaluation, evaluator, backend, watch);
    } catch (RuntimeException | Error e) {
      evaluator.rescue(evaluation, e);
      throw e;
    }
  }

  private static Outcome solvedOnce(
      Request request,
      Solver solver,
      Evaluation evaluation,
      Evaluator evaluator,
      Backend backend,
      Stopwatch watch) {
    PureError repeats = evaluator.noise(evaluation.fitted().masks().count());
    Design design = evaluation.design();
    Evaluation.Rows fitted = evaluation.fitted();
    Samples samples = new Samples(fitted.masks(), fitted.values(), design);
    Fits fits = Fitting.fit(request, solver, samples, repeats, backend);
    watch.solved();
    UnseenMasks unseen =
        new UnseenMasks(evaluation.heldOut(), evaluation.bySize(), R2Kind.HELD_OUT);
    List<Score> scores = unseen.scores(fits, backend);
    Values ends =
        firstTwo((evaluation.ends() == null ? fitted : evaluation.ends()).values(), backend);
    return new Outcome(design, ends, fits.solutions(), scores, null, fits.notes());
  }

  /** The values of two rows on the host, which the others do not come to if they live elsewhere. */
  private static Values firstTwo(Values values, Backend backend) {
    if (values.onHost()) {
      return values.range(0, 2);
    }
    HostBuffer positions = HostBuffer.of(new int[] {0, 1});
    try (Buffer two = backend.rows().gather(values.buffer(), values.outputs(), positions)) {
      return new Values(two.toHost(), 2, values.outputs());
    }
  }

  /** Nothing kept, then everything kept. */
  static Masks ends(int features) {
    boolean[][] rows = new boolean[2][features];
    Arrays.fill(rows[1], true);
    return Masks.of(rows);
  }
}
