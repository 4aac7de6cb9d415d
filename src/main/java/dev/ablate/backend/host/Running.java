package dev.ablate.backend.host;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Tasks of threads that wait for something outside of this process. */
public final class Running {
  private Running() {}

  /**
   * Waits until all have ended.
   *
   * @param tasks what was begun; a cancelled one counts as ended
   * @param stop called whenever the calling thread is interrupted, which is then still waited for
   * @throws CancellationException if the calling thread was interrupted; its interrupt status stays
   *     set
   * @throws RuntimeException the first failure of a task, in their order; an {@link Error} likewise
   */
  public static void await(List<? extends Future<?>> tasks, Runnable stop) {
    Throwable failure = null;
    boolean interrupted = false;
    for (Future<?> task : tasks) {
      boolean ended = false;
      while (!ended) {
        try {
          task.get();
          ended = true;
        } catch (ExecutionException e) {
          failure = Objects.requireNonNullElse(failure, e.getCause());
          ended = true;
        } catch (CancellationException e) {
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
          stop.run();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }
}
