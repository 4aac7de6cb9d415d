package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.JoinHits;
import dev.ablate.backend.Joins;
import dev.ablate.backend.Sets;
import dev.ablate.backend.kernel.Tuning;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** Joins on the host's cores: a thread takes a key after another, with a table of its own. */
final class HostJoins implements Joins {
  /** Pairs of a table, at most: so many that a table takes 64 MiB. */
  private static final int PAIRS = 1 << 24;

  private final Workers workers;
  private final double rate = Tuning.host().joinsRate();

  HostJoins(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Hits join(Buffer masks, int rows, int features, Buffer signs, Search search) {
    search.check(rows, features);
    int[] starts = new int[features + 1];
    Arrays.setAll(starts, f -> f);
    int[] all = Arrays.copyOf(starts, features);
    HostBitColumns bits = new HostBitColumns(new Sets(starts, all), features);
    long[][] byFeature = HostScreeningPlanes.byFeature(bits, masks.toHost().words(), rows);
    long[] s = search.signs(signs, rows);
    long[] columns = new long[Math.multiplyExact(features + 1, s.length)];
    for (int f = 0; f < features; f++) {
      System.arraycopy(byFeature[f], 0, columns, f * s.length, s.length);
    }
    int[] slices = slices(features);
    int pairs = Math.max(1, (int) Math.min(PAIRS, features * (features - 1L) / 2));
    JoinHits hits = new JoinHits(search);
    LongAdder probed = new LongAdder();
    double steps =
        (double) search.keys().length * slices.length * HostJoinsWalk.steps(search, features);
    LongConsumer done =
        more -> {
          probed.add(more);
          Work.done(probed.sum() / steps);
        };
    workers.forEachUntilInterrupted(
        search.keys().length,
        () -> new HostJoinsWalk(search, columns, features, s, rows, slices, pairs, hits, done),
        HostJoinsWalk::key);
    return hits.hits();
  }

  /** Ends of the ranges of larger members whose pairs find place in a table. */
  private static int[] slices(int features) {
    int[] ends = new int[features];
    int count = 0;
    long pairs = 0;
    for (int j = 0; j < features; j++) {
      if (pairs + j > PAIRS) {
        ends[count++] = j;
        pairs = 0;
      }
      pairs += j;
    }
    ends[count++] = features;
    return Arrays.copyOf(ends, count);
  }

  @Override
  public double lookupsPerSecond() {
    return rate;
  }
}
