package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import java.util.Arrays;
import java.util.List;

/** Hands evaluated masks to a solver. */
final class Fitting {
  /** Sums of up to 2^30 squares of such values are still finite. */
  private static final double LARGEST = 1e145;

  private Fitting() {}

  /**
   * Fits every output on a backend; the samples stay open.
   *
   * @throws InputException if the samples cannot serve the solver
   */
  static List<Solution> fit(Solver solver, Samples samples, Backend backend, long seed) {
    requireScale(solver, samples.values());
    Samples there = samples.on(backend);
    try {
      return solver.solve(there, backend, seed);
    } finally {
      if (there.masks() != samples.masks()) {
        there.masks().close();
      }
      if (there.values() != samples.values()) {
        there.values().close();
      }
    }
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
      if (largest > LARGEST || (spread > 0 && spread < 1 / LARGEST)) {
        throw new InputException(
            "output "
                + o
                + (largest > LARGEST
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
