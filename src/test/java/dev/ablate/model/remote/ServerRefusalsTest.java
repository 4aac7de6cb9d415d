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
      })
  void whatIsNoAnswerIsSaid(int status, String type, String body, String line) {
    answer(status, type, body);
    requireSays(refusal(ONCE), line);
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

  @Test
  void somethingThatSpeaksNoHttpIsSaid() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread greeter =
          new Thread(
              () -> {
                try {
                  while (true) {
                    var connection = socket.accept();
                    connection.getInputStream().read();
                    connection.getOutputStream().write("SSH-2.0-OpenSSH_9.2\r\n\r\n".getBytes());
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
