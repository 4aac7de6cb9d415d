package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Screening on the host's cores. Values are rounded to a few bits and kept as bit planes, so that a
 * candidate costs an AND and a popcount a plane and word; what comes near the threshold is summed
 * again in double precision.
 */
final class HostScreening implements Screening {
  private final Workers workers;

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

  private Hits screen(long[] masks, int rows, int features, double[] y, Search search) {
    int active = search.features().length;
    int maxOrder = Math.min(search.maxOrder(), active);
    if (search.minOrder() < 1) {
      throw new IllegalArgumentException("sets of order " + search.minOrder() + " are not tested");
    }
    int[] starts = new int[active + 1];
    Arrays.setAll(starts, i -> i);
    BitColumns columns = new BitColumns(new Sets(starts, search.features()), features);
    long[][] bits = HostScreeningPlanes.byFeature(columns, masks, rows);
    HostScreeningPlanes planes = HostScreeningPlanes.of(y);
    double near = search.threshold() - planes.error();
    // One task a pair of first features: enough tasks of even size for all cores. The pairs'
    // first halves alone are the sets of order 1 and 2.
    int pairs = active * (active + 1) / 2;
    List<HostScreeningTask.Hit>[] found = lists(pairs);
    workers.forEach(
        pairs,
        task -> {
          int i = (int) ((Math.sqrt(8.0 * task + 1) - 1) / 2);
          i -= i * (i + 1) / 2 > task ? 1 : 0;
          i += (i + 1) * (i + 2) / 2 <= task ? 1 : 0;
          int j = task - i * (i + 1) / 2;
          HostScreeningTask walk =
              new HostScreeningTask(bits, planes, search.minOrder(), maxOrder, near);
          // j <= i: the set {j, i}, or {i} alone where they are equal.
          found[task] = j == i ? walk.firstAndPairs(i) : walk.above(j, i);
        });
    return select(found, bits, y, search);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static List<HostScreeningTask.Hit>[] lists(int count) {
    return new List[count];
  }

  private static Hits select(
      List<HostScreeningTask.Hit>[] found, long[][] bits, double[] y, Search search) {
    List<HostScreeningTask.Hit> hits = new ArrayList<>();
    for (List<HostScreeningTask.Hit> some : found) {
      for (HostScreeningTask.Hit hit : some) {
        double exact = HostScreeningPlanes.coefficient(hit.set(), bits, y);
        if (Math.abs(exact) >= search.threshold()) {
          int[] set = Arrays.stream(hit.set()).map(k -> search.features()[k]).toArray();
          hits.add(new HostScreeningTask.Hit(set, exact));
        }
      }
    }
    Comparator<HostScreeningTask.Hit> bySet =
        Comparator.comparing(HostScreeningTask.Hit::set, Sets::compare);
    int count = hits.size();
    if (count > search.most()) {
      hits.sort(
          Comparator.comparingDouble((HostScreeningTask.Hit h) -> -Math.abs(h.coefficient()))
              .thenComparing(bySet));
      hits = hits.subList(0, search.most());
    }
    hits.sort(bySet);
    return new Hits(
        Sets.of(hits.stream().map(HostScreeningTask.Hit::set).toList()),
        hits.stream().mapToDouble(HostScreeningTask.Hit::coefficient).toArray(),
        count);
  }
}
