package dev.ablate.backend.kernel;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Boosted trees on a device: {@code kernels/boosting.cl}. Where a run's rows, masks and sums fit
 * the local memory of a group, a group grows a whole run; otherwise all groups work on each tree.
 * The trees are those of the host, bit for bit.
 */
final class KernelBoosting implements Boosting {
  private final Runtime runtime;

  KernelBoosting(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<Fitted> fit(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Run> runs) {
    if (runs.isEmpty()) {
      return List.of();
    }
    try (Runtime.Scope scope = runtime.scope()) {
      Map<RowSet, Integer> sets = new LinkedHashMap<>();
      List<KernelBoostingRun> all = new ArrayList<>();
      for (Run run : runs) {
        RowSet train = new RowSet(run.train());
        RowSet validation = new RowSet(run.validation());
        sets.putIfAbsent(train, sets.size());
        sets.putIfAbsent(validation, sets.size());
        all.add(
            KernelBoostingRun.of(
                run, sets.get(train), train.size(), sets.get(validation), validation.size()));
      }
      int words = (rows + 63) >>> 6;
      long[] packed = new long[sets.size() * words];
      sets.forEach((set, at) -> System.arraycopy(set.bits, 0, packed, at * words, words));
      KernelBoostingData data =
          new KernelBoostingData(
              scope.in(masks), rows, features, scope.in(values), outputs, scope.in(packed));
      return fit(data, all);
    }
  }

  /** Fits as many runs at once as the device has memory for. */
  private List<Fitted> fit(KernelBoostingData data, List<KernelBoostingRun> runs) {
    List<Fitted> fitted = new ArrayList<>();
    try {
      MemoryBatches.over(
          runs.size(),
          runs.size(),
          1,
          (first, count) -> {
            List<KernelBoostingRun> some = runs.subList(first, first + count);
            fitted.addAll(new KernelBoostingBatch(runtime, data, some).fit());
          });
    } catch (OutOfDeviceMemoryException e) {
      fitted.forEach(run -> run.forest().close());
      throw e;
    }
    return fitted;
  }

  /** Bits of rows, compared by content. */
  private record RowSet(long[] bits) {
    int size() {
      return Arrays.stream(bits).mapToInt(Long::bitCount).sum();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof RowSet set && Arrays.equals(bits, set.bits);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bits);
    }
  }
}
