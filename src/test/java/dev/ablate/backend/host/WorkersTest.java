package dev.ablate.backend.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void eachTaskRunsOnce(int threads) {
    try (Workers workers = new Workers(threads)) {
      for (int count : new int[] {0, 1, 2, 3, 100}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        workers.forEachUntilInterrupted(count, runs::incrementAndGet);
        for (int i = 0; i < count; i++) {
          assertEquals(1, runs.get(i), "task " + i + " of " + count);
        }
      }
    }
  }

  /** One task lasts until all others are done, which they could not be if some waited for it. */
  @Test
  void noTaskWaitsForOneThatTakesLong() {
    int count = 40;
    CountDownLatch others = new CountDownLatch(count - 1);
    try (Workers workers = new Workers(2)) {
      for (int slow : new int[] {0, 7, count - 1}) {
        workers.forEachUntilInterrupted(
            count,
            i -> {
              if (i == slow) {
                await(others);
              } else {
                others.countDown();
              }
            });
      }
    }
    assertEquals(0, others.getCount());
  }

  @Test
  void afterAFailureNoTaskBegins() {
    RuntimeException failure = new IllegalStateException("task 3");
    AtomicInteger begun = new AtomicInteger();
    try (Workers workers = new Workers(2)) {
      RuntimeException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.forEachUntilInterrupted(
                      1000,
                      i -> {
                        begun.incrementAndGet();
                        if (i == 3) {
                          throw failure;
                        }
                        sleep();
                      }));
      assertSame(failure, thrown);
    }
    assertTrue(begun.get() < 100, begun + " tasks");
  }

  @Test
  void anInterruptEndsItAndStays() {
    AtomicInteger begun = new AtomicInteger();
    Thread caller = Thread.currentThread();
    try (Workers workers = new Workers(2)) {
      assertThrows(
          CancellationException.class,
          () ->
              workers.forEachUntilInterrupted(
                  1000,
                  i -> {
                    begun.incrementAndGet();
                    if (i == 3) {
                      caller.interrupt();
                    }
                    sleep();
                  }));
      assertTrue(Thread.interrupted(), "the status stays");
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> workers.forEachUntilInterrupted(1, i -> begun.addAndGet(1000)));
      assertTrue(Thread.interrupted(), "the status stays");
    }
    assertTrue(begun.get() < 100, begun + " tasks");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
