package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Screening.Hits;
import dev.ablate.backend.Screening.Search;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Every set of some orders, tested one by one. */
final class ScreeningChecks {
  private ScreeningChecks() {}

  static List<Check> all() {
    // Means of 300 normal numbers in doubles; no coefficient is that close to the threshold.
    return List.of(new Check("screening.screen", "brute force", 1e-12, ScreeningChecks::run));
  }

  private static double run(Backend backend) {
    int rows = 301;
    int features = 70;
    double threshold = 0.11;
    int[] among = {0, 3, 7, 20, 31, 40, 55, 63, 64, 66, 69};
    long[] masks = Inputs.masks(rows, features, 51);
    double[] values = Inputs.normal(rows, 52);
    TreeMap<int[], Double> expected = new TreeMap<>(Sets::compare);
    for (int chosen = 1; chosen < 1 << among.length; chosen++) {
      int order = Integer.bitCount(chosen);
      if (order < 2 || order > 3) {
        continue;
      }
      List<Integer> members = new ArrayList<>();
      for (int i = 0; i < among.length; i++) {
        if ((chosen >> i & 1) != 0) {
          members.add(among[i]);
        }
      }
      int[] set = members.stream().mapToInt(Integer::intValue).toArray();
      Sets one = Sets.of(List.of(set));
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += Inputs.sign(one, 0, masks, 2, r) * values[r];
      }
      if (Math.abs(sum / rows) >= threshold) {
        expected.put(set, sum / rows);
      }
    }
    Search search = new Search(among, 2, 3, threshold, 1000);
    Hits hits =
        backend
            .screening()
            .screen(HostBuffer.of(masks), rows, features, HostBuffer.of(values), 1, List.of(search))
            .get(0);
    Sets sets = Sets.of(expected.keySet());
    boolean same =
        !expected.isEmpty()
            && hits.found() == expected.size()
            && Arrays.equals(sets.starts(), hits.sets().starts())
            && Arrays.equals(sets.features(), hits.sets().features());
    double[] coefficients = expected.values().stream().mapToDouble(Double::doubleValue).toArray();
    return same ? Inputs.distance(coefficients, hits.coefficients()) : Check.WRONG;
  }
}
