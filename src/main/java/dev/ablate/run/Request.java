package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.index.Index;
import dev.ablate.solve.Refine;
import dev.ablate.solve.SolverSettings;
import java.nio.file.Path;

/**
 * What is asked of a run.
 *
 * @param method {@code auto}, {@code exact}, {@code spex}, {@code proxyspex}, {@code screen} or
 *     {@code gp}
 * @param solver what is set about solvers
 * @param budget how many different masks may be evaluated for fitting; null for the default
 * @param testMasks held-out masks, on top of the budget
 * @param targetR2 spend masks in rounds until R² on the held-out masks reaches this; null to spend
 *     the budget at once
 * @param journal file that keeps every evaluated mask and from which known values are taken; null
 *     for none
 * @param seed the seed of everything random
 * @param index index of the reported interactions
 * @param order highest order of the reported interactions
 */
public record Request(
    String method,
    SolverSettings solver,
    Budget budget,
    int testMasks,
    Double targetR2,
    Path journal,
    long seed,
    Index index,
    int order) {
  private static final int MAX_TEST_MASKS = 10_000_000;

  /** Fewer say too little of how far off R² may be. */
  private static final int LEAST_TEST_MASKS = 20;

  /** Checks the numbers. */
  public Request {
    if (testMasks < 0 || testMasks > MAX_TEST_MASKS) {
      throw new InputException("--test-masks " + testMasks + ": must be 0 to " + MAX_TEST_MASKS);
    }
    if (targetR2 != null && !(targetR2 > 0 && targetR2 < 1)) {
      throw new InputException("--target-r2 " + targetR2 + ": must be above 0 and below 1");
    }
    if (order < 1) {
      throw new InputException("--order " + order + ": must be at least 1");
    }
  }

  /**
   * Checks what is asked for together.
   *
   * @throws InputException if a target has no held-out masks to be measured on, or comes with a
   *     method whose masks cannot be spent in rounds
   */
  public void requireConsistent() {
    if (targetR2 == null) {
      return;
    }
    if (testMasks < LEAST_TEST_MASKS) {
      throw new InputException(
          "--target-r2 "
              + targetR2
              + " with --test-masks "
              + testMasks
              + ": R² is measured on held-out masks, give at least "
              + LEAST_TEST_MASKS);
    }
    if (method.equals("spex")) {
      throw new InputException(
          "--target-r2 with --method spex: the masks of a small SPEX design are no part of a larger"
              + " one's, so that they cannot be spent in rounds; choose auto or another method");
    }
    if (method.equals("exact")) {
      throw new InputException(
          "--target-r2 with --method exact: exact needs every mask, whatever the target; leave one of"
              + " them away");
    }
  }

  /** The defaults of the command line. */
  public static Request standard() {
    return new Request("auto", SolverSettings.DEFAULT, null, 200, null, null, 0, Index.FBII, 3);
  }

  /** The same by another method. */
  public Request withMethod(String other) {
    return new Request(other, solver, budget, testMasks, targetR2, journal, seed, index, order);
  }

  /** The same with another refinement. */
  public Request withRefine(Refine other) {
    return withSolver(solver.with(other));
  }

  /** The same with other settings of the solvers. */
  public Request withSolver(SolverSettings other) {
    return new Request(method, other, budget, testMasks, targetR2, journal, seed, index, order);
  }

  /** The same with another budget; null for the default. */
  public Request withBudget(Budget other) {
    return new Request(method, solver, other, testMasks, targetR2, journal, seed, index, order);
  }

  /** The same with another number of held-out masks. */
  public Request withTestMasks(int other) {
    return new Request(method, solver, budget, other, targetR2, journal, seed, index, order);
  }

  /**
   * The same spent in rounds until R² on the held-out masks reaches a target; null to spend the
   * budget at once.
   */
  public Request withTargetR2(Double other) {
    return new Request(method, solver, budget, testMasks, other, journal, seed, index, order);
  }

  /** The same with a journal; null for none. */
  public Request withJournal(Path other) {
    return new Request(method, solver, budget, testMasks, targetR2, other, seed, index, order);
  }

  /** The same with another seed. */
  public Request withSeed(long other) {
    return new Request(method, solver, budget, testMasks, targetR2, journal, other, index, order);
  }

  /** The same reported in another index. */
  public Request withIndex(Index other, int highestOrder) {
    return new Request(
        method, solver, budget, testMasks, targetR2, journal, seed, other, highestOrder);
  }
}
