package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Requests to one server: what fails on its way is sent again, later each time and never by all
 * threads at the same moment. Several threads may ask; an interrupt gives up what is on its way.
 */
final class Requests {
  /** Log-probabilities of the longest texts that models take have some tens of megabytes. */
  private static final int MOST_BYTES = 1 << 28;

  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LAST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(20);

  /** By which part waits are shorter or longer, so that threads do not come back together. */
  private static final double JITTER = 0.25;

  private static final Duration UNSAID = Duration.ofMillis(-1);

  private final ServerAddress address;
  private final ServerKey key;
  private final HttpClient client;
  private final Duration timeout;
  private final int tries;
  private final RetryPolicy<Object> policy;
  private final Counts counts;
  private final Replies replies;
  private final Trouble trouble;

  /** Whether anything has answered: only what was there is waited for. */
  private volatile boolean known;

  /** What the server lists, in words; empty for nothing. */
  private volatile String models = "";

  private volatile boolean closed;

  /**
   * Requests to a server; none is sent yet.
   *
   * @param settings those of {@link ServerSettings}
   * @throws InputException if the key cannot be used
   */
  Requests(ServerAddress address, Settings settings, Map<String, String> environment) {
    this.address = address;
    this.key = ServerKey.of(address, settings.get(ServerSettings.KEY_VARIABLE), environment);
    this.timeout = Duration.ofMillis(millis(settings.get(ServerSettings.REQUEST_TIMEOUT)));
    this.tries = Math.toIntExact(settings.get(ServerSettings.RETRIES)) + 1;
    Long most = settings.get(ServerSettings.MAX_REQUESTS);
    this.counts = new Counts(address, most == null ? Long.MAX_VALUE : most);
    this.replies = new Replies(address, key);
    this.trouble = new Trouble(address, replies);
    // Servers without encryption are asked in HTTP/1.1: many break off when they are asked to
    // change to HTTP/2 on the way.
    this.client =
        HttpClient.newBuilder()
            .version(address.encrypts() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.policy =
        RetryPolicy.builder()
            .handle(Passing.class)
            // Patience decides.
            .withMaxAttempts(-1)
            .withBackoff(FIRST_WAIT, LAST_WAIT)
            .withJitter(JITTER)
            .withDelayFn(context -> asked(context.getLastException()))
            .build();
  }

  private static long millis(double seconds) {
    return Math.max(1, Math.round(seconds * 1000));
  }

  /** What the server asks for, so much longer that jitter does not come too early. */
  private static Duration asked(Throwable failure) {
    Duration pause = failure instanceof Passing passing ? passing.pause() : null;
    return pause == null
        ? UNSAID
        : Duration.ofMillis((long) Math.ceil(pause.toMillis() / (1 - JITTER)));
  }

  /** What was sent and came back. */
  Counts counts() {
    return counts;
  }

  /** A line about the server. */
  InputException line(String did) {
    return replies.line(did);
  }

  /**
   * Asks for what stands behind a path.
   *
   * @param reader makes something of the answer; throws {@link Passing} if it is not whole
   * @throws Refused if the server refuses it
   */
  <T> T get(String path, Function<JsonNode, T> reader) {
    return send(request(path).GET().build(), reader);
  }

  /**
   * Sends something to be answered.
   *
   * @param reader makes something of the answer; throws {@link Passing} if it is not whole
   * @throws Refused if the server refuses it
   */
  <T> T offer(String path, ObjectNode body, Function<JsonNode, T> reader) {
    HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
    return send(request.POST(BodyPublishers.ofString(body.toString())).build(), reader);
  }

  /**
   * The same where a refusal is the end.
   *
   * @throws InputException if the server refuses it
   */
  <T> T post(String path, ObjectNode body, Function<JsonNode, T> reader) {
    try {
      return offer(path, body, reader);
    } catch (Refused e) {
      throw refused(e);
    }
  }

  /** The line about what a server refuses. */
  InputException refused(Refused e) {
    InputException line = replies.line(e.getMessage());
    return models.isEmpty() || !e.isOfModel() ? line : line.and("it lists " + models);
  }

  /** From now on lines about unknown models name these. */
  void list(String known) {
    models = known;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.at(path))
            .header("Accept", "application/json")
            .header("Accept-Encoding", Replies.PLAIN);
    key.show(request);
    return request;
  }

  private <T> T send(HttpRequest request, Function<JsonNode, T> reader) {
    Patience patience = new Patience(tries, counts);
    try {
      return Failsafe.with(policy)
          .get(context -> patiently(patience, request, reader, context.isRetry()));
    } catch (FailsafeException e) {
      // What is no RuntimeException: the interrupt of a wait.
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private <T> T patiently(
      Patience patience, HttpRequest request, Function<JsonNode, T> reader, boolean again)
      throws InterruptedException {
    try {
      return once(request, reader, again);
    } catch (Passing e) {
      if (patience.lasts(e)) {
        throw e;
      }
      throw replies.lasting(e, patience.lost());
    }
  }

  private <T> T once(HttpRequest request, Function<JsonNode, T> reader, boolean again)
      throws InterruptedException {
    if (closed) {
      throw replies.line("is closed: use it and its games before close(), or open it again");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    counts.send(again);
    HttpResponse<byte[]> response = response(request);
    known = true;
    JsonNode reply = replies.read(response);
    T value = reader.apply(reply);
    counts.receive(reply);
    return value;
  }

  private HttpResponse<byte[]> response(HttpRequest request) throws InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> coming =
        client.sendAsync(request, head -> new BoundedBody(MOST_BYTES));
    try {
      // The client's own timeout ends with the head of an answer; this one has its body, too.
      return coming.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Passing(
          "gives no answer within "
              + timeout.toMillis() / 1000.0
              + " seconds ("
              + ServerSettings.REQUEST_TIMEOUT
              + ")");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw trouble.of(failure, known);
      }
      if (e.getCause() instanceof RuntimeException failure) {
        // The client trusts that what a head has as a number is one.
        throw trouble.of(new ProtocolException(String.valueOf(failure.getMessage())), known);
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      coming.cancel(true);
    }
  }

  /** Sends nothing more. */
  void close() {
    closed = true;
  }
}
