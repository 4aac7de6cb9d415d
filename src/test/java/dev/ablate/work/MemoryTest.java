package dev.ablate.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final double ROOM = 100;

  private final Memory.Shared shared = new Memory.Shared();

  /** Eight threads, tasks of 10 to 90 of 100 bytes. */
  @Test
  void tasksTakeNoMoreTogetherThanThereIs() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Integer>> tasks =
          IntStream.range(0, 200)
              .mapToObj(
                  t ->
                      threads.submit(
                          () -> {
                            int bytes = 10 + 10 * (t % 9);
                            return shared.taking(
                                bytes,
                                ROOM,
                                () -> {
                                  most.accumulateAndGet(now.addAndGet(bytes), Math::max);
                                  Thread.yield();
                                  now.addAndGet(-bytes);
                                  return t;
                                });
                          }))
              .toList();
      for (int t = 0; t < tasks.size(); t++) {
        assertEquals(t, tasks.get(t).get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertTrue(most.get() <= ROOM, "at once " + most);
    assertTrue(most.get() >= 90, "at once " + most);
  }

  @Test
  void whoWaitsCanBeEnded() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () ->
                shared.taking(
                    60,
                    ROOM,
                    () -> {
                      begun.countDown();
                      try {
                        end.await();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      return null;
                    }));
    holder.start();
    begun.await();
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> shared.taking(60, ROOM, () -> 0));
    assertTrue(Thread.interrupted());
    end.countDown();
    holder.join();
    assertEquals(7, shared.taking(ROOM, ROOM, () -> 7), "what was not begun takes nothing");
  }

  /** Two fits of a stage with limits of their own. */
  @Test
  void aStageHasOneLineOfARun() {
    List<String> notes =
        Work.run(
            (stage, share) -> {},
            () -> {
              Memory.isShort("the lasso", "columns", 819);
              Memory.isShort("screening", "terms", 90);
              Memory.isShort("the lasso", "columns", 409);
              return Work.notes();
            });
    assertEquals(2, notes.size(), notes.toString());
    assertTrue(notes.get(0).startsWith("the lasso took 409 to 819 columns at most"), notes.get(0));
    assertTrue(notes.get(0).endsWith("give Java more memory for all of them"), notes.get(0));
    assertTrue(notes.get(1).startsWith("screening took 90 terms at most"), notes.get(1));
  }

  /** What the launcher was told limits, and not what Java takes by itself. */
  @Test
  void theLineNamesTheOptionThatLimits() {
    String line = new Memory.Shortage("the lasso", "columns", 9, 9, "900m", 900).toString();
    assertEquals(
        "the lasso took 9 columns at most, as many as fit into a memory of 900m: a larger one takes all"
            + " of them",
        line);
  }
}
