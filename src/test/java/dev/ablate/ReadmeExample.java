package dev.ablate;

import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import java.util.Arrays;

/** The README's Java example. */
final class ReadmeExample {
  private ReadmeExample() {}

  /** Runs it. */
  static void run() {
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
    for (Interaction i : explanation.interactions("k-sii", 2).ofOrders(2, 2).top(1)) {
      System.out.println(Arrays.toString(i.features()) + " " + i.value());
    }
  }
}
