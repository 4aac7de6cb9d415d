package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * A server on this machine that speaks OpenAI's three protocols over a {@link TestModel}, counts
 * what it is asked, and fails or lies when it is told to. Several threads may ask.
 */
public final class TestServer implements AutoCloseable {
  /** The model that it lists. */
  public static final String MODEL = "test-model";

  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Else headers and body of an answer, which it writes apart, wait for each other.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** What answers instead of the protocols. */
  @FunctionalInterface
  public interface Instead {
    /** Answers an exchange whose request was read; false leaves it to the protocols. */
    boolean answer(HttpExchange exchange, String request) throws IOException;
  }

  private final TestReplies replies;
  private final SSLContext context;
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final Map<String, Integer> answered = new ConcurrentHashMap<>();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private volatile List<String> models = List.of(MODEL);
  private volatile Faults faults = Faults.NONE;
  private volatile int delayMillis;
  private volatile String key;
  private volatile int longest = Integer.MAX_VALUE;
  private volatile Instead instead = (exchange, request) -> false;
  private HttpServer server;
  private ExecutorService threads;
  private int port;

  private TestServer(TestModel model, SSLContext context) {
    this.replies = new TestReplies(model);
    this.context = context;
  }

  /** Starts one on a free port. */
  public static TestServer start(TestModel model) {
    return start(model, null);
  }

  /** Starts one that encrypts. */
  public static TestServer start(TestModel model, SSLContext context) {
    TestServer made = new TestServer(model, context);
    made.begin();
    return made;
  }

  /** Starts it again, on the same port, after {@link #stop}. */
  public synchronized void begin() {
    try {
      InetSocketAddress place = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      if (context == null) {
        server = HttpServer.create(place, 256);
      } else {
        HttpsServer encrypted = HttpsServer.create(place, 256);
        encrypted.setHttpsConfigurator(new HttpsConfigurator(context));
        server = encrypted;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = server.getAddress().getPort();
    threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "test-server");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Ends it at once; what it is answering is lost. */
  public synchronized void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Override
  public void close() {
    stop();
  }

  /** Where it is, such as {@code http://127.0.0.1:40123/v1}. */
  public synchronized String address() {
    return (context == null ? "http" : "https") + "://127.0.0.1:" + port + "/v1";
  }

  /** Lies from now on. */
  public TestServer lying(Lie... told) {
    replies.lie(Arrays.stream(told).collect(Collectors.toSet()));
    return this;
  }

  /** Fails from now on. */
  public TestServer failing(Faults some) {
    faults = some;
    return this;
  }

  /** Answers so much later. */
  public TestServer delayed(int millis) {
    delayMillis = millis;
    return this;
  }

  /** Wants a key. */
  public TestServer wanting(String secret) {
    key = secret;
    return this;
  }

  /** Lists these models and knows no others. */
  public TestServer listing(String... names) {
    models = List.of(names);
    return this;
  }

  /** Refuses texts of more tokens. */
  public TestServer taking(int tokens) {
    longest = tokens;
    return this;
  }

  /** Lets something else answer. */
  public TestServer answering(Instead other) {
    instead = other;
    return this;
  }

  /** How often each text, chat or list of texts was asked, whatever came of it. */
  public Map<String, Integer> asked() {
    return new TreeMap<>(asked);
  }

  /** How often each was answered to its end, as far as the server knows. */
  public Map<String, Integer> answered() {
    return new TreeMap<>(answered);
  }

  /** Requests so far, those for the list of models included. */
  public long requests() {
    return requests.get();
  }

  /** Most requests that were being answered at once. */
  public int mostInFlight() {
    return mostInFlight.get();
  }

  /** Tokens of prompts that a cache of the prompt before did not have. */
  public long computedTokens() {
    return replies.computed();
  }

  /** Tokens of prompts that it had. */
  public long savedTokens() {
    return replies.saved();
  }

  private void handle(HttpExchange exchange) throws IOException {
    long number = requests.incrementAndGet();
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (!instead.answer(exchange, body)) {
        answer(exchange, body, number);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, String body, long number)
      throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    if (key != null && !("Bearer " + key).equals(shown)) {
      send(exchange, 401, TestReplies.error("Incorrect API key: " + shown, "invalid_api_key"));
    } else if (path.equals("/v1/models")) {
      send(exchange, 200, TestReplies.models(models));
    } else if (path.matches("/v1/((chat/)?completions|embeddings)")) {
      JsonNode request = JSON.readTree(body);
      asked.merge(TestReplies.asked(path, request), 1, Integer::sum);
      protocol(exchange, path, request, number);
    } else {
      send(exchange, 404, JSON.createObjectNode().put("detail", "Not Found"));
    }
  }

  private void protocol(HttpExchange exchange, String path, JsonNode request, long number)
      throws IOException, InterruptedException {
    Faults.Fault fault = faults.of(number);
    // Whoever has its answer may ask again before this thread goes on.
    mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    try {
      Thread.sleep(delayMillis + (fault == Faults.Fault.SLOW ? Faults.SLOW_MILLIS : 0));
    } finally {
      inFlight.decrementAndGet();
    }
    if (!isRefused(exchange, path, request) && !isLost(exchange, fault, number)) {
      String text = TestReplies.asked(path, request);
      int ended = fault == Faults.Fault.NONE || fault == Faults.Fault.SLOW ? 1 : 0;
      // Whoever has its answer may look before this thread goes on.
      count(text, ended);
      try {
        whole(exchange, JSON.writeValueAsBytes(replies.reply(path, request)), fault);
      } catch (IOException e) {
        count(text, -ended);
        throw e;
      }
    }
  }

  private void count(String text, int more) {
    answered.compute(
        text,
        (t, count) -> {
          int sum = (count == null ? 0 : count) + more;
          return sum == 0 ? null : (Integer) sum;
        });
  }

  private boolean isRefused(HttpExchange exchange, String path, JsonNode request)
      throws IOException {
    String name = request.path("model").asText();
    int length = replies.length(path, request);
    if (!models.contains(name)) {
      String line = "The model `" + name + "` does not exist.";
      send(exchange, 404, TestReplies.error(line, "model_not_found"));
    } else if (length > longest) {
      String line =
          "This model's maximum context length is " + longest + " tokens, but there are " + length;
      send(exchange, 400, TestReplies.error(line, "context_length_exceeded"));
    } else {
      return false;
    }
    return true;
  }

  private static boolean isLost(HttpExchange exchange, Faults.Fault fault, long number)
      throws IOException {
    if (fault == Faults.Fault.TOO_MANY) {
      exchange.getResponseHeaders().set("Retry-After", number % 2 == 0 ? now() : "0");
      send(exchange, 429, TestReplies.error("Rate limit reached", "rate_limit_exceeded"));
    } else if (fault == Faults.Fault.FAILING) {
      send(exchange, 500, TestReplies.error("Internal error", null));
    }
    return fault == Faults.Fault.TOO_MANY
        || fault == Faults.Fault.FAILING
        || fault == Faults.Fault.BROKEN;
  }

  private static String now() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
  }

  private static void whole(HttpExchange exchange, byte[] body, Faults.Fault fault)
      throws IOException {
    boolean half = fault == Faults.Fault.TRUNCATED || fault == Faults.Fault.GARBLED;
    int sent = half ? body.length / 2 : body.length;
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, fault == Faults.Fault.TRUNCATED ? body.length : sent);
    exchange.getResponseBody().write(body, 0, sent);
    if (!half) {
      exchange.getResponseBody().close();
    }
  }

  /** Sends JSON. */
  static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
    send(exchange, status, "application/json", body.toString());
  }

  /** Sends a text of some type. */
  static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.getResponseBody().close();
  }

  /** Serves until it is killed, and says where on its first line. */
  public static void main(String[] arguments) throws InterruptedException {
    TestServer server = start(TestModel.standard());
    if (arguments.length > 0) {
      server.delayed(Integer.parseInt(arguments[0]));
    }
    System.out.println(server.address());
    Thread.currentThread().join();
  }
}
