package dev.ablate.backend.host;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The threads of the host backend. Tasks are numbered and write to places of their own, so that no
 * result depends on which thread ran what.
 */
public final class Workers implements AutoCloseable {
  private final ForkJoinPool pool;

  /** A pool of {@code threads} daemon threads, at least one. */
  public Workers(int threads) {
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ForkJoinPool(
            Math.max(1, threads),
            p -> {
              var worker = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(p);
              worker.setName("ablate-host-" + number.incrementAndGet());
              worker.setDaemon(true);
              return worker;
            },
            null,
            false);
  }

  /** Number of threads. */
  public int threads() {
    return pool.getParallelism();
  }

  /**
   * Runs {@code task} for 0 to {@code count - 1} and waits for all. May be called from several
   * threads, and from within a task.
   */
  public void forEach(int count, IntConsumer task) {
    if (count <= 1 || threads() == 1) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    if (ForkJoinTask.getPool() == pool) {
      IntStream.range(0, count).parallel().forEach(task);
    } else {
      pool.submit(() -> IntStream.range(0, count).parallel().forEach(task)).join();
    }
  }

  /**
   * Splits {@code 0..size} into blocks of at most {@code block} and runs {@code task} for each.
   *
   * @param size number of items
   * @param block items a block
   * @param task receives the first item and the end (exclusive) of its block
   */
  public void forBlocks(int size, int block, Range task) {
    int blocks = (int) (((long) size + block - 1) / block);
    forEach(blocks, b -> task.accept(b * block, (int) Math.min((long) size, (b + 1L) * block)));
  }

  /** Work on the items from {@code from} to {@code to} (exclusive). */
  @FunctionalInterface
  public interface Range {
    /** Does the work. */
    void accept(int from, int to);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
