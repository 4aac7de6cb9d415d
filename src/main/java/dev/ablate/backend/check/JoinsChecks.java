package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Joins;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Planted sets that signs follow on all but every ninth row. */
final class JoinsChecks {
  private static final int ROWS = 301;
  private static final int FEATURES = 70;
  private static final int BITS = 17;

  private JoinsChecks() {}

  static List<Check> all() {
    return List.of(new Check("joins.join", "planted sets", 0, JoinsChecks::run));
  }

  private static double run(Backend backend) {
    Sets planted =
        Sets.of(
            List.of(new int[] {3, 40, 69}, new int[] {0, 1, 64, 65}, new int[] {5, 6, 30, 63, 64}));
    double worst = 0;
    for (int p = 0; p < planted.size(); p++) {
      worst = Math.max(worst, deviation(backend, planted, p));
    }
    return worst;
  }

  private static double deviation(Backend backend, Sets planted, int p) {
    long[] masks = Inputs.masks(ROWS, FEATURES, 61 + p);
    long[] signs = new long[(ROWS + 63) / 64];
    int sum = 0;
    for (int r = 0; r < ROWS; r++) {
      boolean follows = r % 9 != 0;
      // The last one with its opposite.
      boolean negative =
          Inputs.sign(planted, p, masks, 2, r) < 0 ^ !follows ^ p == planted.size() - 1;
      signs[r >>> 6] |= (negative ? 1L : 0L) << r;
      sum += follows ? 1 : -1;
    }
    sum = p == planted.size() - 1 ? -sum : sum;
    // A key for every share of the triples, of rows that follow.
    int[] following = IntStream.range(0, ROWS).filter(r -> r % 9 != 0).toArray();
    int[][] keys = new int[Joins.SHARES][];
    Arrays.setAll(keys, k -> Arrays.copyOfRange(following, 29 * k, 29 * k + BITS + 1));
    Joins.Hits hits =
        backend
            .joins()
            .join(
                HostBuffer.of(masks),
                ROWS,
                FEATURES,
                HostBuffer.of(signs),
                new Joins.Search(3, 5, keys, 0, 150, 10));
    boolean same =
        hits.found() == 1
            && Arrays.equals(planted.get(p), hits.sets().get(0))
            && hits.sums()[0] == sum;
    return same ? 0 : Check.WRONG;
  }
}
