package dev.ablate.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class WorkTest {
  private final List<String> told = new ArrayList<>();

  private void hear(String stage, double share) {
    told.add(stage + " " + Math.round(share * 1000));
  }

  /** A quarter, then two thirds of what is left, then what is still left. */
  @Test
  void partsTakeSharesOfWhatIsLeft() {
    int result =
        Work.run(
            this::hear,
            () -> {
              Work.part("first", 0.25, () -> 0);
              Work.part(
                  "second",
                  2.0 / 3,
                  () -> {
                    Work.done(0.5);
                    Work.done(0.25);
                    return 0;
                  });
              Work.part("third", 1, () -> Work.firstOf(2, () -> 0));
              return 7;
            });
    assertEquals(7, result);
    assertEquals(
        List.of(
            "first 0",
            "first 250",
            "second 250",
            "second 500",
            "second 750",
            "third 750",
            "third 875",
            "third 1000"),
        told);
  }

  /** What was planned and left out, or asked twice, takes nothing back. */
  @Test
  void sharesNeverFallAndEndAtOne() {
    List<Double> shares = new ArrayList<>();
    Work.run(
        (stage, share) -> shares.add(share),
        () -> {
          for (int i = 0; i < 40; i++) {
            int times = i;
            Work.part(
                "part " + i % 3,
                0.1 * (i % 4),
                () -> {
                  Work.done(2.0 / (1 + times % 5));
                  return Work.part(null, 0.5, () -> 0);
                });
          }
          return 0;
        });
    for (int i = 1; i < shares.size(); i++) {
      assertTrue(shares.get(i) >= shares.get(i - 1), shares.toString());
    }
    assertEquals(1, shares.get(shares.size() - 1));
    assertEquals(1, shares.stream().filter(share -> share == 1).count());
  }

  @Test
  void outsideOfWorkPartsAreJustRun() {
    assertEquals(3, Work.part("nothing", 0.5, () -> Work.firstOf(1, () -> 3)));
    Work.done(0.5);
    Work.check();
  }

  /** Threads that work for others end with them, and their own status is not touched. */
  @Test
  void anInterruptEndsWhatWorksBeside() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    List<Throwable> failures = new ArrayList<>();
    Thread caller =
        new Thread(
            () -> {
              Supplier<Integer> beside =
                  Work.beside(
                      () -> {
                        begun.countDown();
                        try {
                          while (true) {
                            Work.check();
                          }
                        } finally {
                          ended.countDown();
                        }
                      });
              failures.add(assertThrows(CancellationException.class, beside::get));
              assertTrue(Thread.currentThread().isInterrupted(), "the status stays");
            });
    caller.start();
    begun.await();
    caller.interrupt();
    ended.await();
    caller.join();
    assertEquals(1, failures.size());
  }

  @Test
  void anInterruptedThreadBeginsNothing() {
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, () -> Work.part("part", 1, () -> 1));
      assertThrows(CancellationException.class, () -> Work.beside(() -> told.add("beside")));
      assertThrows(CancellationException.class, () -> Work.leaving(() -> told.add("apart")));
      // Tasks may end before anybody waits for them.
      for (int turn = 0; turn < 200; turn++) {
        assertThrows(CancellationException.class, () -> Work.forEach(0, i -> told.add("task")));
      }
    } finally {
      assertTrue(Thread.interrupted(), "the status stays");
    }
    assertEquals(List.of(), told);
  }

  /** What a library computes cannot be told to end. */
  @Test
  void whatCannotEndIsLeft() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    List<Throwable> failures = new ArrayList<>();
    Supplier<Integer> stubborn =
        () -> {
          begun.countDown();
          while (never.getCount() > 0) {
            Thread.onSpinWait();
          }
          return 1;
        };
    Thread caller =
        new Thread(
            () ->
                failures.add(
                    // A thread that works for the one that is interrupted.
                    assertThrows(
                        CancellationException.class,
                        Work.beside(() -> Work.leaving(stubborn))::get)));
    caller.start();
    begun.await();
    caller.interrupt();
    caller.join();
    never.countDown();
    assertEquals(1, failures.size());
    assertEquals(1, Work.leaving(stubborn));
  }

  @Test
  void notesAreOfTheWorkAndEachOnce() {
    List<String> notes =
        Work.run(
            this::hear,
            () -> {
              Work.note("first");
              Work.forEach(3, i -> Work.note("second"));
              return Work.notes();
            });
    assertEquals(List.of("first", "second"), notes);
    Work.note("of nobody");
    assertEquals(List.of(), Work.notes());
  }

  @Test
  void memoryHoldsTheSquareOfItems() {
    assertEquals(10, Memory.square(10, 8, 1000 * 8));
    assertEquals(31, Memory.square(100, 8, 1000 * 8));
    assertEquals(1, Memory.square(100, 8, 0));
  }

  @Test
  void aFailureOfATaskComesThrough() {
    IllegalStateException failure = new IllegalStateException("task");
    Supplier<Integer> beside =
        Work.beside(
            () -> {
              throw failure;
            });
    assertEquals(failure, assertThrows(IllegalStateException.class, beside::get));
  }
}
