package dev.ablate.solve.screen;

import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Problem;
import dev.ablate.solve.SolverSettings;
import java.util.List;

/**
 * The work that one of several outputs has: of many all have a first search, and those that it
 * leaves open have that of an output alone, or share that of a few where they are many too.
 *
 * @param outputs how many share the work
 * @param first whether it is that of the first search
 */
record Share(int outputs, boolean first) {
  /** What outputs begin with. */
  static Share of(int outputs) {
    return new Share(outputs, ScreenPlan.isMany(outputs));
  }

  /** What is searched. */
  ScreenPlan plan(Problem problem, Settings settings) {
    return first
        ? ScreenPlan.first(problem.features(), outputs, settings)
        : ScreenPlan.of(
            problem.features(),
            problem.rows(),
            problem.backend().screening().candidateMasksPerSecond(),
            outputs,
            settings);
  }

  /** What is looked for by signs; nothing in a first search. */
  SignPlan signs(Problem problem, Settings settings) {
    return first
        ? SignPlan.NONE
        : SignPlan.of(plan(problem, settings).fullOrder(), problem, outputs, settings);
  }

  /** Whether another share searches what this one does not. */
  boolean isLess(Share other, Problem problem, Settings settings) {
    return plan(problem, settings).isLess(other.plan(problem, settings))
        || !signs(problem, settings).searches() && other.signs(problem, settings).searches();
  }

  /** A line for the user where an output alone has higher orders searched among all features. */
  List<String> notes(Problem problem, Settings settings) {
    int highest = highest(problem, settings);
    int alone = new Share(1, false).highest(problem, settings);
    return first || highest >= alone
        ? List.of()
        : List.of(
            outputs
                + " outputs share the work of screening: sets of orders up to "
                + highest
                + " were looked for, of one output alone they are up to "
                + alone
                + "; a larger "
                + InputException.setting(SolverSettings.SCREEN_SECONDS.name())
                + " looks for more");
  }

  private int highest(Problem problem, Settings settings) {
    return Math.max(plan(problem, settings).fullOrder(), signs(problem, settings).joined());
  }
}
