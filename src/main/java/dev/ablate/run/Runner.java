package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Traffic;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Budget;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Subject;
import dev.ablate.mask.Design;
import dev.ablate.model.ModelIdentity;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.Solvers;
import dev.ablate.solve.StageShares;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Plan, evaluate, solve. Holds no state of a run, so one runner serves many threads. */
public final class Runner {
  private final Backends.Choice choice;
  private final Backend backend;

  /** A runner whose operations run on the chosen backend, which must stay open. */
  public Runner(Backends.Choice choice) {
    this.choice = choice;
    this.backend = choice.backend();
  }

  /** The kind of backend that it runs on. */
  public String backend() {
    return backend.name();
  }

  /**
   * Explains a game.
   *
   * @param progress hears how far the evaluation is
   * @throws InputException if the budget cannot serve the game, if the game returns NaN or
   *     infinity, or if the journal cannot be used
   */
  public Explanation explain(Game game, Request request, Progress progress) {
    return explain(game, request, progress, evaluation -> {});
  }

  /**
   * Explains a game and hands on what it evaluated, as soon as it did, so that no later failure
   * loses it.
   *
   * @param progress hears how far the evaluation is
   * @param kept is given all masks and values so far after each evaluation, the last time all of
   *     them; and what is sound where an evaluation breaks off. Not called where a journal keeps
   *     them. What lies on a device comes only when solving fails.
   * @throws InputException as above
   */
  public Explanation explain(
      Game game, Request request, Progress progress, Consumer<Evaluation> kept) {
    return Work.run(progress::solving, () -> explained(game, request, progress, kept));
  }

  private Explanation explained(
      Game game, Request request, Progress progress, Consumer<Evaluation> kept) {
    request.requireConsistent();
    GameCheck.requireWhole(game);
    Stopwatch watch = new Stopwatch();
    Traffic before = backend.traffic();
    try (Journal journal = journal(game, request)) {
      Budget budget = budget(request, game.features());
      Evaluator evaluator =
          journal == null && request.targetR2() == null && !game.tellsRows()
              ? Evaluator.once(game, backend, progress, kept)
              : Evaluator.remembering(game, backend, progress, journal, kept);
      Outcome spent =
          Work.part(
              null,
              StageShares.fitting(request.method(), game.outputs()),
              () ->
                  request.targetR2() == null
                      ? SingleRound.spend(
                          request, game.features(), budget, evaluator, backend, watch)
                      : Rounds.spend(request, game.features(), budget, evaluator, backend, watch));
      Outputs made = new Outputs(game.subject(), request, spent.solutions(), backend);
      List<String> notes = new ArrayList<>(request.unheeded(made.ran()));
      notes.addAll(game.notes());
      notes.addAll(spent.notes());
      List<Output> outputs = new ArrayList<>();
      for (int o = 0; o < spent.solutions().size(); o++) {
        Score score = spent.scores().get(o);
        Fit fit =
            new Fit(
                score.r2(),
                score.kind(),
                score.masks(),
                score.r2BySize(),
                score.masksBySize(),
                spent.design().masks(),
                evaluator.evaluated(),
                spent.ends().get(1, o),
                spent.ends().get(0, o),
                watch.seconds());
        outputs.add(made.of(o, game.outputNames().get(o), fit));
      }
      notes.addAll(RunNotes.ofSampling(spent.design(), spent.scores(), request.testMasks() > 0));
      notes.addAll(RunNotes.ofOutputs(outputs, spent.solutions(), spent.scores()));
      notes.addAll(Work.notes());
      Long journalMasks = evaluator.hasJournal() ? (Long) evaluator.recalled() : null;
      List<Output> verified =
          new Verifier(evaluator, backend, spent.ends()).verify(request.verify(), outputs);
      Traffic traffic = backend.traffic().since(before);
      return new Explanation(
          game.features(),
          game.featureNames(),
          game.subject().input(),
          verified,
          provenance(
              game.subject().with(game.counts()),
              game.providerChoice(),
              request,
              spent.design(),
              spent.solutions(),
              spent.rounds(),
              journalMasks,
              notes,
              traffic));
    }
  }

  private static Journal journal(Game game, Request request) {
    return request.journal() == null
        ? null
        : Journal.open(request.journal(), JournalHeader.of(game), game.features(), game.outputs());
  }

  private static Budget budget(Request request, int features) {
    Budget budget = request.budget() == null ? Budget.standard(features) : request.budget();
    boolean free = request.budget() == null && request.method() == Method.AUTO;
    // The default budget and the held-out masks would leave few masks out or none: take them all.
    boolean nearlyAll = free && budget.plus(request.testMasks()).coversAll(features);
    return nearlyAll ? Budget.all(features) : budget;
  }

  /**
   * Fits a table that somebody else evaluated.
   *
   * @param table masks, values and where they come from
   * @param test fresh masks and their values, or null
   * @throws InputException if the table cannot serve the method
   */
  public Explanation solve(Table table, Table test, Request request) {
    return solve(TableSource.of(table), test == null ? null : TableSource.of(test), request);
  }

  /**
   * Fits a table that somebody else evaluated; of very many features those that a first look
   * leaves.
   *
   * @param table masks, values and where they come from
   * @param test fresh masks and their values, or null
   * @throws InputException if the table cannot serve the method
   */
  public Explanation solve(TableSource table, TableSource test, Request request) {
    return solve(table, test, request, Progress.NONE);
  }

  /**
   * The same, with somebody who hears how far it is.
   *
   * @param progress hears of {@link Progress#solving}
   * @throws InputException if the table cannot serve the method
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted; its
   *     status stays set
   */
  public Explanation solve(
      TableSource table, TableSource test, Request request, Progress progress) {
    return Work.run(progress::solving, () -> solved(table, test, request));
  }

  private Explanation solved(TableSource table, TableSource test, Request request) {
    Stopwatch watch = new Stopwatch();
    Traffic before = backend.traffic();
    Prescreen prescreen =
        Prescreen.isNeeded(table, request.settings())
            ? Work.part("features", 0.1, () -> Prescreen.of(table, backend, request.seed()))
            : Prescreen.none(table);
    watch.planned();
    Table rows = prescreen.table();
    Table averaged = rows.averaged();
    Table tested = test == null ? null : prescreen.narrowed(test);
    Samples samples = averaged.samples();
    Solver solver = Solvers.choose(request.settings(), samples);
    PureError repeats = PureError.of(rows, averaged);
    Fits fits =
        Work.part(
            null,
            StageShares.fitting(solver.method(), samples.values().outputs()),
            () -> Fitting.fit(request, solver, samples, repeats, backend));
    watch.solved();
    List<Score> scores = UnseenMasks.test(tested).scores(fits, backend);
    List<Solution> solutions = prescreen.restored(fits.solutions());
    Outputs made = new Outputs(Subject.BARE, request, solutions, backend);
    List<String> notes = new ArrayList<>(request.unheeded(made.ran()));
    notes.addAll(prescreen.notes());
    notes.addAll(fits.notes());
    notes.addAll(RunNotes.ofTable(samples, solver));
    notes.addAll(RunNotes.ofTest(averaged, tested));
    List<Output> outputs = new ArrayList<>();
    for (int o = 0; o < solutions.size(); o++) {
      Score score = scores.get(o);
      Fit fit =
          new Fit(
              score.r2(),
              score.kind(),
              score.masks(),
              score.r2BySize(),
              score.masksBySize(),
              averaged.masks().count(),
              0,
              prescreen.end(averaged, o, true),
              prescreen.end(averaged, o, false),
              watch.seconds());
      outputs.add(made.of(o, table.outputNames().get(o), fit));
    }
    notes.addAll(RunNotes.ofSampling(averaged.design(), scores, test != null));
    notes.addAll(RunNotes.ofOutputs(outputs, solutions, scores));
    notes.addAll(Work.notes());
    return new Explanation(
        table.masks().features(),
        table.featureNames(),
        Input.BARE,
        outputs,
        provenance(
            Subject.BARE,
            null,
            request,
            averaged.design(),
            solutions,
            null,
            null,
            notes,
            backend.traffic().since(before)));
  }

  private Provenance provenance(
      Subject subject,
      String providerChoice,
      Request request,
      Design design,
      List<Solution> solutions,
      RoundsReport rounds,
      Long journalMasks,
      List<String> notes,
      Traffic traffic) {
    boolean moved = !traffic.equals(Traffic.NONE);
    ModelIdentity model = subject.model();
    Map<String, String> hashes = new LinkedHashMap<>(model == null ? Map.of() : model.hashes());
    hashes.remove(ModelIdentity.NETWORK);
    RunReport report =
        new RunReport(
            null,
            choice.reason(),
            providerChoice,
            moved ? (Long) traffic.toDevice() : null,
            moved ? (Long) traffic.toHost() : null,
            model == null ? null : model.name(),
            hashes,
            subject.settings(),
            design.kind(),
            design.masks(),
            rounds,
            journalMasks,
            request.index().label(),
            request.order(),
            new PerOutput<>(solutions.stream().map(Solution::report).toList()),
            notes,
            null);
    return new Provenance(
        BuildInfo.version(),
        BuildInfo.commit(),
        request.seed(),
        backend.name(),
        backend.device(),
        backend.driver(),
        System.getProperty("java.version"),
        model == null ? null : model.sha256(),
        report);
  }
}
