package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key reaches its server and nobody else. */
class ServerKeyTest {
  private static final String SECRET = "sk-test-0123456789abcdef";
  private final TestServer tests = TestServer.start(TestModel.standard()).wanting(SECRET);

  @AfterEach
  void close() {
    tests.close();
  }

  private Server open(String variable, Map<String, String> environment) {
    Settings settings =
        Settings.STANDARD
            .with(ServerSettings.KEY_VARIABLE, variable)
            .with(ServerSettings.RETRIES, 0L);
    return Server.open(ServerAddress.parse(tests.address()), settings, environment);
  }

  private String refusal(String variable, Map<String, String> environment) {
    InputException e =
        assertThrows(
            InputException.class, () -> open(variable, environment).completions().score("a"));
    StringWriter all = new StringWriter();
    e.printStackTrace(new PrintWriter(all));
    assertFalse(all.toString().contains("sk-"), all.toString());
    return e.getMessage();
  }

  @Test
  void theKeyIsShownToTheServer() {
    assertEquals(TestServer.MODEL, open(null, Map.of("OPENAI_API_KEY", SECRET)).model());
    assertEquals(TestServer.MODEL, open("MINE", Map.of("MINE", " " + SECRET + "\n")).model());
  }

  @Test
  void whereThereIsNoneItIsSaidWhereToPutIt() {
    String said = refusal(null, Map.of());
    assertTrue(
        said.endsWith(
            "lets nobody in (401): it wants a key: put it into the environment variable"
                + " OPENAI_API_KEY, or name another one as key-variable"),
        said);
  }

  @Test
  void aWrongOneIsNotRepeated() {
    String said = refusal("MINE", Map.of("MINE", "sk-wrong-key"));
    assertTrue(said.contains("it refuses the key in MINE: look whether"), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "sk-one\nsk-two", "sk-one two", "sk-\u00E9"})
  void whatIsNoKeyIsSaidBeforeAnythingIsSent(String value) {
    String said = refusal("MINE", Map.of("MINE", value));
    assertTrue(said.startsWith("key-variable MINE: "), said);
    assertEquals(0, tests.requests());
    said = refusal("OTHER", Map.of("MINE", SECRET));
    assertTrue(said.contains("there is no such environment variable"), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sk-one", "hf_oneTwo", "sk-one two"})
  void aKeyInThePlaceOfAVariableIsNotRepeated(String given) {
    String said = refusal(given, Map.of("MINE", SECRET));
    assertTrue(said.contains("never the key itself"), said);
    assertFalse(said.contains(given), said);
  }

  @Test
  void wordsThatAreNoSecretsStayInLines() {
    tests.answering(
        (exchange, request) -> {
          TestServer.send(exchange, 400, TestReplies.error("ollama is busy", null));
          return true;
        });
    String said = refusal(null, Map.of("OPENAI_API_KEY", "ollama"));
    assertTrue(said.contains("refuses the request (400: ollama is busy)"), said);
  }

  @Test
  void aServerThatRepeatsItIsNotQuoted() {
    tests.answering(
        (exchange, request) -> {
          String shown = exchange.getRequestHeaders().getFirst("Authorization");
          TestServer.send(exchange, 400, TestReplies.error("bad header " + shown, null));
          return true;
        });
    String said = refusal(null, Map.of("OPENAI_API_KEY", SECRET));
    assertTrue(said.contains("bad header Bearer (the key)"), said);
    tests.answering(
        (exchange, request) -> {
          String shown = exchange.getRequestHeaders().getFirst("Authorization");
          TestServer.send(exchange, 200, "text/plain", shown + " " + shown);
          return true;
        });
    said = refusal(null, Map.of("OPENAI_API_KEY", SECRET));
    assertTrue(said.contains("answers with \"Bearer (the key)"), said);
  }

  @Test
  void oneThatNobodyNamedDoesNotTravelInTheOpen() {
    ServerAddress far = ServerAddress.parse("http://192.0.2.7/v1");
    Map<String, String> environment = Map.of("OPENAI_API_KEY", SECRET);
    ServerKey key = ServerKey.of(far, null, environment);
    var request = HttpRequest.newBuilder(far.at("/models"));
    key.show(request);
    assertTrue(request.build().headers().map().isEmpty());
    assertTrue(key.cure().contains("not sent, because it would travel unencrypted"), key.cure());
    ServerKey.of(far, "OPENAI_API_KEY", environment).show(request);
    assertEquals(
        "Bearer " + SECRET, request.build().headers().firstValue("Authorization").orElse(""));
    var encrypted = HttpRequest.newBuilder(far.at("/models"));
    ServerKey.of(ServerAddress.parse("https://192.0.2.7/v1"), null, environment).show(encrypted);
    assertTrue(encrypted.build().headers().firstValue("Authorization").isPresent());
  }
}
