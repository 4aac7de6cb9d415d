package dev.ablate.backend.kernel;

import dev.ablate.backend.check.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Finds tuned numbers for one device: of every number that operations ask for, one after another,
 * the candidate with which they are fastest.
 */
public final class Tuner {
  private static final int REPEATS = 5;

  /** A candidate must beat the present number by more than measurements scatter. */
  private static final double GAIN = 0.97;

  private final Device device;
  private final Tuning base;
  private final Consumer<Measured> listener;
  private final Map<String, Integer> found = new TreeMap<>();
  private final Map<String, String> refused = new TreeMap<>();

  /**
   * The times of one number's candidates.
   *
   * @param name the number
   * @param workloads the operations that ask for it
   * @param candidates ascending
   * @param seconds of all those operations, each the fastest of several runs; one a candidate
   * @param before what the tables had
   * @param chosen what is fastest, or what the tables had if nothing is faster beyond scatter
   */
  public record Measured(
      String name,
      List<String> workloads,
      int[] candidates,
      double[] seconds,
      int before,
      int chosen) {}

  /**
   * A tuner for an open device.
   *
   * @param listener hears of each number as soon as it is measured
   */
  public Tuner(Device device, Consumer<Measured> listener) {
    this.device = device;
    // The user's own table would be what is measured against itself.
    this.base = Tuning.forDevice(device.name(), device.architecture(), Map.of());
    this.listener = listener;
  }

  /**
   * Measures all workloads. A number that several of them ask for is measured over their sum.
   *
   * @return the numbers that differ from the checked-in tables, by name
   */
  public Map<String, Integer> run(List<Workload> workloads) {
    Map<String, List<Workload>> askedBy = new TreeMap<>();
    for (Workload workload : workloads) {
      TreeSet<String> asked = new TreeSet<>();
      try {
        workload.work().accept(new KernelBackend(device, base.heardBy(asked::add)));
      } catch (UnsupportedOperationException e) {
        refused.put(workload.name(), e.getMessage());
        continue;
      }
      asked.forEach(name -> askedBy.computeIfAbsent(name, n -> new ArrayList<>()).add(workload));
    }
    askedBy.forEach(
        (name, where) -> {
          int[] candidates = TuningTables.candidates(name);
          if (candidates.length > 1) {
            measure(name, candidates, where);
          }
        });
    return new TreeMap<>(found);
  }

  /** Operations that the backend refused, and why. */
  public Map<String, String> refused() {
    return new TreeMap<>(refused);
  }

  private Tuning tuning() {
    return base.with(found);
  }

  private int present(String name) {
    return name.endsWith(".group")
        ? tuning().groupSize(name.substring(0, name.length() - ".group".length()))
        : tuning().get(name);
  }

  private void measure(String name, int[] candidates, List<Workload> workloads) {
    int before = present(name);
    List<Integer> all = new ArrayList<>(Arrays.stream(candidates).boxed().toList());
    if (!all.contains(before)) {
      all.add(before);
      all.sort(null);
    }
    double[] seconds = new double[all.size()];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = seconds(name, all.get(i), workloads);
    }
    int best = 0;
    for (int i = 1; i < seconds.length; i++) {
      best = seconds[i] < seconds[best] ? i : best;
    }
    int chosen = all.get(best);
    // Whatever else the machine does can slow one of them down for a while: it must win again.
    if (seconds[best] >= GAIN * seconds[all.indexOf(before)]
        || seconds(name, chosen, workloads) >= GAIN * seconds(name, before, workloads)) {
      chosen = before;
    }
    if (chosen != before) {
      found.put(name, chosen);
    }
    listener.accept(
        new Measured(
            name,
            workloads.stream().map(Workload::name).toList(),
            all.stream().mapToInt(Integer::intValue).toArray(),
            seconds,
            before,
            chosen));
  }

  private double seconds(String name, int number, List<Workload> workloads) {
    KernelBackend backend = new KernelBackend(device, tuning().with(Map.of(name, number)));
    double sum = 0;
    for (Workload workload : workloads) {
      sum += seconds(backend, workload);
    }
    return sum;
  }

  private double seconds(KernelBackend backend, Workload workload) {
    // A number may be part of a kernel's source: the first run compiles again.
    workload.work().accept(backend);
    device.finish();
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPEATS; i++) {
      long start = System.nanoTime();
      workload.work().accept(backend);
      device.finish();
      least = Math.min(least, (System.nanoTime() - start) * 1e-9);
    }
    return least;
  }
}
