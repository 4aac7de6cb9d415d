package dev.ablate.solve;

import dev.ablate.solve.surrogate.Surrogate;

/** A fit made again from other rows, with all that was chosen. */
@FunctionalInterface
public interface Refit {
  /**
   * The fitted function.
   *
   * @param rows rows of one output
   */
  Surrogate of(Problem rows);
}
