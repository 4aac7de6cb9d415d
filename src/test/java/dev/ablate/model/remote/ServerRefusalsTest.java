package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no other try would mend is said at once. */
class ServerRefusalsTest {
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

  @Test
  void refusalsAreNotSentAgain() {
    answer(400, "application/json", "{\"detail\":\"no such thing\"}");
    String said = refusal(Settings.STANDARD);
    requireSays(said, "gives no log-probabilities of prompts", "refuses the request (400: no such");
    assertEquals(1 + CompletionForm.values().length, tests.requests());
  }

  @Test
  void aTextOverTheContextIsToBeShortened() {
    tests.taking(1);
    requireSays(
        refusal(Settings.STANDARD),
        "longer than the model takes (400: This model's maximum context length is 1 tokens",
        "shorten it");
    assertEquals(2, tests.requests());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | text/html        | <!DOCTYPE html><p>Sign in | answers with a web page where JSON",
        "200 | application/json | ' <html>'                 | answers with a web page where JSON",
        "200 | text/plain       | hello                     | answers with \"hello\" where JSON",
        "200 | application/json | [1]                       | answers with \"[1]\" where JSON",
        "404 | text/html        | <html>no</html>           | has no /v1/completions (404: a web page)",
        "502 | text/html        | <html>bad</html>          | fails (502: a web page)",
        "403 | text/html        | <html>bad</html>          | perhaps a proxy's",
        "200 | application/json | '{\"choices\": [{'        | cut short or broken",
        "200 | application/json | ''                        | sent an empty answer",
        "200 | application/json | {}                        | without choices",
        "200 | application/json | {\"error\":\"bad key\"}   | refuses the request: bad key",
        "429 | application/json | {\"error\":{\"code\":\"insufficient_quota\"}} | no quota left",
        "407 | text/html        | <html>no</html>           | a proxy that wants a password (407)",
        "413 | text/html        | <html>no</html>           | longer than the model takes (413: a web",
        "422 | application/json | {\"error\":\"must have less than 512 tokens. Given: 900\"}"
            + " | longer than the model takes (422: must have",
        "500 | text/plain       | input is too large        | fails (500: input is too large)",
      })
  void whatIsNoAnswerIsSaid(int status, String type, String body, String line) {
    answer(status, type, body);
    requireSays(refusal(ONCE), line);
  }

  @ParameterizedTest
  @ValueSource(ints = {501, 505})
  void whatAServerCannotDoIsNotAskedAgain(int status) {
    answer(status, "application/json", "{\"error\":{\"message\":\"start it with --embeddings\"}}");
    Server server = open(Settings.STANDARD);
    InputException e =
        assertThrows(InputException.class, () -> server.embeddings().of(List.of("a text")));
    requireSays(e.getMessage(), "refuses the request (" + status + ": start it with --embeddings");
    assertEquals(2, tests.requests());
  }

  @Test
  void compressedAnswersAreSaid() {
    tests.answering(
        (exchange, request) -> {
          assertEquals("identity", exchange.getRequestHeaders().getFirst("Accept-Encoding"));
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          TestServer.send(exchange, 200, "application/json", "\u001f\u0008");
          return true;
        });
    String said = assertThrows(InputException.class, () -> open(ONCE)).getMessage();
    requireSays(said, "answers in the encoding gzip, which nobody asked for");
  }

  @Test
  void aServerWithoutAListWantsAName() {
    tests.answering(
        (exchange, request) -> {
          if (request.isEmpty()) {
            TestServer.send(exchange, 404, "application/json", "{\"detail\":\"Not Found\"}");
          }
          return request.isEmpty();
        });
    String said = assertThrows(InputException.class, () -> open(ONCE)).getMessage();
    requireSays(said, "or it keeps no list of models: name one as model-name");
    Settings named = ONCE.with(ServerSettings.MODEL_NAME, TestServer.MODEL);
    assertEquals(2, open(named).completions().score("a text").tokens().size());
  }

  @Test
  void anotherServerIsNoneOfThese() {
    tests.answering(
        (exchange, request) -> {
          TestServer.send(exchange, 200, "text/html", "<html>Router</html>");
          return true;
        });
    String said = assertThrows(InputException.class, () -> open(ONCE)).getMessage();
    requireSays(said, "a web page where JSON should be: it is no such server", "proxy answered");
    tests.answering(
        (exchange, request) -> {
          TestServer.send(exchange, 404, "text/plain", "404 page not found");
          return true;
        });
    said = assertThrows(InputException.class, () -> open(ONCE)).getMessage();
    requireSays(said, "has no /v1/models (404: 404 page not found): it is no such server");
  }

  @Test
  void redirectsAreNotFollowed() {
    tests.answering(
        (exchange, request) -> {
          exchange.getResponseHeaders().set("Location", "https://user@other.example/v1?key=s3cret");
          exchange.sendResponseHeaders(307, -1);
          return true;
        });
    String said = assertThrows(InputException.class, () -> open(ONCE)).getMessage();
    requireSays(said, "sends on to https://other.example/v1, where nothing was sent");
    assertFalse(said.contains("s3cret"));
  }

  @Test
  void nobodyThereIsSaidAtOnce() {
    tests.stop();
    assertTimeoutPreemptively(
        Duration.ofSeconds(3),
        () -> {
          InputException e = assertThrows(InputException.class, () -> open(Settings.STANDARD));
          requireSays(e.getMessage(), "does not answer: nothing can be reached", "look at host");
        });
    tests.begin();
  }

  @Test
  void aHostThatNobodyKnowsIsSaid() {
    ServerAddress address = ServerAddress.parse("http://nobody.invalid/v1");
    InputException e =
        assertThrows(InputException.class, () -> Server.open(address, ONCE, Map.of()));
    requireSays(e.getMessage(), "no machine is known by the name nobody.invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}",
      })
  void somethingThatSpeaksNoHttpIsSaid(String greeting) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread greeter =
          new Thread(
              () -> {
                try {
                  while (true) {
                    var connection = socket.accept();
                    connection.getInputStream().read();
                    connection.getOutputStream().write(greeting.getBytes());
                    connection.getOutputStream().flush();
                  }
                } catch (IOException e) {
                  return;
                }
              });
      greeter.setDaemon(true);
      greeter.start();
      ServerAddress address = ServerAddress.parse("http://127.0.0.1:" + socket.getLocalPort());
      InputException e =
          assertThrows(InputException.class, () -> Server.open(address, ONCE, Map.of()));
      requireSays(e.getMessage(), "does not speak HTTP: look at the port");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"NO_LOG_PROBABILITIES", "TOO_FEW", "TEMPLATE_LOST"})
  void liesOfOneAnswerAreNamed(Lie lie) {
    tests.lying(lie);
    String line =
        switch (lie) {
          case NO_LOG_PROBABILITIES -> "gives no log-probabilities of prompts";
          case TOO_FEW -> "gives too few log-probabilities: ";
          default -> "reads another text than the one that was sent: at character 1 it has";
        };
    Server server = open(Settings.STANDARD);
    InputException e =
        assertThrows(
            InputException.class, () -> server.completions().score("The king is here: yes"));
    requireSays(e.getMessage(), line, "protocol chat");
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"NO_LOG_PROBABILITIES", "TOO_FEW"})
  void liesAboutRepliesAreNamed(Lie lie) {
    tests.lying(lie);
    Server server = open(Settings.STANDARD);
    InputException e =
        assertThrows(
            InputException.class,
            () -> server.chat().first(List.of(Map.of("role", "user", "content", "a")), List.of()));
    boolean none = lie == Lie.NO_LOG_PROBABILITIES;
    requireSays(
        e.getMessage(),
        none ? "gives no log-probabilities of replies" : "one likely first token where 20 were");
  }

  @ParameterizedTest
  @CsvSource({"-Infinity, -Infinity", "0.5, 0.5", "Infinity, Infinity"})
  void whatIsNoLogProbabilityIsSaid(String value, String shown) {
    answer(
        200,
        "application/json",
        "{\"choices\":[{\"text\":\"a text\",\"logprobs\":{\"tokens\":[\"a\",\" text\"],"
            + "\"token_logprobs\":[null,"
            + value
            + "]}}]}");
    requireSays(refusal(ONCE), "gives " + shown + " as the log-probability of \" text\"");
  }

  @Test
  void aClosedServerIsNotAsked() {
    Server server = open(ONCE);
    server.close();
    InputException e =
        assertThrows(InputException.class, () -> server.completions().score("a text"));
    requireSays(e.getMessage(), "is closed");
    assertEquals(1, tests.requests());
    assertNull(tests.asked().get("a text"));
  }
}
