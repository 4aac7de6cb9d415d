package dev.ablate.work;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Long work of one thread: how far it is, and whether it is to end. It goes along to the threads
 * that work for that one, so that no solver and no operation need be handed it.
 *
 * <p>Shares are of planned work, never of time. Work comes in parts, and a part says which share it
 * takes of what is left of the part around it: a loop of n gives its first task {@code 1/n} and its
 * last one all. So shares only grow, whatever was planned and left out.
 *
 * <p>Work ends when the thread that it belongs to is interrupted: {@link #check} throws, on
 * whatever thread works for it. Loops call it between pieces that take some tenths of a second at
 * most.
 */
public final class Work {
  /** A share that moved by less is not told. */
  private static final double STEP = 1e-3;

  /** Milliseconds between looks whether work is to end. */
  static final long LOOK = 50;

  private static final ThreadLocal<Work> OF_THREAD = new ThreadLocal<>();

  private final Listener listener;
  private final Map<Object, Object> notes = Collections.synchronizedMap(new LinkedHashMap<>());
  private volatile boolean stopped;
  private Span span = new Span("", 0, 1);
  private double at;
  private double told;
  private String toldStage = "";

  private Work(Listener listener) {
    this.listener = listener;
  }

  /** The present part, as shares of all. */
  private record Span(String stage, double from, double to) {}

  /** Hears how far work is. */
  @FunctionalInterface
  public interface Listener {
    /**
     * So much is done. Calls never overlap, but may come from different threads.
     *
     * @param stage what is worked on, for people
     * @param share of all planned work, from 0 to 1, never less than before
     */
    void at(String stage, double share);
  }

  /**
   * Runs work of the calling thread to its end, which is told as a share of 1. Within other work it
   * is just run.
   *
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public static <T> T run(Listener listener, Supplier<T> task) {
    if (OF_THREAD.get() != null) {
      return task.get();
    }
    Work work = new Work(listener);
    T result = work.on(task);
    work.reach(1);
    return result;
  }

  /** Something of the work of this thread that people should know of its result. */
  public static void note(String line) {
    note(line, line, (known, more) -> known);
  }

  /**
   * The same of a thing that may be met several times and has one line.
   *
   * @param about the thing
   * @param what is known of it now; its text is the line
   * @param both what both say, in whatever order they come
   */
  @SuppressWarnings("unchecked")
  static <T> void note(Object about, T what, BinaryOperator<T> both) {
    Work work = OF_THREAD.get();
    if (work != null) {
      work.notes.merge(about, what, (known, more) -> both.apply((T) known, (T) more));
    }
  }

  /** What was noted of the work of this thread so far, each line once. */
  public static List<String> notes() {
    Work work = OF_THREAD.get();
    if (work == null) {
      return List.of();
    }
    synchronized (work.notes) {
      return work.notes.values().stream().map(Object::toString).toList();
    }
  }

  /** The work of this thread; where it has none, one that nobody hears of and that can be ended. */
  public static Work ofThread() {
    Work work = OF_THREAD.get();
    return work == null ? new Work((stage, share) -> {}) : work;
  }

  /** Runs a task of this work, on whatever thread. */
  public <T> T on(Supplier<T> task) {
    Work other = OF_THREAD.get();
    if (other == this) {
      return task.get();
    }
    OF_THREAD.set(this);
    try {
      return task.get();
    } finally {
      if (other == null) {
        OF_THREAD.remove();
      } else {
        OF_THREAD.set(other);
      }
    }
  }

  /** Numbered tasks of this work; none begins once it is to end. */
  public IntConsumer tasks(IntConsumer task) {
    return i ->
        on(
            () -> {
              check();
              task.accept(i);
              return null;
            });
  }

  /**
   * Begins a task of this thread's work beside it; what is returned waits for its result.
   *
   * @throws CancellationException as {@link #check}, with nothing begun
   */
  public static <T> Supplier<T> beside(Supplier<T> task) {
    check();
    Work work = ofThread();
    CompletableFuture<T> future = CompletableFuture.supplyAsync(() -> work.on(task));
    return () -> work.await(future);
  }

  /**
   * Runs numbered tasks of this thread's work on all processors, for host work outside the
   * operations of a backend.
   *
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public static void forEach(int count, IntConsumer task) {
    // Tasks that end at once leave nothing to be interrupted while waiting.
    check();
    Work work = ofThread();
    IntConsumer checked = work.tasks(task);
    work.await(
        CompletableFuture.runAsync(() -> IntStream.range(0, count).parallel().forEach(checked)));
  }

  /**
   * A task that cannot be told to end, such as one of a library. It has a thread of its own, which
   * nobody waits for once the work of this thread is to end.
   *
   * @throws CancellationException as {@link #check}
   */
  public static <T> T leaving(Supplier<T> task) {
    check();
    FutureTask<T> future = new FutureTask<>(task::get);
    Thread thread = new Thread(future, "ablate-apart");
    thread.setDaemon(true);
    thread.start();
    while (true) {
      check();
      try {
        return future.get(LOOK, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // A thread that works for another is not interrupted with it: look whether that one was.
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }
  }

  /** What a task failed with. */
  private static RuntimeException failure(ExecutionException failed) {
    if (failed.getCause() instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failed.getCause();
  }

  /**
   * Waits for a task of this work; once the calling thread is interrupted the work is to end, and
   * what has begun is still waited for.
   *
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   * @throws RuntimeException what the task failed with; an {@link Error} likewise
   */
  public <T> T await(Future<T> task) {
    if (interruptedBefore(task)) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /**
   * Waits for the end of a task of this work, well or not. Once the calling thread is interrupted
   * the work is to end.
   *
   * @return whether it was interrupted, which its status does not say
   */
  public boolean interruptedBefore(Future<?> end) {
    boolean interrupted = false;
    while (true) {
      try {
        end.get();
        return interrupted;
      } catch (ExecutionException | CancellationException e) {
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
        stopped = true;
      }
    }
  }

  /**
   * Throws where the work of this thread is to end.
   *
   * @throws CancellationException if the thread that the work belongs to was interrupted
   */
  public static void check() {
    Work work = OF_THREAD.get();
    boolean interrupted = Thread.currentThread().isInterrupted();
    if (interrupted && work != null) {
      work.stopped = true;
    }
    if (interrupted || (work != null && work.stopped)) {
      throw new CancellationException("interrupted");
    }
  }

  /**
   * A part of the work of this thread.
   *
   * @param name what is worked on; null where the part around it says so
   * @param share of what is left of the part around it, from 0 to 1
   * @throws CancellationException as {@link #check}
   */
  public static <T> T part(String name, double share, Supplier<T> task) {
    check();
    Work work = OF_THREAD.get();
    if (work == null) {
      return task.get();
    }
    Span around = work.begin(name, share);
    T result = task.get();
    work.end(around);
    return result;
  }

  /** The first of so many tasks that take the same work, and all others that are left. */
  public static <T> T firstOf(int left, Supplier<T> task) {
    return part(null, 1.0 / Math.max(1, left), task);
  }

  /**
   * So much of the present part is done. An operation that takes long says so of itself, and who
   * calls it opens a part for it.
   *
   * @param share of the present part's planned work
   * @throws CancellationException as {@link #check}
   */
  public static void done(double share) {
    check();
    Work work = OF_THREAD.get();
    if (work != null) {
      work.reach(share);
    }
  }

  private synchronized Span begin(String name, double share) {
    Span around = span;
    double to = at + Math.max(0, Math.min(1, share)) * (around.to - at);
    span = new Span(name == null ? around.stage : name, at, to);
    tell();
    return around;
  }

  private synchronized void end(Span around) {
    at = Math.max(at, span.to);
    tell();
    span = around;
  }

  private synchronized void reach(double share) {
    at = Math.max(at, span.from + Math.max(0, Math.min(1, share)) * (span.to - span.from));
    tell();
  }

  private void tell() {
    // Between parts that have names the last one's stands.
    String stage = span.stage.isEmpty() ? toldStage : span.stage;
    boolean last = at >= 1 && told < 1;
    if (last || at - told >= STEP || !stage.equals(toldStage)) {
      told = at;
      toldStage = stage;
      listener.at(stage, at);
    }
  }
}
