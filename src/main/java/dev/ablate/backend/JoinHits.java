package dev.ablate.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hits of a search of {@link Joins} as they come: in any order, from any thread, the same set
 * any number of times. It holds no more than {@value Joins#COUNTED} times as many as are asked for,
 * and its result depends on the hits alone, not on their order.
 */
public final class JoinHits {
  private static final Comparator<Map.Entry<int[], Integer>> BEST =
      Comparator.comparingInt((Map.Entry<int[], Integer> e) -> -Math.abs(e.getValue()))
          .thenComparing(Map.Entry::getKey, Sets::compare);

  private final int most;
  private final TreeMap<int[], Integer> known = new TreeMap<>(Sets::compare);
  private boolean full;

  /** The last of those that were kept when there were too many; what comes behind it is no hit. */
  private Map.Entry<int[], Integer> last;

  private volatile int least;

  /** No hits yet. */
  public JoinHits(Joins.Search search) {
    this.most = search.most();
    this.least = search.least();
  }

  /** Least magnitude that may still be among the result; it rises as hits come. */
  public int least() {
    return least;
  }

  /**
   * Takes a set.
   *
   * @param set ascending; kept, not copied
   * @param sum its sum, at least as large as the search asks
   */
  public synchronized void add(int[] set, int sum) {
    if (Math.abs(sum) < least
        || (last != null && BEST.compare(Map.entry(set, sum), last) > 0)
        || known.putIfAbsent(set, sum) != null
        || known.size() < (long) Joins.COUNTED * most) {
      return;
    }
    full = true;
    List<Map.Entry<int[], Integer>> kept = best();
    known.clear();
    kept.forEach(e -> known.put(e.getKey(), e.getValue()));
    last = kept.get(kept.size() - 1);
    least = Math.abs(last.getValue());
  }

  /** What has come so far. */
  public synchronized Joins.Hits hits() {
    long found = full ? (long) Joins.COUNTED * most : known.size();
    List<Map.Entry<int[], Integer>> kept = best();
    kept.sort(Map.Entry.comparingByKey(Sets::compare));
    return new Joins.Hits(
        Sets.of(kept.stream().map(Map.Entry::getKey).toList()),
        kept.stream().mapToInt(Map.Entry::getValue).toArray(),
        found);
  }

  private List<Map.Entry<int[], Integer>> best() {
    return new ArrayList<>(
        known.entrySet().stream()
            .map(e -> Map.entry(e.getKey(), e.getValue()))
            .sorted(BEST)
            .limit(most)
            .toList());
  }
}
