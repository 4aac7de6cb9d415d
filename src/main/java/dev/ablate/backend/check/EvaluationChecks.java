package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.List;

/** Spectra on masks, term by term. */
final class EvaluationChecks {
  private EvaluationChecks() {}

  static List<Check> all() {
    // Sums of 40 numbers of size 1 in doubles, in any order.
    return List.of(new Check("evaluation.evaluate", "definition", 1e-12, EvaluationChecks::run));
  }

  private static double run(Backend backend) {
    int features = 70;
    int rows = 501;
    int outputs = 2;
    Sets sets = Inputs.sets(40, features, 5, 1);
    long[] masks = Inputs.masks(rows, features, 3);
    double[] coefficients = Inputs.normal(outputs * sets.size(), 1);
    double[] expected = new double[rows * outputs];
    for (int r = 0; r < rows; r++) {
      for (int s = 0; s < sets.size(); s++) {
        int sign = Inputs.sign(sets, s, masks, 2, r);
        for (int o = 0; o < outputs; o++) {
          expected[r * outputs + o] += sign * coefficients[o * sets.size() + s];
        }
      }
    }
    return Inputs.distance(
        expected,
        Inputs.doubles(
            backend
                .evaluation()
                .evaluate(
                    sets,
                    HostBuffer.of(coefficients),
                    outputs,
                    HostBuffer.of(masks),
                    rows,
                    features)));
  }
}
