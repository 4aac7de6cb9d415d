package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.game.Budget;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.Solvers;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Evaluates masks in rounds, each with more of them, and fits all so far, until R² on held-out
 * masks reaches a target or gains no more. The masks of a round are the first of the next one's;
 * the held-out masks stay the same and serve for nothing else. {@code docs/design/0007-rounds.md}
 * says why it stops where it does.
 */
final class Rounds {
  private static final String REACHED = "target reached";
  private static final String FLAT = "gain flattened";
  private static final String SPENT = "budget spent";

  /** What so many rounds gained decides whether the gain has flattened. */
  private static final int LOOK_BACK = 3;

  private final Request request;
  private final int features;
  private final Budget budget;
  private final Evaluator evaluator;
  private final Backend backend;
  private final Stopwatch watch;
  // A list of outputs for each round.
  private final List<List<Round>> rounds = new ArrayList<>();

  private Rounds(
      Request request,
      int features,
      Budget budget,
      Evaluator evaluator,
      Backend backend,
      Stopwatch watch) {
    this.request = request;
    this.features = features;
    this.budget = budget;
    this.evaluator = evaluator;
    this.backend = backend;
    this.watch = watch;
  }

  /**
   * Spends a budget in rounds, or at once where a first round would need all masks that may be
   * fitted.
   *
   * @param budget most masks to fit
   * @throws InputException if the budget or the masks cannot serve the method
   */
  static Outcome spend(
      Request request,
      int features,
      Budget budget,
      Evaluator evaluator,
      Backend backend,
      Stopwatch watch) {
    Solver whole = Solvers.choose(request.settings(), features, budget);
    Design all = whole.plan(features, budget.masks(), request.sampling(), request.seed());
    boolean exact = all instanceof Design.Exhaustive;
    if (!exact && !(all instanceof Design.Paired)) {
      throw new InputException(
          RunSettings.TARGET_R2
              + ": the masks of "
              + whole.method()
              + " cannot be spent in rounds; choose another "
              + SolverSettings.METHOD);
    }
    Rounds rounds = new Rounds(request, features, budget, evaluator, backend, watch);
    int kinds = UnseenMasks.kinds(request);
    int held = RoundSizes.heldOut(features, budget, kinds * request.testMasks()) / kinds;
    int[] sizes = RoundSizes.of(features, budget, kinds * held);
    boolean auto = request.method() == Method.AUTO;
    if (sizes.length == 0 || (exact && !auto)) {
      return rounds.atOnce();
    }
    return rounds.run(sizes, held, exact);
  }

  private Outcome atOnce() {
    Outcome spent = SingleRound.spend(request, features, budget, evaluator, backend, watch);
    boolean reached = spent.scores().stream().allMatch(score -> score.r2() >= request.targetR2());
    return new Outcome(
        spent.design(),
        spent.ends(),
        spent.solutions(),
        spent.scores(),
        report(reached ? REACHED : SPENT, List.of(unestimated(spent))),
        reached ? spent.notes() : missed(spent));
  }

  private List<String> missed(Outcome spent) {
    List<String> notes = new ArrayList<>(spent.notes());
    notes.add(
        "R² did not reach the target "
            + request.targetR2()
            + " with "
            + spent.design().masks()
            + " masks: raise the budget or lower the target");
    return notes;
  }

  private Outcome run(int[] sizes, int held, boolean exactAtTheEnd) {
    Masks ends = SingleRound.ends(features);
    // Drawn first, so that every round leaves the same masks out; the ends are fitted.
    try (Masks test = UnseenMasks.draw(request, features, held, backend, ends);
        Masks bySize = UnseenMasks.drawBySize(request, features, held, backend, ends)) {
      Masks unseen = Masks.concat(test, bySize);
      for (int size : sizes) {
        Design.Paired design =
            new Design.Paired(request.sampling(), features, size, request.seed());
        try (Masks masks = Designs.paired(design, backend, unseen)) {
          watch.planned();
          List<Values> values = evaluator.evaluate(test, bySize, masks);
          watch.evaluated();
          UnseenMasks fresh =
              new UnseenMasks(
                  new Evaluation.Rows(test, values.get(0)),
                  bySize.count() == 0 ? null : new Evaluation.Rows(bySize, values.get(1)),
                  R2Kind.HELD_OUT);
          evaluator.keep(
              new Evaluation(
                  // Held-out masks are left out, so that the masks are not quite the design's.
                  new Design.Foreign(features, masks.count(), request.sampling()),
                  new Evaluation.Rows(masks, values.get(2)),
                  fresh.uniform(),
                  fresh.bySize(),
                  null));
          Solver solver = Solvers.choose(request.settings(), features, new Budget(size));
          Samples samples = new Samples(masks, values.get(2), design);
          PureError repeats = evaluator.noise(masks.count());
          Fits fits =
              Work.part(
                  "round of " + size + " masks",
                  (double) size / sizes[sizes.length - 1],
                  () -> Fitting.fit(request, solver, samples, repeats, backend));
          rounds.add(measured(size, fits.solutions(), fresh));
          watch.solved();
          boolean last = size == sizes[sizes.length - 1] && !exactAtTheEnd;
          String stopped = stopped(last);
          if (stopped != null) {
            return spent(design, values.get(2).range(0, 2), fits, fresh, stopped);
          }
        }
      }
    }
    return exactly();
  }

  private List<Round> measured(int size, List<Solution> solutions, UnseenMasks fresh) {
    List<Round> outputs = new ArrayList<>();
    for (int o = 0; o < solutions.size(); o++) {
      double[] predictions = solutions.get(o).predict(fresh.uniform().masks(), backend);
      outputs.add(Round.of(size, fresh.uniform().values().column(o), predictions));
    }
    return outputs;
  }

  /** Why the last round was the last, or null to go on; several outputs must all agree. */
  private String stopped(boolean last) {
    List<Round> now = rounds.get(rounds.size() - 1);
    if (now.stream().allMatch(round -> round.reaches(request.targetR2()))) {
      return REACHED;
    }
    if (last) {
      return SPENT;
    }
    if (rounds.size() <= LOOK_BACK) {
      return null;
    }
    int recent = rounds.size() - LOOK_BACK;
    for (int o = 0; o < now.size(); o++) {
      int output = o;
      List<Round> all = rounds.stream().map(round -> round.get(output)).toList();
      boolean flat =
          Round.isFlat(all.subList(0, recent), all.subList(recent, all.size()), now.get(o));
      if (!flat && !now.get(o).reaches(request.targetR2())) {
        return null;
      }
    }
    return FLAT;
  }

  private Outcome spent(Design design, Values ends, Fits fits, UnseenMasks fresh, String stopped) {
    List<Round> now = rounds.get(rounds.size() - 1);
    List<Score> scores = fresh.scores(fits, backend);
    List<String> notes = new ArrayList<>(fits.notes());
    notes.addAll(notes(stopped, now));
    return new Outcome(design, ends, fits.solutions(), scores, report(stopped, history()), notes);
  }

  /** Every mask: the held-out ones are known too, and nothing is left to estimate. */
  private Outcome exactly() {
    Outcome spent =
        SingleRound.spend(request.withTestMasks(0), features, budget, evaluator, backend, watch);
    List<RoundsReport.Round> history = new ArrayList<>(history());
    history.add(unestimated(spent));
    return new Outcome(
        spent.design(),
        spent.ends(),
        spent.solutions(),
        spent.scores(),
        report(REACHED, history),
        spent.notes());
  }

  private List<RoundsReport.Round> history() {
    return rounds.stream()
        .map(
            outputs ->
                new RoundsReport.Round(
                    outputs.get(0).masks(),
                    new PerOutput<>(outputs.stream().map(Round::r2).toList()),
                    new PerOutput<>(outputs.stream().map(Round::standardError).toList())))
        .toList();
  }

  /** All masks as one round, of which the standard error of R² is not known. */
  private static RoundsReport.Round unestimated(Outcome spent) {
    return new RoundsReport.Round(
        spent.design().masks(),
        new PerOutput<>(spent.scores().stream().map(Score::r2).toList()),
        null);
  }

  private RoundsReport report(String stopped, List<RoundsReport.Round> history) {
    return new RoundsReport(request.targetR2(), stopped, history);
  }

  private List<String> notes(String stopped, List<Round> now) {
    if (stopped.equals(REACHED)) {
      return List.of();
    }
    Round worst = now.get(0);
    for (Round round : now) {
      worst = round.r2() < worst.r2() ? round : worst;
    }
    String remedy =
        stopped.equals(FLAT)
            ? "more masks hardly helped; lower the target, try another method, or leave the target"
                + " away to spend the budget"
            : "raise the budget or lower the target";
    if (!Double.isFinite(worst.r2())) {
      return List.of(
          "R² is undefined, because all held-out values are equal: give more "
              + RunSettings.TEST_MASKS);
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "R² is %.4f ± %.4f after %d masks, which is not surely above the target %s: %s",
            worst.r2(),
            worst.standardError(),
            worst.masks(),
            request.targetR2(),
            remedy));
  }
}
