package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InFlightTest {
  private static Server open(TestServer tests, long atOnce) {
    Settings settings = Settings.STANDARD.with(ServerSettings.CONCURRENCY, atOnce);
    return Server.open(ServerAddress.parse(tests.address()), settings, Map.of());
  }

  @Test
  void everyTaskRunsOnceAndNoMoreAtATimeThanAllowed() {
    BitSet ran = new BitSet();
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    new InFlight(5)
        .forEach(
            300,
            i -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              synchronized (ran) {
                assertTrue(!ran.get(i));
                ran.set(i);
              }
              Thread.yield();
              now.decrementAndGet();
            });
    assertEquals(300, ran.cardinality());
    assertTrue(most.get() <= 5);
    new InFlight(5).forEach(0, i -> assertEquals(-1, i, "there is none"));
  }

  @Test
  void afterAFailureNothingBeginsAndWhatRunsEnds() {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                new InFlight(4)
                    .forEach(
                        1000,
                        i -> {
                          begun.incrementAndGet();
                          if (i == 2) {
                            throw new InputException("the third");
                          }
                          pause(200);
                          ended.incrementAndGet();
                        }));
    assertEquals("the third", e.getMessage());
    assertEquals(begun.get() - 1, ended.get());
    assertTrue(begun.get() <= 8, () -> "begun: " + begun.get());
  }

  @Test
  void anInterruptEndsWhatWaitsWithinASecond() throws InterruptedException {
    try (TestServer tests = TestServer.start(TestModel.standard())) {
      Server server = open(tests, 8);
      tests.delayed(20_000);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicInteger answers = new AtomicInteger();
      Thread asking =
          new Thread(
              () -> {
                try {
                  server.forEach(
                      100,
                      i -> {
                        server.completions().score("text " + i);
                        answers.incrementAndGet();
                      });
                } catch (CancellationException e) {
                  thrown.set(Thread.currentThread().isInterrupted() ? e : null);
                }
              });
      asking.start();
      pause(500);
      long begin = System.nanoTime();
      asking.interrupt();
      asking.join(5000);
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertTrue(seconds < 1, () -> "seconds: " + seconds);
      assertEquals(CancellationException.class, thrown.get().getClass());
      assertEquals(0, answers.get());
      // A list of models, and one text from which the others wait to learn how to ask.
      assertEquals(2, tests.requests());
    }
  }

  @Test
  void anInterruptEndsAWaitForAnotherTry() throws InterruptedException {
    try (TestServer tests = TestServer.start(TestModel.standard())) {
      Server server = open(tests, 2);
      server.completions().score("a text");
      tests.answering(
          (exchange, request) -> {
            exchange.getResponseHeaders().set("Retry-After", "100");
            TestServer.send(exchange, 429, TestReplies.error("wait", null));
            return true;
          });
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread asking =
          new Thread(
              () -> {
                try {
                  server.forEach(9, i -> server.completions().score("text " + i));
                } catch (CancellationException e) {
                  thrown.set(e);
                }
              });
      asking.start();
      pause(300);
      asking.interrupt();
      asking.join(1000);
      assertEquals(CancellationException.class, thrown.get().getClass());
      assertEquals(4, tests.requests());
    }
  }

  /** The figure itself is a benchmark's; here a fifth of it, for machines that do more. */
  @Test
  void manyRequestsAreOnTheirWayAtOnce() {
    try (TestServer tests = TestServer.start(TestModel.standard()).delayed(50)) {
      Server server = open(tests, 32);
      server.forEach(64, i -> server.completions().score("first " + i));
      long begin = System.nanoTime();
      server.forEach(640, i -> server.completions().score("text " + i));
      double rate = 640 / ((System.nanoTime() - begin) / 1e9);
      assertTrue(rate > 115, () -> "answers a second: " + rate);
      assertTrue(tests.mostInFlight() <= 32 && tests.mostInFlight() > 16);
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
