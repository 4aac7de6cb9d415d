package dev.ablate.solve.screen;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Joins;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.solve.FewTerms;
import dev.ablate.solve.Problem;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Looks for sets of higher orders than work allows to test on all rows, by the signs of the rows of
 * largest magnitude: where a few terms make up what is left, these rows are those on which the
 * terms agree, so that each term's parity agrees with the sign on most of them. Sets are tested in
 * full on those rows as far as work allows and joined above ({@link Joins}); whoever asks confirms
 * them on all rows.
 */
final class SignSearch {
  private static final int STREAM = 0x5369676E;

  /** Rows that keys are drawn from, as a multiple of their length. */
  private static final int DRAWN_FROM = 4;

  /** Keys of the first draw; each further one has twice as many. */
  private static final int FIRST_KEYS = 8;

  private static final int MOST_SETS = 4_000;

  private final SignPlan plan;
  private final int full;
  private final OrderLimits limits;
  private int searches;
  private double lookups;
  private int keysUsed;
  // Keys that may have been used by the end of a search.
  private int granted;

  /**
   * A search.
   *
   * @param plan what it looks for
   * @param full orders up to this were tested on all rows
   * @param limits what comes near the threshold of an order
   */
  SignSearch(SignPlan plan, int full, OrderLimits limits) {
    this.plan = plan;
    this.full = full;
    this.limits = limits;
  }

  /**
   * Looks until something is confirmed or the work is done; twice where few terms clearly make up
   * what is left. Keys that one search does not need are the next one's.
   *
   * @param left one output: what the terms so far leave
   * @param confirm makes of sets what counts of them, empty for nothing
   * @return what was confirmed first, or null
   */
  <T> T search(Problem left, Function<List<int[]>, T> confirm) {
    searches++;
    int[] rows = largest(left);
    try (Problem top = left.select(rows)) {
      double[] signs = top.values().hostDoubles().clone();
      for (int r = 0; r < signs.length; r++) {
        signs[r] = signs[r] < 0 ? -1 : 1;
      }
      // A test in full may take as long as all keys.
      T found =
          plan.tested() > full
              ? Work.part(null, 0.5, () -> confirm.apply(tested(top, signs)))
              : null;
      if (found != null || plan.joined() == plan.tested()) {
        return found;
      }
      grant();
      found = joined(top, signs, confirm);
      if (found == null && FewTerms.clear(left)) {
        // Which keys meet a term is chance; others may.
        grant();
        found = joined(top, signs, confirm);
      }
      return found;
    }
  }

  /** The keys of one more search, and those that the one before left, if no more than that. */
  private void grant() {
    granted = Math.min(granted, keysUsed + plan.keys()) + plan.keys();
  }

  /** The rows of largest magnitude, by falling magnitude. */
  private int[] largest(Problem left) {
    double[] values = left.values().hostDoubles();
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer r) -> -Math.abs(values[r]))
                .thenComparing(Comparator.naturalOrder()))
        .limit(plan.rows())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private double near(int order, int features) {
    return limits.near(order, features);
  }

  private List<int[]> tested(Problem top, double[] signs) {
    int features = top.features();
    int[] all = IntStream.range(0, features).toArray();
    List<int[]> sets = new ArrayList<>();
    Backend backend = top.backend();
    try (Buffer values = backend.upload(HostBuffer.of(signs))) {
      for (int order = full + 1; order <= plan.tested(); order++) {
        double least = near(order, features) / Math.sqrt(top.rows());
        Screening.Search search = new Screening.Search(all, order, order, least, MOST_SETS);
        double share =
            Screening.candidates(features, order, order)
                / Screening.candidates(features, order, plan.tested());
        Sets found =
            Work.part(
                    null,
                    share,
                    () ->
                        backend
                            .screening()
                            .screen(
                                top.masks().buffer(),
                                top.rows(),
                                features,
                                values,
                                1,
                                List.of(search)))
                .get(0)
                .sets();
        IntStream.range(0, found.size()).forEach(s -> sets.add(found.get(s)));
      }
    }
    return sets;
  }

  private <T> T joined(Problem top, double[] signs, Function<List<int[]>, T> confirm) {
    Backend backend = top.backend();
    int features = top.features();
    double least =
        IntStream.rangeClosed(plan.tested() + 1, plan.joined())
            .mapToDouble(order -> near(order, features))
            .min()
            .orElseThrow();
    int agreed = (int) Math.ceil(least * Math.sqrt(top.rows()));
    TreeSet<int[]> known = new TreeSet<>(Sets::compare);
    try (Buffer bits = backend.upload(HostBuffer.of(negative(signs)))) {
      for (int some = FIRST_KEYS; keysUsed < granted; some *= 2) {
        int[][] keys = keys(top, Math.min(some, granted - keysUsed));
        Joins.Search search =
            new Joins.Search(plan.tested() + 1, plan.joined(), keys, keysUsed, agreed, MOST_SETS);
        // As if all keys were needed: most often none finds anything.
        double share = (double) keys.length / (granted - keysUsed);
        Sets found =
            Work.part(
                    null,
                    share,
                    () ->
                        backend
                            .joins()
                            .join(top.masks().buffer(), top.rows(), features, bits, search))
                .sets();
        keysUsed += keys.length;
        lookups += keys.length * Joins.lookups(features, plan.tested() + 1, plan.joined());
        List<int[]> fresh =
            IntStream.range(0, found.size()).mapToObj(found::get).filter(known::add).toList();
        T confirmed = fresh.isEmpty() ? null : confirm.apply(fresh);
        if (confirmed != null) {
          return confirmed;
        }
      }
    }
    return null;
  }

  /** Rows of keys, drawn from the first rows. */
  private int[][] keys(Problem top, int count) {
    int length = plan.bits() + 1;
    int from = Math.min(top.rows(), DRAWN_FROM * length);
    int[][] keys = new int[count][];
    for (int k = 0; k < count; k++) {
      int[] drawn = Philox.row(top.seed(), STREAM, keysUsed + k).permutation(from);
      keys[k] = Arrays.copyOf(drawn, length);
    }
    return keys;
  }

  private static long[] negative(double[] signs) {
    long[] bits = new long[(signs.length + 63) >>> 6];
    for (int r = 0; r < signs.length; r++) {
      bits[r >>> 6] |= signs[r] < 0 ? 1L << r : 0;
    }
    return bits;
  }

  /** How many searches there were. */
  int searches() {
    return searches;
  }

  /** How many sets were formed and looked up. */
  double lookups() {
    return lookups;
  }
}
