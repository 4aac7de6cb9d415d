package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Keeps constant outputs away from fits: their spectrum is their value. */
public final class VaryingOutputs {
  /** Said of an output that is constant. */
  public static final String EQUAL = "all values are equal: the spectrum is their value";

  private VaryingOutputs() {}

  /**
   * Solves what there is to solve.
   *
   * @param samples evaluated masks
   * @param backend where the operations run
   * @param seed the run's seed
   * @param ran method, for the solutions of constant outputs
   * @param refine refinement, for the same
   * @param fit fits the outputs that vary; called only if there are some
   * @return one solution an output of the samples
   * @throws InputException if there are no masks
   */
  public static List<Solution> solve(
      Samples samples,
      Backend backend,
      long seed,
      String ran,
      String refine,
      Function<Problem, List<Solution>> fit) {
    if (samples.masks().count() == 0) {
      throw new InputException(ran + " got no masks: evaluate at least one");
    }
    try (Problem all = Problem.of(samples, backend, seed)) {
      int[] varying =
          IntStream.range(0, all.outputs()).filter(o -> !all.summary(o).constant()).toArray();
      List<Solution> fitted = List.of();
      if (varying.length > 0) {
        try (Problem problem = all.outputs(varying)) {
          fitted = fit.apply(problem);
        }
      }
      List<Solution> solutions = new ArrayList<>();
      for (int o = 0; o < all.outputs(); o++) {
        int at = Arrays.binarySearch(varying, o);
        solutions.add(
            at >= 0
                ? fitted.get(at)
                : constant(all.features(), all.summary(o).first(), ran, refine));
      }
      return solutions;
    }
  }

  private static Solution constant(int features, double value, String ran, String refine) {
    Spectrum spectrum = new Spectrum(features, Sets.of(List.of(new int[0])), new double[] {value});
    return new Solution(
        spectrum, ran, refine, Double.NaN, 0, new FitReport.Terms(1), List.of(EQUAL));
  }
}
