package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import java.util.List;

/** Turns evaluated masks into a spectrum. Solvers hold settings only and are safe from threads. */
public interface Solver {
  /** The method that this is. */
  Method method();

  /**
   * The masks this solver wants.
   *
   * @param features number of features
   * @param budget how many distinct masks may be evaluated
   * @param sampling how they are drawn, where they are random
   * @param seed the run's seed
   * @throws InputException if the budget is too small; the message says what would do
   */
  Design plan(int features, long budget, MaskSampling sampling, long seed);

  /**
   * Fits every output.
   *
   * @param samples evaluated masks
   * @param backend where the operations run
   * @param seed the run's seed
   * @return one solution an output
   * @throws InputException if the samples cannot serve this solver
   */
  List<Solution> solve(Samples samples, Backend backend, long seed);
}
