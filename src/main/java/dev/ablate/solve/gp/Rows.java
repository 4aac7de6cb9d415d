package dev.ablate.solve.gp;

import dev.ablate.code.Philox;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Problem;
import java.util.Arrays;

/**
 * Rows in random order, in the memory of a backend, with each output's mean taken off.
 *
 * @param masks {@code (rows, features)}
 * @param values {@code (rows, outputs)}
 * @param means {@code (outputs)} what was taken off
 */
record Rows(Masks masks, Values values, double[] means) implements AutoCloseable {
  private static final int STREAM = 0x47507277;

  /** All rows of a problem, or so many of them at random. */
  static Rows of(Problem problem, int most) {
    int count = problem.masks().count();
    // A foreign table may be sorted; blocks of rows must be alike.
    int[] order =
        Arrays.copyOf(
            Philox.stream(problem.seed(), STREAM).permutation(count), Math.min(most, count));
    Values values = problem.select(order).values();
    double[] means = new double[values.outputs()];
    for (int o = 0; o < means.length; o++) {
      means[o] = Arrays.stream(values.column(o)).average().orElseThrow();
      for (int r = 0; r < order.length; r++) {
        values.set(r, o, values.get(r, o) - means[o]);
      }
    }
    return new Rows(
        problem.masks().select(order).on(problem.backend()), values.on(problem.backend()), means);
  }

  @Override
  public void close() {
    masks.close();
    values.close();
  }
}
