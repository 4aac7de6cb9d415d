package dev.ablate.lens.text;

import static dev.ablate.lens.text.ServedModels.TEXT;
import static dev.ablate.lens.text.ServedModels.lens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.TestModel;
import dev.ablate.model.remote.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of a model behind a server, over one whose probabilities are a formula. */
class ServedGameTest {
  private static final Masks ALL = Masks.exhaustive(7);

  private final TestModel truth = TestModel.standard();
  private final TestServer server = TestServer.start(truth);

  @AfterEach
  void close() {
    server.close();
  }

  /** The text under a mask, word by word, each with the blank in front of it. */
  private static String text(Masks masks, int mask) {
    String[] words = TEXT.split(" ");
    StringBuilder text = new StringBuilder();
    for (int w = 0; w < words.length; w++) {
      if (masks.kept(mask, w)) {
        text.append(w == 0 ? "" : " ").append(words[w]);
      }
    }
    return text.isEmpty() ? "...\n" : text.toString();
  }

  private static Values values(Game game) {
    Values values = Values.zeros(ALL.count(), game.outputs());
    game.evaluate(ALL, values);
    return values;
  }

  private void requireValues(Game game, ToDoubleFunction<String> truthOfText) {
    Values values = values(game);
    for (int m = 0; m < ALL.count(); m++) {
      assertEquals(truthOfText.applyAsDouble(text(ALL, m)), values.get(m, 0), 1e-9, "mask " + m);
    }
  }

  @Test
  void anAnswerBehindTheTextIsWorthWhatTheModelSays() {
    try (ServedModel model = ServedModels.open(server, null, 4, false)) {
      Game game = lens(ValueFunction.ANSWER, null, " yes").game(model, TEXT);
      assertEquals(List.of(" yes"), game.outputNames());
      assertEquals("answer", game.subject().value());
      requireValues(game, text -> truth.logProbability("yes", text));
      assertEquals(1 + ALL.count(), server.requests(), "a request a mask, and the list of models");
    }
  }

  @Test
  void oddsAndProbabilitiesAreThoseOfTheWholeAnswers() {
    try (ServedModel model = ServedModels.open(server, null, 4, false)) {
      requireValues(
          lens(null, " no", " yes").game(model, TEXT),
          text -> truth.logProbability("yes", text) - truth.logProbability("no", text));
      requireValues(
          lens(ValueFunction.ANSWER_PROBABILITY, null, " yes").game(model, TEXT),
          text -> Math.exp(truth.logProbability("yes", text)));
    }
  }

  @Test
  void thePerplexityIsOfAllTokensButTheFirst() {
    try (ServedModel model = ServedModels.open(server, null, 4, false)) {
      TextLens lens = new TextLens(Unit.WORD, null, ValueFunction.PERPLEXITY, Question.STANDARD);
      Game game = lens.game(model, TEXT);
      Values values = values(game);
      for (int m = 1; m < ALL.count(); m++) {
        double[] logs = truth.logProbabilities(text(ALL, m));
        double mean = IntStream.range(1, logs.length).mapToDouble(i -> logs[i]).average().orElse(0);
        assertEquals(Math.exp(-mean), values.get(m, 0), 1e-9, "mask " + m);
      }
    }
  }

  @Test
  void theFirstTokenOfAReplyIsAskedOfTheMessagesThemselves() {
    PromptSource chat =
        new PromptSource(
            new PromptSource.Messages(
                List.of(message("system", "Be brief.", false), message("user", TEXT, true)),
                List.of()),
            List.of("yes"),
            null);
    try (ServedModel model = ServedModels.open(server, null, 4, false)) {
      Game game = TextLens.DEFAULT.game(model, chat);
      assertEquals(7, game.features());
      assertEquals("system: Be brief.\n\nuser: " + TEXT, game.subject().input().text());
      Values values = values(game);
      for (int m = 0; m < ALL.count(); m++) {
        String content = text(ALL, m).equals("...\n") ? "" : text(ALL, m);
        String seen = "system: Be brief.\nuser: " + content + "\nassistant:";
        assertEquals(truth.logProbability("yes", seen), values.get(m, 0), 1e-9, "mask " + m);
      }
    }
  }

  private static PromptSource.Message message(String role, String content, boolean ablate) {
    return new PromptSource.Message(Map.of("role", role, "content", content), ablate, null);
  }

  @Test
  void aTextUnderChatIsTheOnlyMessage() {
    try (ServedModel model = ServedModels.open(server, Protocol.CHAT, 4, false)) {
      requireValues(
          lens(null, "no", "yes").game(model, TEXT),
          text -> {
            String seen = "user: " + text + "\nassistant:";
            return truth.logProbability("yes", seen) - truth.logProbability("no", seen);
          });
    }
  }

  @Test
  void withoutAnAnswerTheModelsOwnIsTaken() {
    try (ServedModel model = ServedModels.open(server, null, 4, false);
        ServedModel chat = ServedModels.open(server, Protocol.CHAT, 4, false)) {
      assertEquals(
          List.of(truth.greedy(TEXT, 8)), lens(null, null).game(model, TEXT).outputNames());
      assertEquals(List.of("yes"), lens(null, null).game(chat, TEXT).outputNames());
    }
  }

  @Test
  void theSimilarityIsTheCosineOfTheServersVectors() {
    try (ServedModel model = ServedModels.open(server, null, 4, false)) {
      double[] to = truth.embedding("a good day");
      requireValues(
          ServedModels.similarity("a good day").game(model, TEXT),
          text -> {
            double[] own = truth.embedding(text);
            return IntStream.range(0, own.length).mapToDouble(i -> own[i] * to[i]).sum();
          });
    }
  }

  @Test
  void textsAreSentInTheOrderOfTheirBeginnings() {
    List<String> sent = new ArrayList<>();
    server.answering(
        (exchange, request) -> {
          int at = request.indexOf("\"prompt\":\"");
          if (at >= 0) {
            sent.add(request.substring(at + 10, request.indexOf('"', at + 10)));
          }
          return false;
        });
    try (ServedModel model = ServedModels.open(server, null, 1, false)) {
      Game game = lens(ValueFunction.ANSWER, null, " yes").game(model, TEXT);
      values(game);
      List<String> texts = IntStream.range(0, ALL.count()).mapToObj(m -> text(ALL, m)).toList();
      long trie =
          texts.stream()
              .filter(text -> !text.equals("...\n"))
              .flatMap(
                  text ->
                      IntStream.rangeClosed(1, text.length()).mapToObj(i -> text.substring(0, i)))
              .distinct()
              .count();
      assertEquals(trie, game.counts().get("characters_computed"));
      assertEquals(0, game.counts().get("template_characters"));
    }
    List<String> texts =
        sent.stream()
            .map(text -> text.substring(0, text.length() - " yes".length()))
            .filter(text -> !text.startsWith("..."))
            .toList();
    assertEquals(ALL.count() - 1, texts.size());
    assertEquals(texts.stream().sorted().toList(), texts, "not in order");
  }

  @Test
  void whatNobodyKnowsOfAServerIsRefused() {
    try (ServedModel model = ServedModels.open(server, null, 4, false);
        ServedModel chat = ServedModels.open(server, Protocol.CHAT, 4, false)) {
      TextLens tokens = new TextLens(Unit.TOKEN, null, null, Question.STANDARD);
      requireRefused("the tokens of the model", () -> tokens.game(model, TEXT));
      TextLens masked = new TextLens(Unit.WORD, Ablation.MASK, null, Question.STANDARD);
      requireRefused("no mask token", () -> masked.game(model, TEXT));
      TextLens odds = new TextLens(Unit.WORD, null, ValueFunction.LOG_ODDS, Question.STANDARD);
      requireRefused("log-odds", () -> odds.game(model, TEXT));
      TextLens surprise =
          new TextLens(Unit.WORD, null, ValueFunction.PERPLEXITY, Question.STANDARD);
      requireRefused("first token of a reply", () -> surprise.game(chat, TEXT));
      requireRefused(
          "begin by the same token", () -> lens(null, null, "yes", "yes sir").game(chat, TEXT));
      requireRefused("embeddings", () -> ServedModels.similarity("day").game(chat, TEXT));
    }
  }

  private static void requireRefused(String words, Runnable asking) {
    String message = assertThrows(InputException.class, asking::run).getMessage();
    assertTrue(message.contains(words), message);
  }
}
