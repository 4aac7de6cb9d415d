package dev.ablate.model.remote;

import dev.ablate.backend.host.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Runs tasks that wait for a server, so many at once. */
final class InFlight {
  private final int most;

  /** Of all callers together. */
  private final Semaphore places;

  /** At most so many at once, whoever calls. */
  InFlight(int most) {
    this.most = most;
    this.places = new Semaphore(most, true);
  }

  /** {@link Server#forEach}. */
  void forEach(int count, IntConsumer task) {
    if (count == 0) {
      return;
    }
    int threads = Math.min(most, count);
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads, InFlight::thread);
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      running.add(pool.submit(() -> takeTurns(next, count, task)));
    }
    pool.shutdown();
    Running.await(running, pool::shutdownNow);
  }

  private void takeTurns(AtomicInteger next, int count, IntConsumer task) {
    boolean fine = false;
    try {
      while (next.get() < count) {
        places.acquire();
        try {
          int i = next.getAndIncrement();
          if (i < count) {
            task.accept(i);
          }
        } finally {
          places.release();
        }
      }
      fine = true;
    } catch (InterruptedException e) {
      // The caller was interrupted and says so.
      Thread.currentThread().interrupt();
    } finally {
      if (!fine) {
        // After a failure nothing new begins; what the others wait for comes.
        next.set(count);
      }
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "ablate-request");
    thread.setDaemon(true);
    return thread;
  }
}
