package dev.ablate;

import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The README's Java example. */
final class ReadmeExample {
  private ReadmeExample() {}

  /** Runs it and returns the lines it would print. */
  static List<String> run() {
    List<String> printed = new ArrayList<>();
    Explanation explanation =
        Ablate.builder()
            .game(
                masks -> {
                  double[] values = new double[masks.count()];
                  for (int m = 0; m < values.length; m++) {
                    boolean together = masks.kept(m, 0) && masks.kept(m, 2);
                    values[m] = (together ? 3.0 : 0.0) + (masks.kept(m, 1) ? 1.0 : 0.0);
                  }
                  return values;
                })
            .features(20)
            .explain();
    for (Interaction i : explanation.interactions("k-sii", 2).ofOrders(2, 2).top(3)) {
      printed.add(Arrays.toString(i.features()) + " " + i.value());
    }
    return printed;
  }
}
