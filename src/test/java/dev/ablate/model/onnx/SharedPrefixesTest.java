package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class SharedPrefixesTest {
  private final List<Pointer> memory = new ArrayList<>();
  private final AtomicInteger made = new AtomicInteger();

  private KeptPrefix make(long bytes) {
    made.incrementAndGet();
    Residence.Tensor place = new HostResidence(null).memory(bytes);
    synchronized (memory) {
      memory.add(place.address());
    }
    return new KeptPrefix(1, List.of(place));
  }

  private static int use(SharedPrefixes prefixes, int token, Supplier<KeptPrefix> by) {
    return prefixes.use(new int[] {token}, by, prefix -> prefix == null ? 0 : prefix.length());
  }

  @Test
  void recentOnesAreComputedOnce() {
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      for (int round = 0; round < 3; round++) {
        for (int token = 0; token < 5; token++) {
          assertEquals(1, use(prefixes, token, () -> make(8)));
        }
      }
      assertEquals(5, made.get());
    }
    assertTrue(memory.stream().allMatch(place -> place.isNull()));
  }

  @Test
  void severalThreadsComputeOneTogether() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    CountDownLatch start = new CountDownLatch(4);
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      List<Future<Integer>> uses = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        uses.add(
            pool.submit(
                () -> {
                  start.countDown();
                  start.await();
                  return use(prefixes, 7, () -> make(8));
                }));
      }
      for (Future<Integer> use : uses) {
        assertEquals(1, use.get());
      }
      assertEquals(1, made.get());
    } finally {
      pool.shutdown();
    }
  }

  /** Who waits and is interrupted stops; the one who computes goes on, and what is made stays. */
  @Test
  void anInterruptEndsTheWaitAlone() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      Supplier<KeptPrefix> slow =
          () -> {
            computing.countDown();
            try {
              interrupted.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return make(8);
          };
      Future<Integer> maker = pool.submit(() -> use(prefixes, 7, slow));
      computing.await();
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> use(prefixes, 7, slow));
      assertTrue(Thread.interrupted(), "the interrupt stays visible");
      interrupted.countDown();
      assertEquals(1, maker.get());
      assertEquals(1, use(prefixes, 7, () -> make(8)));
      assertEquals(1, made.get());
    } finally {
      pool.shutdownNow();
    }
    assertTrue(memory.stream().allMatch(place -> place.isNull()));
  }

  @Test
  void oldOnesAreFreedAndComputedAgain() {
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      for (int token = 0; token < 40; token++) {
        use(prefixes, token, () -> make(8));
      }
      long kept = memory.stream().filter(place -> !place.isNull()).count();
      assertTrue(kept >= 1 && kept <= 16, kept + " are kept");
      assertTrue(memory.get(0).isNull());
      assertFalse(memory.get(39).isNull());
      use(prefixes, 0, () -> make(8));
      assertEquals(41, made.get());
    }
  }

  @Test
  void largeOnesAreFreedEarlier() {
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      for (int token = 0; token < 4; token++) {
        use(prefixes, token, () -> make(100L << 20));
      }
      assertEquals(2, memory.stream().filter(place -> !place.isNull()).count());
    }
  }

  @Test
  void oneThatIsUsedStaysUntilItIsGivenBack() {
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      prefixes.use(
          new int[] {0},
          () -> make(8),
          prefix -> {
            for (int token = 1; token < 40; token++) {
              use(prefixes, token, () -> make(8));
            }
            assertFalse(prefix.at(0).isNull());
            return null;
          });
      assertTrue(memory.get(0).isNull());
    }
  }

  /** That there is none to share is remembered too; a failure is not. */
  @Test
  void aFailureIsForgotten() {
    try (SharedPrefixes prefixes = new SharedPrefixes()) {
      assertEquals(0, use(prefixes, 1, () -> null));
      assertEquals(0, use(prefixes, 1, () -> make(8)));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              use(
                  prefixes,
                  2,
                  () -> {
                    throw new IllegalArgumentException("once");
                  }));
      assertEquals(1, use(prefixes, 2, () -> make(8)));
    }
  }
}
