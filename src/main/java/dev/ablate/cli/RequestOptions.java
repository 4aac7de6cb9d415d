package dev.ablate.cli;

import dev.ablate.game.Budget;
import dev.ablate.index.Index;
import dev.ablate.run.Request;
import dev.ablate.solve.Refine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a spectrum is recovered and reported. */
final class RequestOptions {
  @Mixin private MethodOptions solver;

  @Option(
      names = "--refine",
      paramLabel = "R",
      defaultValue = "lasso",
      description = "none, ridge or lasso (default: ${DEFAULT-VALUE})")
  private String refine;

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
        .withRefine(Refine.parse(refine))
        .withBudget(budget == null ? null : new Budget(budget))
        .withTestMasks(testMasks)
        .withSeed(solver.seed())
        .withIndex(Index.parse(index), order);
  }
}
