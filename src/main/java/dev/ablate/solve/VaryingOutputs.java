package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Keeps constant outputs away from fits: their spectrum is their value. */
public final class VaryingOutputs {
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
    Masks masks =
        new Masks(
            samples.masks().buffer().toHost(), samples.masks().count(), samples.masks().features());
    List<double[]> columns = new ArrayList<>();
    List<Integer> varying = new ArrayList<>();
    for (int o = 0; o < samples.values().outputs(); o++) {
      double[] column = samples.values().column(o);
      columns.add(column);
      if (!constant(column)) {
        varying.add(o);
      }
    }
    Problem problem =
        new Problem(masks, varying.stream().map(columns::get).toList(), backend, seed);
    List<Solution> fitted = varying.isEmpty() ? List.of() : fit.apply(problem);
    List<Solution> solutions = new ArrayList<>();
    for (int o = 0; o < columns.size(); o++) {
      int at = varying.indexOf(o);
      solutions.add(
          at >= 0 ? fitted.get(at) : constant(masks.features(), columns.get(o)[0], ran, refine));
    }
    return solutions;
  }

  /** Whether all values are equal. */
  public static boolean constant(double[] values) {
    return Arrays.stream(values).allMatch(v -> v == values[0]);
  }

  private static Solution constant(int features, double value, String ran, String refine) {
    Spectrum spectrum = new Spectrum(features, Sets.of(List.of(new int[0])), new double[] {value});
    return new Solution(
        spectrum,
        ran,
        refine,
        Double.NaN,
        0,
        new FitReport.Terms(1),
        List.of("all values are equal: the spectrum is their value"));
  }
}
