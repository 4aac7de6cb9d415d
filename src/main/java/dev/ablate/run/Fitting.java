package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.Solvers;
import dev.ablate.solve.exact.ExactSolver;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Hands evaluated masks to a solver, in the features that the masks can tell apart, and measures
 * what it finds.
 */
final class Fitting {
  /** Sums of up to 2^30 squares of such values are still finite. */
  private static final double LARGEST = 1e145;

  private final Settings settings;
  private final Backend backend;
  private final long seed;
  private final List<String> notes = new ArrayList<>();

  private Fitting(Request request, Backend backend) {
    this.settings = request.settings();
    this.backend = backend;
    this.seed = request.seed();
  }

  /**
   * Fits every output on a backend; the samples stay open.
   *
   * @param solver what was chosen for these samples
   * @param samples evaluated masks, equal ones with the mean of their values
   * @param repeats how far values of equal masks lie apart
   * @throws InputException if the samples cannot serve the solver
   */
  static Fits fit(
      Request request, Solver solver, Samples samples, PureError repeats, Backend backend) {
    return new Fitting(request, backend).fit(solver, samples, repeats);
  }

  private Fits fit(Solver solver, Samples samples, PureError repeats) {
    requireScale(solver, samples.values());
    Method asked = settings.get(SolverSettings.METHOD);
    if (solver.method() == Method.EXACT && asked != Method.EXACT && asked != Method.AUTO) {
      notes.add(
          "every mask is known and too few for "
              + asked
              + " to search: their transform was read instead");
    }
    List<Solution> solutions = new ArrayList<>(solutions(solver, samples));
    List<Score> scores = new ArrayList<>();
    boolean complete = Solvers.holdsAll(samples.masks());
    for (int o = 0; o < solutions.size(); o++) {
      scores.add(Score.own(solutions.get(o), samples, o, complete, repeats, backend));
      solutions.set(o, repeats.widened(solutions.get(o), o));
    }
    notes.addAll(repeats.notes());
    return new Fits(solutions, scores, notes);
  }

  private List<Solution> solutions(Solver solver, Samples samples) {
    boolean mayBeAliased =
        solver.method().masks() == Method.MaskKind.UNIFORM
            && samples.masks().onHost()
            && samples.masks().count() > 0;
    Aliases aliases = mayBeAliased ? Aliases.of(samples.masks()) : null;
    if (aliases == null || aliases.none()) {
      return solve(solver, samples);
    }
    notes.addAll(aliases.notes());
    Design design =
        new Design.Foreign(
            aliases.kept().length,
            samples.masks().count(),
            samples.design().sampling(),
            samples.design().chosenFrom());
    Samples reduced = new Samples(aliases.reduced(samples.masks()), samples.values(), design);
    return solve(Solvers.choose(settings, reduced), reduced).stream()
        .map(aliases::restored)
        .toList();
  }

  /** Fits; where every mask is known and a search finds nothing at all, they are read instead. */
  private List<Solution> solve(Solver solver, Samples samples) {
    Samples there = samples.on(backend);
    try {
      List<Solution> solutions =
          Work.part(solver.method().toString(), 1, () -> solver.solve(there, backend, seed));
      boolean readable =
          solver.method() != Method.EXACT
              && samples.masks().features() <= ExactSolver.MOST_FEATURES
              && Solvers.holdsAll(samples.masks());
      return readable ? read(solver, there, solutions) : solutions;
    } finally {
      if (there.masks() != samples.masks()) {
        there.masks().close();
      }
      if (there.values() != samples.values()) {
        there.values().close();
      }
    }
  }

  private List<Solution> read(Solver solver, Samples samples, List<Solution> found) {
    List<Solution> solutions = new ArrayList<>(found);
    List<Solution> exact = null;
    for (int o = 0; o < found.size(); o++) {
      boolean empty = found.get(o).spectrum().sets().maxOrder() == 0;
      if (empty && exact == null) {
        exact = Method.EXACT.solver(settings).solve(samples, backend, seed);
      }
      if (empty && exact.get(o).spectrum().sets().maxOrder() > 0) {
        solutions.set(o, exact.get(o));
        notes.add(
            (found.size() > 1 ? "output " + o + ": " : "")
                + solver.method()
                + " found no term, and every mask is known: its transform was read instead");
      }
    }
    return solutions;
  }

  /**
   * Fits square the values; the exact transform does not. A game that works on a device answers for
   * its values itself.
   *
   * @throws InputException if squares would overflow, or vanish
   */
  private static void requireScale(Solver solver, Values values) {
    if (solver.method() == Method.EXACT || !values.onHost() || values.count() == 0) {
      return;
    }
    for (int o = 0; o < values.outputs(); o++) {
      double[] column = values.column(o);
      double largest = Arrays.stream(column).map(Math::abs).max().orElse(0);
      double first = column[0];
      double spread = Arrays.stream(column).map(v -> Math.abs(v - first)).max().orElse(0);
      if (!(largest <= LARGEST) || (spread > 0 && spread < 1 / LARGEST)) {
        throw new InputException(
            "output "
                + o
                + (!(largest <= LARGEST)
                    ? " has values up to " + largest
                    : " has values that differ by " + spread + " at most")
                + ", whose squares are no double: scale the values so that they lie between "
                + 1 / LARGEST
                + " and "
                + LARGEST);
      }
    }
  }
}
