package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator.Fitted;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some outputs of a trial, under new numbers.
 *
 * @param outputs the trial's number of each
 */
record PartOfTrial(Trial whole, int[] outputs) implements Trial {
  @Override
  public Spectrum spectrum(int output) {
    return whole.spectrum(outputs[output]);
  }

  @Override
  public List<Fitted> onAll(Problem all, int[] some) {
    return whole.onAll(all, IntStream.of(some).map(k -> outputs[k]).toArray());
  }
}
