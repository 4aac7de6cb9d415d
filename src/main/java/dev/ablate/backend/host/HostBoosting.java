package dev.ablate.backend.host;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.Buffer;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Boosted trees on the host's cores, one run a task, and the sums of a run with many rows in tasks
 * of their own. Runs on the same rows, such as the grid points of a fold, share one copy of the
 * masks.
 */
final class HostBoosting implements Boosting {
  private final Workers workers;

  HostBoosting(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<Fitted> fit(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Run> runs) {
    long[] words = masks.toHost().words();
    double[] all = values.toHost().doubles();
    Map<Split, List<Integer>> runsOf = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      runsOf
          .computeIfAbsent(new Split(run.train(), run.validation()), s -> new ArrayList<>())
          .add(i);
    }
    HostBoostingSums sums = HostBoostingSums.of(words, rows, features);
    Fitted[] fitted = new Fitted[runs.size()];
    List<Split> splits = List.copyOf(runsOf.keySet());
    double planned = runs.stream().mapToDouble(run -> run.settings().trees()).sum();
    AtomicLong grown = new AtomicLong();
    Runnable tree = () -> Work.done(grown.incrementAndGet() / planned);
    workers.within(
        () ->
            workers.forEach(
                splits.size(),
                s -> {
                  Split split = splits.get(s);
                  HostBoostingRows layout =
                      HostBoostingRows.of(words, sums, features, split.train, split.validation);
                  List<Integer> members = runsOf.get(split);
                  workers.forEach(
                      members.size(),
                      m -> {
                        Run run = runs.get(members.get(m));
                        double[] target = column(all, outputs, run.output());
                        fitted[members.get(m)] =
                            new HostBoostingRun(layout, run.settings(), target).fit(workers, tree);
                      });
                }));
    return List.of(fitted);
  }

  private static double[] column(double[] values, int outputs, int output) {
    double[] column = new double[values.length / outputs];
    for (int r = 0; r < column.length; r++) {
      column[r] = values[r * outputs + output];
    }
    return column;
  }

  /** Which rows are fitted and which are followed, compared by content. */
  private record Split(long[] train, long[] validation) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Split split
          && Arrays.equals(train, split.train)
          && Arrays.equals(validation, split.validation);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(train) + Arrays.hashCode(validation);
    }
  }
}
