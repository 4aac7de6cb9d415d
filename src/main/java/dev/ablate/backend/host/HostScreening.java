package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import dev.ablate.backend.kernel.Tuning;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Screening on the host's cores. A set of order two and more is a prefix and a pair above it, or a
 * triple where features are few. Pairs come in tiles whose parities are formed once; a prefix meets
 * all pairs of a tile in one loop of popcounts over the values' bit planes. What comes near the
 * threshold is summed again in double precision.
 */
final class HostScreening implements Screening {
  private static final int RECHECKED = 64;

  private final Workers workers;
  private final double rate = Tuning.host().screeningRate();

  HostScreening(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<Hits> screen(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Search> searches) {
    long[] words = masks.toHost().words();
    double[] all = values.toHost().doubles();
    List<Hits> hits = new ArrayList<>();
    for (int o = 0; o < outputs; o++) {
      double[] y = new double[rows];
      for (int r = 0; r < rows; r++) {
        y[r] = all[r * outputs + o];
      }
      hits.add(screen(words, rows, features, y, searches.get(o)));
    }
    return hits;
  }

  @Override
  public double candidateMasksPerSecond() {
    return rate;
  }

  private Hits screen(long[] masks, int rows, int features, double[] y, Search search) {
    int active = search.features().length;
    int maxOrder = Math.min(search.maxOrder(), active);
    if (search.minOrder() < 1) {
      throw new IllegalArgumentException("sets of order " + search.minOrder() + " are not tested");
    }
    int[] starts = new int[active + 1];
    Arrays.setAll(starts, i -> i);
    HostBitColumns columns = new HostBitColumns(new Sets(starts, search.features()), features);
    long[][] bits = HostScreeningPlanes.byFeature(columns, masks, rows);
    List<int[]> near = new ArrayList<>();
    if (search.minOrder() == 1 && maxOrder >= 1) {
      // So few that they are all summed in double precision.
      for (int i = 0; i < active; i++) {
        near.add(new int[] {i});
      }
    }
    if (maxOrder >= 2) {
      HostScreeningPlanes planes = HostScreeningPlanes.of(y);
      near.addAll(fromTwoOn(bits, planes, search, maxOrder));
    }
    return select(near, bits, y, search);
  }

  /** The sets of order two and more that come near the threshold, in no order. */
  private List<int[]> fromTwoOn(
      long[][] bits, HostScreeningPlanes planes, Search search, int maxOrder) {
    int[][] columns = new int[bits.length][];
    Arrays.setAll(columns, i -> HostScreeningPlanes.halves(bits[i], planes.words()));
    int[][] byWord = HostScreeningPlanes.transposed(columns, planes.words());
    double near = Math.max(0, search.threshold() - planes.error());
    boolean triples =
        search.minOrder() > 3 && HostScreeningTriples.fit(columns.length, planes.words());
    int tail = triples ? 3 : 2;
    int shortest = Math.max(0, search.minOrder() - tail);
    // The empty prefix, and the prefixes by their smallest feature.
    int units = maxOrder > tail ? columns.length - 1 : 1;
    long tasks = (triples ? 1 : HostScreeningPairs.tiles(columns.length)) * units;
    AtomicLong next = new AtomicLong();
    List<int[]> found = Collections.synchronizedList(new ArrayList<>());
    workers.forEach(
        (int) Math.min(workers.threads(), tasks),
        worker -> {
          HostScreeningTails tails =
              triples
                  ? new HostScreeningTriples(byWord, columns.length)
                  : new HostScreeningPairs(byWord, columns.length);
          HostScreeningWalk walk =
              new HostScreeningWalk(columns, planes, tails, shortest, maxOrder - tail, near);
          for (long t = next.getAndIncrement(); t < tasks; t = next.getAndIncrement()) {
            tails.load(t / units);
            walk.from((int) (t % units) - 1);
            Work.done((double) t / tasks);
          }
          found.addAll(walk.near());
        });
    return found;
  }

  private Hits select(List<int[]> near, long[][] bits, double[] y, Search search) {
    double[] exact = new double[near.size()];
    workers.forBlocks(
        exact.length,
        RECHECKED,
        (from, to) -> {
          for (int h = from; h < to; h++) {
            exact[h] = HostScreeningPlanes.coefficient(near.get(h), bits, y);
          }
        });
    List<Hit> hits = new ArrayList<>();
    for (int h = 0; h < exact.length; h++) {
      if (Math.abs(exact[h]) >= search.threshold()) {
        int[] set = Arrays.stream(near.get(h)).map(k -> search.features()[k]).toArray();
        hits.add(new Hit(set, exact[h]));
      }
    }
    Comparator<Hit> bySet = Comparator.comparing(Hit::set, Sets::compare);
    int count = hits.size();
    if (count > search.most()) {
      hits.sort(
          Comparator.comparingDouble((Hit h) -> -Math.abs(h.coefficient())).thenComparing(bySet));
      hits = hits.subList(0, search.most());
    }
    hits.sort(bySet);
    return new Hits(
        Sets.of(hits.stream().map(Hit::set).toList()),
        hits.stream().mapToDouble(Hit::coefficient).toArray(),
        count);
  }

  /** A set, ascending, and its coefficient. */
  private record Hit(int[] set, double coefficient) {}
}
