package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solver;
import dev.ablate.solve.auto.CodedPart;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;

/**
 * Evaluates a budget in two parts: random masks first; then, where these leave much that more of
 * them would not show, a coded design, else the rest of the random masks. {@code
 * docs/design/0048-coded-part.md} says how it decides.
 */
final class TwoParts {
  private final Request request;
  private final Solver solver;
  private final Evaluator evaluator;
  private final Backend backend;
  private final Stopwatch watch;

  TwoParts(Request request, Solver solver, Evaluator evaluator, Backend backend, Stopwatch watch) {
    this.request = request;
    this.solver = solver;
    this.evaluator = evaluator;
    this.backend = backend;
    this.watch = watch;
  }

  /** The choice that a run has; null where all its masks are drawn in one way. */
  static CodedPart affordable(Request request, Design design, int outputs) {
    boolean free = request.method() == Method.AUTO && request.targetR2() == null;
    boolean uniform = design instanceof Design.Paired && design.sampling() == MaskSampling.UNIFORM;
    return free && uniform && outputs == 1
        ? Method.codedPart(request.settings(), design.features(), design.masks(), request.seed())
        : null;
  }

  /**
   * Spends the budget.
   *
   * @param whole the random masks that the budget is where no coded ones come
   */
  Outcome spend(Design.Paired whole, CodedPart part) {
    int features = whole.features();
    int first = Math.toIntExact(whole.masks() - part.design().masks());
    try (Masks all = Designs.masks(whole, backend);
        Masks test = UnseenMasks.draw(request, features, request.testMasks(), backend, all);
        Masks bySize =
            UnseenMasks.drawBySize(request, features, request.testMasks(), backend, all)) {
      watch.planned();
      Masks random = all.range(0, first);
      List<Values> values = evaluator.evaluate(random, test, bySize);
      watch.evaluated();
      Evaluation begun =
          new Evaluation(
              of(whole, first),
              new Evaluation.Rows(random, values.get(0)),
              SingleRound.rows(test, values.get(1)),
              SingleRound.rows(bySize, values.get(2)),
              null);
      begun.toHost();
      evaluator.keep(begun);
      Evaluation evaluation = completed(begun, whole, all, part);
      evaluator.keep(evaluation);
      Outcome outcome = SingleRound.solved(request, solver, evaluation, evaluator, backend, watch);
      values.forEach(Values::close);
      return evaluation.design() instanceof Design.Joined joined ? noted(outcome, joined) : outcome;
    }
  }

  private static Design.Paired of(Design.Paired whole, long masks) {
    return new Design.Paired(whole.sampling(), whole.features(), masks, whole.seed());
  }

  /** Evaluates the second part, and gives what is to be fitted. */
  private Evaluation completed(Evaluation begun, Design.Paired whole, Masks all, CodedPart part) {
    int probed = 0;
    Spectrum found = found(begun, part);
    if (found != null) {
      Masks coded = coded(part.design());
      probed = part.probe();
      Masks probe = coded.range(0, probed);
      Values values = more(probe);
      evaluator.keep(begun.with(new Evaluation.Rows(probe, values)));
      if (part.decodable(left(values, probe, found), backend)) {
        Values rest = more(coded.range(probed, coded.count()));
        Design.Joined joined = new Design.Joined((Design.Paired) begun.design(), part.design());
        Evaluation.Rows rows = new Evaluation.Rows(coded, Values.concat(values, rest));
        return begun.with(rows).of(joined);
      }
    }
    // Coded masks that were tried belong to the budget, but no random mask is like them.
    int last = all.count() - probed;
    Masks rest = all.range(begun.fitted().masks().count(), last);
    Evaluation.Rows rows = new Evaluation.Rows(rest, more(rest));
    return begun.with(rows).of(of(whole, last));
  }

  private Masks coded(Design.Coded design) {
    try (Masks there = new CodedDesign(design).masks(backend)) {
      return there.range(0, there.count());
    }
  }

  private Spectrum found(Evaluation begun, CodedPart part) {
    Evaluation.Rows fitted = begun.fitted();
    Samples samples = new Samples(fitted.masks(), fitted.values(), begun.design());
    Spectrum found = part.found(samples, backend, request.seed());
    watch.solved();
    return found;
  }

  private Values more(Masks masks) {
    Values values = evaluator.more(masks);
    watch.evaluated();
    return values;
  }

  private double[] left(Values values, Masks masks, Spectrum found) {
    double[] left = values.column(0);
    double[] known = found.evaluate(masks, backend);
    for (int r = 0; r < left.length; r++) {
      left[r] -= known[r];
    }
    return left;
  }

  private static Outcome noted(Outcome outcome, Design.Joined joined) {
    List<String> notes = new ArrayList<>(outcome.notes());
    Design.Coded coded = joined.coded();
    notes.add(
        coded.masks()
            + " of the "
            + joined.masks()
            + " masks are a coded design ("
            + coded.groups()
            + " groups, b = "
            + coded.dimension()
            + ", t = "
            + coded.errors()
            + "), because screening left much of the others, and what it left looked like few terms"
            + " of high orders");
    return new Outcome(
        outcome.design(),
        outcome.ends(),
        outcome.solutions(),
        outcome.scores(),
        outcome.rounds(),
        notes);
  }
}
