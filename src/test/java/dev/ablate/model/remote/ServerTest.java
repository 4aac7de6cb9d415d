package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the three protocols give is what the model behind the test server has. */
class ServerTest {
  private static final String TEXT = "A fine day \uD83D\uDE00 is good: yes";
  private static final ObjectMapper JSON = new ObjectMapper();
  private final TestModel model = TestModel.standard();
  private final TestServer tests = TestServer.start(model);

  @AfterEach
  void close() {
    tests.close();
  }

  private Server open() {
    return Server.open(ServerAddress.parse(tests.address()), Settings.STANDARD, Map.of());
  }

  private static List<Map<String, Object>> user(String text) {
    return List.of(Map.of("role", "user", "content", text));
  }

  /** A server that gives log-probabilities in one way alone. */
  private void onlyAs(CompletionForm form) {
    tests.answering(
        (exchange, request) -> {
          if (request.isEmpty()) {
            return false;
          }
          var asked = JSON.readTree(request);
          boolean echo = asked.path("echo").asBoolean();
          boolean fits =
              switch (form) {
                case ECHO -> echo && asked.path("max_tokens").asInt() == 0;
                case ECHO_AND_ONE -> echo && asked.path("max_tokens").asInt() > 0;
                case PROMPT_LOGPROBS -> !echo;
              };
          if (!fits) {
            TestServer.send(exchange, 400, TestReplies.error("cannot do that", null));
          }
          return !fits;
        });
  }

  private void alwaysAnswering(String reply) {
    tests.answering(
        (exchange, request) -> {
          if (!request.isEmpty()) {
            TestServer.send(exchange, 200, "application/json", reply);
          }
          return !request.isEmpty();
        });
  }

  @Test
  void numbersThatAreWrittenAsTextsAreNumbers() {
    alwaysAnswering(
        "{\"choices\":[{\"text\":\"a b\",\"logprobs\":{\"tokens\":[\"a\",\" b\"],"
            + "\"token_logprobs\":[null,\"-1.25e0\"]}}],"
            + "\"data\":[{\"index\":0,\"embedding\":[\"0.5\",2]}]}");
    Server server = open();
    assertEquals(-1.25, server.completions().score("a b").tokens().get(1).logProbability());
    assertArrayEquals(new double[] {0.5, 2}, server.embeddings().of(List.of("a"))[0]);
  }

  /** -9999 says no more than that a token is unlikely, and is no value of any answer. */
  @ParameterizedTest
  @ValueSource(strings = {"-9999.0", "-Infinity"})
  void tokensTooUnlikelyForANumberAreNotListed(String least) {
    alwaysAnswering(
        "{\"choices\":[{\"logprobs\":{\"content\":[{\"top_logprobs\":["
            + "{\"token\":\"yes\",\"logprob\":-1.0},{\"token\":\"no\",\"logprob\":-1.5},"
            + "{\"token\":\"so\",\"logprob\":"
            + least
            + "}]}]}}]}");
    FirstTokens first = open().chat().first(user("a"), List.of());
    assertEquals(2, first.listed().size());
    assertEquals(new FirstTokens.Likelihood(-1.5, true), first.of("so"));
  }

  @ParameterizedTest
  @EnumSource(CompletionForm.class)
  void everyWayOfAskingGivesTheModelsValues(CompletionForm form) {
    onlyAs(form);
    ScoredText scored = open().completions().score(TEXT);
    double[] truth = model.logProbabilities(TEXT);
    assertEquals(truth.length, scored.tokens().size());
    for (int i = 0; i < truth.length; i++) {
      assertEquals(truth[i], scored.tokens().get(i).logProbability(), 1e-12);
    }
    assertEquals(truth.length, scored.usage().prompt());
    int place = TEXT.indexOf(" yes");
    assertEquals(1, scored.behind(place).size());
    assertEquals(
        model.logProbability("yes", TEXT.substring(0, place)),
        scored.behind(place).get(0).logProbability(),
        1e-12);
    assertTrue(scored.across(place).isEmpty());
    assertTrue(scored.across(TEXT.indexOf("\uDE00")).isPresent());
  }

  @ParameterizedTest
  @EnumSource(CompletionForm.class)
  void theWayIsFoundOnce(CompletionForm form) {
    onlyAs(form);
    Server server = open();
    server.completions().score(TEXT);
    long found = tests.requests();
    assertEquals(2 + form.ordinal(), found, "a list of models, and what was tried");
    server.completions().score(TEXT + "!");
    assertEquals(found + 1, tests.requests());
  }

  @Test
  void aSeamWithinATokenIsKnown() {
    String text = "is:yes";
    ScoredText scored = open().completions().score(text);
    assertEquals("is:y", scored.across(3).orElseThrow().text());
    assertEquals(2, scored.behind(3).size());
  }

  @Test
  void aTextIsContinued() {
    Completions completions = open().completions();
    assertEquals(" yes", completions.continuation("good", 5, List.of()).text());
    assertEquals(" y", completions.continuation("good", 5, List.of("es", "q")).text());
    List<String> stops = List.of("1", "2", "3", "4", "s");
    assertEquals(" ye", completions.continuation("good", 5, stops).text(), "four are sent");
  }

  @Test
  void likelyFirstTokensOfAReplyAreTheModels() {
    FirstTokens first = open().chat().first(user("it is good"), List.of());
    assertEquals(20, first.listed().size());
    String seen = "user: it is good\nassistant:";
    assertEquals(model.logProbability("yes", seen), first.of("yes").logProbability(), 1e-12);
    assertEquals(model.logProbability("no", seen), first.of("no").logProbability(), 1e-12);
    assertFalse(first.of("no").bound());
    assertTrue(first.of("w0").bound());
    assertTrue(first.of("w0").logProbability() <= first.listed().get(19).logProbability());
  }

  @Test
  void aChatIsReplied() {
    assertEquals("yes", open().chat().reply(user("good"), List.of(), 5, List.of()).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_tokens: use 'max_completion_tokens'", "top_logprobs must be <= 5"})
  void aChatIsAskedAsTheServerWantsIt(String wish) {
    tests.answering(
        (exchange, request) -> {
          boolean wrong =
              wish.contains("completion")
                  ? request.contains("\"max_tokens\"")
                  : request.contains("\"top_logprobs\":20");
          if (wrong) {
            TestServer.send(exchange, 400, TestReplies.error(wish, null));
          }
          return wrong;
        });
    Server server = open();
    double truth = model.logProbability("yes", "user: good\nassistant:");
    assertEquals(
        truth, server.chat().first(user("good"), List.of()).of("yes").logProbability(), 1e-12);
    long found = tests.requests();
    server.chat().first(user("good!"), List.of());
    assertEquals(found + 1, tests.requests(), "it is remembered");
    assertEquals(wish.contains("<= 5"), server.notes().toString().contains("5 likely first"));
  }

  @Test
  void vectorsAreTheModels() {
    double[][] vectors = open().embeddings().of(List.of("a fine day", "bad"));
    assertArrayEquals(model.embedding("a fine day"), vectors[0], 1e-12);
    assertArrayEquals(model.embedding("bad"), vectors[1], 1e-12);
  }

  @Test
  void trafficIsCounted() {
    Server server = open();
    ScoredText scored = server.completions().score(TEXT);
    server.completions().score(TEXT);
    Traffic traffic = server.traffic();
    assertEquals(3, traffic.requests());
    assertEquals(0, traffic.retries());
    assertEquals(2 * scored.usage().prompt(), traffic.promptTokens());
    assertEquals(scored.usage().prompt(), traffic.cachedTokens());
  }

  @Test
  void theOnlyModelIsTaken() {
    assertEquals(TestServer.MODEL, open().model());
    tests.listing("b", "a");
    InputException e = assertThrows(InputException.class, this::open);
    assertTrue(
        e.getMessage().endsWith("has several models: b, a; name one as model-name"),
        e.getMessage());
    tests.listing();
    e = assertThrows(InputException.class, this::open);
    assertTrue(e.getMessage().contains("lists no models; name one"), e.getMessage());
    tests.listing(IntStream.range(0, 40).mapToObj(i -> "m" + i).toArray(String[]::new));
    e = assertThrows(InputException.class, this::open);
    assertTrue(e.getMessage().contains("m11 and 28 more; name"), e.getMessage());
  }

  @Test
  void aWrongNameIsSaidWithThoseThatThereAre() {
    Server server =
        Server.open(
            ServerAddress.parse(tests.address()),
            Settings.STANDARD.with(ServerSettings.MODEL_NAME, "gtp-4"),
            Map.of());
    assertEquals(
        List.of("the server does not list the model gtp-4; it lists test-model"), server.notes());
    InputException e =
        assertThrows(InputException.class, () -> server.completions().score("a text"));
    assertTrue(e.getMessage().contains("does not know the model (404"), e.getMessage());
    assertTrue(e.getMessage().contains("model-name; it lists test-model"), e.getMessage());
  }

  @Test
  void manyAtOnceEachHaveTheirOwnAnswer() {
    Server server = open();
    List<String> texts =
        IntStream.range(0, 200).mapToObj(i -> "text " + i + " yes").collect(Collectors.toList());
    double[] values = new double[texts.size()];
    server.forEach(
        texts.size(),
        i -> values[i] = server.completions().score(texts.get(i)).tokens().get(1).logProbability());
    for (int i = 0; i < values.length; i++) {
      assertEquals(model.logProbabilities(texts.get(i))[1], values[i], 1e-12);
    }
    assertTrue(tests.mostInFlight() <= 8, () -> "at once: " + tests.mostInFlight());
    assertTrue(tests.answered().values().stream().allMatch(count -> count == 1));
  }
}
