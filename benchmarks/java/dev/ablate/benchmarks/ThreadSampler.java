package dev.ablate.benchmarks;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Looks at the thread that made it about a thousand times a second and counts where it is. A thread
 * is only seen at safepoints, so lines are near misses; methods are right.
 */
final class ThreadSampler implements AutoCloseable {
  private static final int LINES = 14;

  /** A place below this share of the samples is not worth a line. */
  private static final double LEAST = 0.01;

  private final Thread watched = Thread.currentThread();
  private final BooleanSupplier counts;
  private final Map<String, Integer> seen = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::watch, "sampler");
  private volatile boolean running;

  /**
   * A sampler, paused.
   *
   * @param counts whether what the thread does now counts; asked from another thread
   */
  ThreadSampler(BooleanSupplier counts) {
    this.counts = counts;
    thread.setDaemon(true);
    thread.start();
  }

  void resume() {
    running = true;
  }

  void pause() {
    running = false;
  }

  private boolean looking() {
    return running && counts.getAsBoolean();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(1);
        if (looking()) {
          StackTraceElement[] stack = watched.getStackTrace();
          // It may have gone elsewhere meanwhile; such a sample is none.
          if (looking()) {
            seen.merge(place(stack), 1, Integer::sum);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The innermost method of the project, and the solver's method that led there. */
  private static String place(StackTraceElement[] stack) {
    String inner = null;
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().startsWith("dev.ablate.")) {
        String method = frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName();
        if (inner == null) {
          inner = method + ":" + frame.getLineNumber();
        } else if (frame.getClassName().startsWith("dev.ablate.solve.")) {
          return inner + " < " + method + ":" + frame.getLineNumber();
        }
      }
    }
    return inner == null ? "outside the project" : inner;
  }

  /** Prints the most frequent places, a total divided by their shares. */
  void print(double total) {
    int all = seen.values().stream().mapToInt(n -> n).sum();
    System.out.printf("  outside, by %d samples%n", all);
    seen.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(LINES)
        .filter(e -> e.getValue() >= LEAST * all)
        .forEach(e -> System.out.printf("  %8.2f  %s%n", total * e.getValue() / all, e.getKey()));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
