package dev.ablate.solve.gp;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.R2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which shape a prior has. Evidence prefers shapes that predict worse, because values are not
 * normal: each shape is fitted by its evidence, and held-out masks choose among them.
 */
final class PriorChoice {
  /** Blocks large enough to tell structure from noise, and as few evaluations as settle. */
  private static final List<PriorFit.Stage> STAGES = List.of(new PriorFit.Stage(500, 2, 40));

  private PriorChoice() {}

  /**
   * A prior for each output.
   *
   * @param rows rows to fit, of mean 0, in random order
   * @param held rows that choose, or null
   * @param means what was taken off the rows
   */
  static Prior[] of(Problem rows, Problem held, double[] means) {
    Prior[] start = new Prior[rows.outputs()];
    Arrays.setAll(start, o -> Influences.prior(rows, o));
    List<Prior[]> shapes = new ArrayList<>();
    for (Parameters parameters : shapes(rows)) {
      shapes.add(
          PriorFit.fit(rows.backend(), rows.masks(), rows.values(), start, parameters, STAGES));
    }
    Prior[] chosen = shapes.get(0).clone();
    if (held == null || shapes.size() == 1) {
      return chosen;
    }
    for (int o = 0; o < chosen.length; o++) {
      double least = Double.POSITIVE_INFINITY;
      for (Prior[] shape : shapes) {
        double lost = lost(rows, o, shape[o], held, means[o]);
        if (lost < least) {
          least = lost;
          chosen[o] = shape[o];
        }
      }
    }
    return chosen;
  }

  private static List<Parameters> shapes(Problem rows) {
    int features = rows.features();
    List<Parameters> shapes = new ArrayList<>();
    for (String shape : System.getProperty("ablate.shapes", "r,rc,rtc").split(",")) {
      shapes.add(
          new Parameters(
              features, shape.contains("r"), shape.contains("t"), shape.contains("c")));
    }
    return shapes;
  }

  /** The share of held-out rows that a process leaves. */
  private static double lost(Problem rows, int output, Prior prior, Problem held, double mean) {
    try (Given given = Given.of(rows, output, prior);
        Buffer predicted =
            rows.backend()
                .gaussianProcess()
                .predict(
                    rows.masks().buffer(),
                    rows.rows(),
                    rows.features(),
                    given.posterior().weights(),
                    given.prior(),
                    held.masks().buffer(),
                    held.rows())) {
      rows.backend().rows().shift(predicted, held.rows(), 1, new double[] {mean});
      return 1 - R2.of(held.backend().rows().errors(held.output(output), predicted));
    }
  }
}
