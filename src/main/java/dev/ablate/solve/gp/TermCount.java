package dev.ablate.solve.gp;

import dev.ablate.backend.Buffer;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How many terms of a process are reported: the fewest that predict held-out masks nearly as well
 * as any.
 *
 * @param asked number of terms that was asked for, 0 to let held-out masks choose
 */
record TermCount(int asked) {
  /** Terms that held-out masks choose among. */
  private static final int[] SIZES = {25, 50, 100, 200, 400, 800, 1600, 3200};

  /** Fewer terms are taken when the error they leave is larger by no more than this share. */
  private static final double BREVITY = 0.01;

  private static final int UNMEASURED_TERMS = 2_000;

  /**
   * The number for one output.
   *
   * @param found what was read off
   * @param offset what is added to it
   * @param held rows that choose, or null
   * @param output which output of theirs
   */
  int of(ReadOff found, double offset, Problem held, int output) {
    if (asked > 0 || held == null) {
      return Math.min(found.size(), asked > 0 ? asked : UNMEASURED_TERMS);
    }
    double[] lost = lost(found, offset, held, output);
    double least = Arrays.stream(lost).min().orElseThrow();
    int k = 0;
    while (!(lost[k] <= least * (1 + BREVITY)) && k < SIZES.length - 1) {
      k++;
    }
    return Math.min(SIZES[k], found.size());
  }

  /** Who chose the number, as in a report. */
  String by(boolean measured) {
    return asked > 0 ? "asked for" : measured ? "held-out masks" : "default";
  }

  /** {@code (SIZES)} the share of held-out rows that so many terms leave. */
  private static double[] lost(ReadOff found, double offset, Problem held, int output) {
    double[] lost = new double[SIZES.length];
    int from = 0;
    try (Problem predicted = held.outputs(-1)) {
      Buffer sums = predicted.output(0);
      held.backend().rows().shift(sums, held.rows(), 1, new double[] {offset});
      for (int k = 0; k < SIZES.length; k++) {
        int to = Math.min(SIZES[k], found.size());
        if (to > from) {
          int[] more = IntStream.range(from, to).toArray();
          Spectrum next =
              new Spectrum(
                  held.features(),
                  found.sets().select(more),
                  Arrays.copyOfRange(found.means(), from, to));
          try (Buffer add = next.evaluateThere(held.masks(), held.backend())) {
            held.backend().rows().add(sums, held.rows(), 1, 0, 1, add);
          }
        }
        from = Math.max(from, to);
        lost[k] = 1 - R2.of(held.backend().rows().errors(held.output(output), sums));
      }
    }
    return lost;
  }
}
