package dev.ablate.backend.host;

import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
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
   * threads, and from within a task. Once the calling thread is interrupted no further task begins,
   * and those that run end at their next {@link Work#check}.
   *
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public void forEach(int count, IntConsumer task) {
    Work work = Work.ofThread();
    IntConsumer checked = work.tasks(task);
    if (count <= 1 || threads() == 1) {
      for (int i = 0; i < count; i++) {
        checked.accept(i);
      }
      return;
    }
    if (ForkJoinTask.getPool() == pool) {
      IntStream.range(0, count).parallel().forEach(checked);
    } else {
      work.await(pool.submit(() -> IntStream.range(0, count).parallel().forEach(checked)));
    }
  }

  /**
   * Runs work that calls {@link #forEach} many times for little each: on a thread of these, which
   * need not wake another one to begin.
   */
  public void within(Runnable work) {
    if (threads() == 1 || ForkJoinTask.getPool() == pool) {
      work.run();
    } else {
      pool.submit(work).join();
    }
  }

  /**
   * Like {@link #forEach} for tasks that take long: each thread takes the next one when it is done
   * with the last, so that no thread has several left when the others are done. Once a task has
   * failed, no further task begins. Not for use within a task.
   *
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public void forEachUntilInterrupted(int count, IntConsumer task) {
    Work work = Work.ofThread();
    IntConsumer checked = work.tasks(task);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable tasks =
        () -> {
          try {
            for (int i = next.getAndIncrement();
                i < count && !stop.get();
                i = next.getAndIncrement()) {
              checked.accept(i);
            }
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            stop.set(true);
          }
        };
    Work.check();
    List<ForkJoinTask<?>> running = new ArrayList<>();
    for (int t = 0; t < Math.min(count, threads()); t++) {
      running.add(pool.submit(tasks));
    }
    boolean interrupted = false;
    for (ForkJoinTask<?> one : running) {
      interrupted |= work.interruptedBefore(one);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure.get() instanceof Error error) {
      throw error;
    }
    if (failure.get() instanceof RuntimeException exception) {
      throw exception;
    }
    if (interrupted) {
      throw new CancellationException("interrupted");
    }
  }

  /**
   * Like {@link #forEachUntilInterrupted(int, IntConsumer)}, where every thread has memory that it
   * uses again.
   *
   * @param <M> the memory of a thread
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public <M> void forEachUntilInterrupted(int count, Supplier<M> memory, ObjIntConsumer<M> task) {
    ConcurrentLinkedQueue<M> idle = new ConcurrentLinkedQueue<>();
    forEachUntilInterrupted(
        count,
        i -> {
          M known = idle.poll();
          M mine = known == null ? memory.get() : known;
          task.accept(mine, i);
          idle.add(mine);
        });
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
