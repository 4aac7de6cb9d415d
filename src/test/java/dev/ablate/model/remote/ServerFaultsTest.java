package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong on the way is mended or said. */
class ServerFaultsTest {
  private static final Settings ONCE = Settings.STANDARD.with(ServerSettings.RETRIES, 0L);
  private final TestModel model = TestModel.standard();
  private final TestServer tests = TestServer.start(model);

  @AfterEach
  void close() {
    tests.close();
  }

  private Server open(Settings settings) {
    return Server.open(ServerAddress.parse(tests.address()), settings, Map.of());
  }

  private String refusal(Settings settings) {
    Server server = open(settings);
    return assertThrows(InputException.class, () -> server.completions().score("a text"))
        .getMessage();
  }

  /** Answers everything but the list of models with something else. */
  private void answer(int status, String type, String body) {
    tests.answering(
        (exchange, request) -> {
          if (!request.isEmpty()) {
            TestServer.send(exchange, status, type, body);
          }
          return !request.isEmpty();
        });
  }

  private static void requireSays(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    assertEquals(1, message.lines().count(), message);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void faultsOnTheWayAreMended(long seed) {
    Settings settings =
        Settings.STANDARD.with(ServerSettings.CONCURRENCY, 32L).with(ServerSettings.RETRIES, 12L);
    Server server = open(settings);
    tests.failing(Faults.some(0.05, seed));
    List<String> texts =
        IntStream.range(0, 150).mapToObj(i -> "text " + i + " yes").collect(Collectors.toList());
    Map<String, Double> values = new ConcurrentHashMap<>();
    server.forEach(
        texts.size(),
        i -> {
          List<ScoredToken> tokens = server.completions().score(texts.get(i)).tokens();
          values.merge(texts.get(i), tokens.get(1).logProbability(), (a, b) -> Double.NaN);
        });
    Map<String, Double> truth =
        texts.stream().collect(Collectors.toMap(t -> t, t -> model.logProbabilities(t)[1]));
    assertEquals(new TreeMap<>(truth), new TreeMap<>(values));
    assertTrue(server.traffic().retries() > 10, () -> "retries: " + server.traffic().retries());
    assertEquals(tests.requests(), server.traffic().requests());
    assertEquals(texts.size(), tests.answered().size());
    assertTrue(tests.answered().values().stream().allMatch(c -> c == 1));
  }

  @Test
  void aServerThatIsRestartedIsWaitedFor() {
    Server server = open(Settings.STANDARD);
    tests.delayed(20);
    AtomicInteger asked = new AtomicInteger();
    Thread restart =
        new Thread(
            () -> {
              try {
                Thread.sleep(150);
                tests.stop();
                Thread.sleep(700);
                tests.begin();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    restart.start();
    server.forEach(
        150,
        i -> {
          server.completions().score("text " + i + " yes");
          asked.incrementAndGet();
        });
    assertEquals(150, asked.get());
    assertTrue(server.traffic().retries() > 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 | fails (500: it broke), 2 times in a row: try again later",
        "503 | fails (503: it broke), 2 times in a row",
        "429 | puts requests off (429: it broke), 2 times in a row",
        "408 | fails (408: it broke), 2 times in a row",
      })
  void whatDoesNotPassIsSaidAfterTheLastTry(int status, String line) {
    answer(status, "application/json", "{\"error\":{\"message\":\"it\\nbroke\"}}");
    String said = refusal(Settings.STANDARD.with(ServerSettings.RETRIES, 1L));
    requireSays(said, line, "the server " + tests.address() + " ", "concurrency", "retries");
    assertEquals(3, tests.requests(), "the list of models, and two tries");
  }

  @Test
  void slowAnswersHaveALimitBodyIncluded() {
    Server server = open(ONCE.with(ServerSettings.REQUEST_TIMEOUT, 0.3));
    tests.delayed(2000);
    InputException e =
        assertThrows(InputException.class, () -> server.completions().score("a text"));
    requireSays(e.getMessage(), "gives no answer within 0.3 seconds (request-timeout)");
    tests.delayed(0);
    tests.answering(
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          try {
            Thread.sleep(1500);
          } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
          }
          return true;
        });
    e = assertThrows(InputException.class, () -> server.completions().score("a text"));
    requireSays(e.getMessage(), "gives no answer within 0.3 seconds (request-timeout)");
  }

  /** How long a request that is put off once takes, seconds. */
  private double delayed(String header, String value) {
    Server server = open(Settings.STANDARD);
    AtomicInteger first = new AtomicInteger();
    tests.answering(
        (exchange, request) -> {
          boolean put = first.getAndIncrement() == 0;
          if (put) {
            exchange.getResponseHeaders().set(header, value);
            TestServer.send(exchange, 429, TestReplies.error("wait", null));
          }
          return put;
        });
    long begin = System.nanoTime();
    server.completions().score("a text");
    return (System.nanoTime() - begin) / 1e9;
  }

  @Test
  void aServerIsLeftAloneAsLongAsItWants() {
    assertTrue(delayed("Retry-After", "1") >= 1, "seconds");
    // By a date in another zone; the second that has begun may be over.
    ZonedDateTime then = ZonedDateTime.now(ZoneOffset.ofHours(5)).plusSeconds(3);
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(then);
    double waited = delayed("Retry-After", date);
    assertTrue(waited >= 1.9 && waited < 8, () -> "waited " + waited);
    assertTrue(delayed("Retry-After", "0") < 0.45, "at once");
  }

  @Test
  void nobodyWaitsForHours() {
    Server server = open(Settings.STANDARD);
    tests.answering(
        (exchange, request) -> {
          exchange.getResponseHeaders().set("Retry-After", "86400");
          TestServer.send(exchange, 429, TestReplies.error("come tomorrow", null));
          return true;
        });
    InputException e =
        assertThrows(InputException.class, () -> server.completions().score("a text"));
    requireSays(e.getMessage(), "left alone for 86400 seconds (429)", "longer than a run waits");
  }

  @Test
  void noMoreRequestsThanAllowedAreSent() {
    Server server = open(Settings.STANDARD.with(ServerSettings.MAX_REQUESTS, 10L));
    AtomicInteger answers = new AtomicInteger();
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                server.forEach(
                    100,
                    i -> {
                      server.completions().score("text " + i);
                      answers.incrementAndGet();
                    }));
    requireSays(e.getMessage(), "max-requests 10: so many were sent", "raise it");
    assertEquals(10, tests.requests());
    assertEquals(9, answers.get(), "one was the list of models");
  }

  @Test
  void triesCountAmongRequests() {
    Server server = open(Settings.STANDARD.with(ServerSettings.MAX_REQUESTS, 3L));
    tests.failing(new Faults(1, 0, 0, 0, 0, 0, 1));
    InputException e =
        assertThrows(InputException.class, () -> server.completions().score("a text"));
    requireSays(e.getMessage(), "max-requests 3");
    assertEquals(3, tests.requests());
    assertEquals(1, server.traffic().retries());
  }

  /**
   * A limit that few of many requests at once are under puts each off many times, and ends none.
   */
  @Test
  void aServerThatTakesFewAtATimeAnswersAllInTheEnd() {
    Server server =
        open(
            Settings.STANDARD
                .with(ServerSettings.CONCURRENCY, 16L)
                .with(ServerSettings.RETRIES, 2L));
    server.completions().score("a text");
    AtomicLong next = new AtomicLong();
    tests.answering(
        (exchange, request) -> {
          long now = System.nanoTime();
          long free = next.get();
          boolean put = now < free || !next.compareAndSet(free, now + 20_000_000);
          if (put) {
            exchange.getResponseHeaders().set("retry-after-ms", "15");
            TestServer.send(exchange, 429, TestReplies.error("slow down", null));
          }
          return put;
        });
    AtomicInteger answers = new AtomicInteger();
    server.forEach(
        60,
        i -> {
          server.completions().score("text " + i);
          answers.incrementAndGet();
        });
    assertEquals(60, answers.get());
    assertTrue(server.traffic().retries() > 120, () -> "" + server.traffic().retries());
  }
}
