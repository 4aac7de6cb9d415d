package dev.ablate.cli;

import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.index.Index;
import dev.ablate.run.Request;
import dev.ablate.solve.Refine;
import dev.ablate.solve.SolverSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a spectrum is recovered and reported. */
final class RequestOptions {
  @Mixin private MethodOptions solver;

  @Option(
      names = "--refine",
      paramLabel = "R",
      defaultValue = "lasso",
      description = "of spex and proxyspex: none, ridge or lasso (default: ${DEFAULT-VALUE})")
  private String refine;

  @Option(
      names = "--screen-seconds",
      paramLabel = "S",
      defaultValue = "2",
      description =
          "work limit of screening, as the tuning table counts it (default: ${DEFAULT-VALUE})")
  private double screenSeconds;

  @Option(
      names = "--screen-order",
      paramLabel = "K",
      description = "highest order that screening tests in full (default: by the work limit)")
  private Integer screenOrder;

  @Option(
      names = "--terms",
      paramLabel = "K",
      description = "terms that a Gaussian process reports (default: by held-out masks)")
  private Integer terms;

  @Option(
      names = "--index",
      paramLabel = "I",
      defaultValue = "fbii",
      description =
          "index of the reported interactions: fourier, moebius, sv, bv, sii, bii, k-sii, stii,"
              + " fsii or fbii (default: ${DEFAULT-VALUE})")
  private String index;

  @Option(
      names = "--order",
      paramLabel = "K",
      defaultValue = "3",
      description = "highest order of the reported interactions (default: ${DEFAULT-VALUE})")
  private int order;

  /** The request, about a bare game. */
  Request request(Long budget, int testMasks) {
    return Request.standard()
        .withMethod(solver.method())
        .withSolver(settings())
        .withBudget(budget == null ? null : new Budget(budget))
        .withTestMasks(testMasks)
        .withSeed(solver.seed())
        .withIndex(Index.parse(index), order);
  }

  private SolverSettings settings() {
    return new SolverSettings(
        Refine.parse(refine),
        screenSeconds,
        positive("--screen-order", screenOrder),
        positive("--terms", terms));
  }

  /** The number, 0 where it was not given. */
  private static int positive(String option, Integer number) {
    if (number != null && number < 1) {
      throw new InputException(option + " " + number + ": must be at least 1");
    }
    return number == null ? 0 : number;
  }
}
