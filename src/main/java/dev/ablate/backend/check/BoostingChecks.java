package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Boosted trees where the best splits are known, and against the host where they are not. */
final class BoostingChecks {
  private BoostingChecks() {}

  static List<Check> all() {
    return List.of(
        // Leaves are means in doubles.
        new Check("boosting.fit", "closed form", 1e-9, BoostingChecks::stumps),
        new Check("boosting.fit", "host", 1e-9, BoostingChecks::againstHost));
  }

  /**
   * On all 64 masks of 6 features a sum of main effects is fitted by one stump an effect, the
   * largest first, and each leaves the sum of squares of the effects that are left.
   */
  private static double stumps(Backend backend) {
    double[] effects = {1, -8, 0.5, 4, 16, -2};
    int[] order = {4, 1, 3, 5, 0, 2};
    long[] masks = new long[64];
    double[] target = new double[64];
    for (int m = 0; m < 64; m++) {
      masks[m] = m;
      target[m] = 3;
      for (int i = 0; i < 6; i++) {
        target[m] += (m >> i & 1) == 0 ? effects[i] : -effects[i];
      }
    }
    Run run = new Run(new Settings(1, 2, 1, 6, 1, 0), new long[] {-1}, new long[1], 0);
    Fitted fitted =
        backend
            .boosting()
            .fit(HostBuffer.of(masks), 64, 6, HostBuffer.of(target), 1, List.of(run))
            .get(0);
    Forest forest = fitted.forest().toHost();
    fitted.forest().close();
    if (forest.trees() != 6) {
      return Check.WRONG;
    }
    double deviation = Math.abs(forest.base() - 3);
    for (int t = 0; t < 6; t++) {
      int root = forest.roots()[t];
      if (forest.feature()[root] != order[t]) {
        return Check.WRONG;
      }
      double[] leaves = {forest.value()[forest.left()[root]], forest.value()[forest.right()[root]]};
      double effect = effects[order[t]];
      deviation = Math.max(deviation, Inputs.distance(new double[] {effect, -effect}, leaves));
    }
    return deviation;
  }

  private static double againstHost(Backend backend) {
    List<Fitted> actual = fit(backend, 400, 70, 6, 30);
    double deviation = 0;
    try (HostBackend host = new HostBackend(1)) {
      List<Fitted> expected = fit(host, 400, 70, 6, 30);
      for (int i = 0; i < expected.size(); i++) {
        double[] errors = expected.get(i).validationError();
        double largest = Arrays.stream(errors).max().orElse(1);
        double distance = Inputs.distance(errors, actual.get(i).validationError());
        deviation = Math.max(deviation, distance / largest);
      }
    }
    actual.forEach(fitted -> fitted.forest().close());
    return deviation;
  }

  /** Several runs on masks with main effects, a product and noise; every fifth row is followed. */
  static List<Fitted> fit(Backend backend, int rows, int features, int count, int trees) {
    long[] masks = Inputs.masks(rows, features, 31);
    double[] target = Inputs.normal(rows, 32);
    int words = (features + 63) / 64;
    long[] train = new long[(rows + 63) / 64];
    long[] validation = new long[train.length];
    for (int r = 0; r < rows; r++) {
      boolean product = Inputs.kept(masks, words, r, 1) && Inputs.kept(masks, words, r, 2);
      target[r] = 0.3 * target[r] + (product ? 3 : 0) - (Inputs.kept(masks, words, r, 0) ? 1 : 0);
      (r % 5 == 2 ? validation : train)[r >>> 6] |= 1L << r;
    }
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Settings settings = new Settings(1 + i % 6, 31, 5, trees, i % 2 == 0 ? 0.1 : 0.3, 0);
      runs.add(new Run(settings, train, validation, 0));
    }
    return backend
        .boosting()
        .fit(HostBuffer.of(masks), rows, features, HostBuffer.of(target), 1, runs);
  }
}
