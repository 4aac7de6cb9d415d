package dev.ablate.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Numbered tasks, begun in their order, a few at a time. Once one fails, or the calling thread is
 * interrupted, no further one begins.
 */
final class ItemThreads {
  private final int count;
  private final IntConsumer task;
  private final Later later;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  /** Hears of failures after the first one, which goes to the caller. */
  @FunctionalInterface
  interface Later {
    /** A task failed while others were ended already. */
    void failed(int task, Throwable why);
  }

  private ItemThreads(int count, IntConsumer task, Later later) {
    this.count = count;
    this.task = task;
    this.later = later;
  }

  /**
   * Runs all tasks and waits for those that have begun, whatever happens.
   *
   * @param most how many run at once
   * @throws CancellationException if the calling thread was interrupted, as its tasks are then; its
   *     status stays set
   */
  static void forEach(int count, int most, IntConsumer task, Later later) {
    ItemThreads all = new ItemThreads(count, task, later);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < Math.min(most, count); t++) {
      Thread thread = new Thread(all::work, "ablate-item-" + (t + 1));
      thread.setDaemon(true);
      threads.add(thread);
    }
    boolean interrupted = Thread.interrupted();
    if (!interrupted) {
      interrupted = all.run(threads);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    all.requireWell(interrupted);
  }

  /** Whether the calling thread was interrupted meanwhile. */
  private boolean run(List<Thread> threads) {
    boolean interrupted = false;
    try {
      threads.forEach(Thread::start);
    } catch (OutOfMemoryError e) {
      // No more threads: those that run still have what they need.
      stop.set(true);
      first.compareAndSet(null, e);
    }
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          stop.set(true);
          threads.forEach(Thread::interrupt);
        }
      }
    }
    return interrupted;
  }

  private void work() {
    int at = next.getAndIncrement();
    while (at < count && !stop.get()) {
      try {
        task.accept(at);
      } catch (RuntimeException | Error e) {
        stop.set(true);
        if (!first.compareAndSet(null, e)) {
          later.failed(at, e);
        }
      }
      at = next.getAndIncrement();
    }
  }

  private void requireWell(boolean interrupted) {
    if (first.get() instanceof Error error) {
      throw error;
    }
    if (first.get() instanceof RuntimeException failure) {
      throw failure;
    }
    if (interrupted) {
      throw new CancellationException("interrupted");
    }
  }
}
