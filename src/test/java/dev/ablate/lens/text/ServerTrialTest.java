package dev.ablate.lens.text;

import static dev.ablate.lens.text.ServedModels.TEXT;
import static dev.ablate.lens.text.ServedModels.lens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Lie;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.TestModel;
import dev.ablate.model.remote.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server that lies is caught at, before the first mask. */
class ServerTrialTest {
  private static final int MOST_REQUESTS = 24;

  private final TestServer server = TestServer.start(TestModel.standard());

  @AfterEach
  void close() {
    server.close();
  }

  /** What is said before the first mask, and how many requests had come then. */
  private final class Listening implements Progress {
    private final List<String> said = new ArrayList<>();
    private long requests;

    @Override
    public void done(long masks) {}

    @Override
    public void says(String line) {
      said.add(line);
      requests = server.requests();
    }
  }

  private Game game(ServedModel model, Protocol protocol) {
    String blank = protocol == Protocol.COMPLETIONS ? " " : "";
    return protocol == Protocol.EMBEDDINGS
        ? ServedModels.similarity("a good day").game(model, TEXT)
        : lens(ValueFunction.ANSWER, blank + "no", blank + "yes").game(model, TEXT);
  }

  private static Explanation explain(Game game, Progress progress) {
    return Ablate.builder().game(game).testMasks(0).progress(progress).explain();
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETIONS, NO_LOG_PROBABILITIES, no log-probabilities",
    "COMPLETIONS, TOO_FEW, too few log-probabilities",
    "COMPLETIONS, TEMPLATE_LOST, another text than the one that was sent",
    "COMPLETIONS, ORDER_DEPENDENT, depend on the order of requests",
    "CHAT, NO_LOG_PROBABILITIES, no log-probabilities",
    "CHAT, TOO_FEW, too few log-probabilities",
    "CHAT, TEMPLATE_LOST, template loses a part",
    "CHAT, ORDER_DEPENDENT, depend on the order of requests",
    "EMBEDDINGS, ORDER_DEPENDENT, depend on the order of requests",
  })
  void aLieIsNamedBeforeTheFirstMask(Protocol protocol, Lie lie, String words) {
    server.lying(lie);
    try (ServedModel model = ServedModels.open(server, protocol, 8, true)) {
      String message =
          assertThrows(InputException.class, () -> explain(game(model, protocol), Progress.NONE))
              .getMessage();
      assertTrue(message.contains(words), message);
      assertTrue(server.requests() <= MOST_REQUESTS, server.requests() + " requests");
    }
  }

  @ParameterizedTest
  @CsvSource({"COMPLETIONS", "CHAT", "EMBEDDINGS"})
  void noiseIsNamedBeforeTheFirstMaskAndGoesIntoTheErrors(Protocol protocol) {
    server.lying(Lie.NOISY);
    try (ServedModel model = ServedModels.open(server, protocol, 8, true)) {
      Listening listening = new Listening();
      Game game = game(model, protocol);
      Explanation explanation = explain(game, listening);
      assertEquals(1, listening.said.size(), listening.said.toString());
      assertTrue(listening.said.get(0).contains("the server is noisy"), listening.said.get(0));
      assertTrue(listening.requests <= MOST_REQUESTS, listening.requests + " requests");
      assertTrue(game.noise() > 0);
      double least = game.noise() / Math.sqrt(1 << game.features());
      double[] errors = explanation.outputs().get(0).standardErrors();
      assertTrue(errors.length > 0, "no errors");
      for (double error : errors) {
        assertTrue(error >= least * (1 - 1e-12), error + " below " + least);
      }
      assertTrue(explanation.provenance().report().notes().containsAll(listening.said), "no note");
    }
  }

  @ParameterizedTest
  @CsvSource({"COMPLETIONS", "CHAT", "EMBEDDINGS"})
  void ofAnHonestServerNothingIsSaid(Protocol protocol) {
    try (ServedModel model = ServedModels.open(server, protocol, 8, true)) {
      Listening listening = new Listening();
      Game game = game(model, protocol);
      game.begin(false, listening);
      assertEquals(List.of(), listening.said);
      assertEquals(0, game.noise());
      assertTrue(server.requests() <= MOST_REQUESTS, server.requests() + " requests");
    }
  }

  @Test
  void whatIsNoValueEndsTheTrial() {
    server.answering(
        (exchange, request) -> {
          boolean list = request.isEmpty();
          if (!list) {
            byte[] reply =
                "{\"data\":[{\"index\":0,\"embedding\":[0,0]}]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
          }
          return !list;
        });
    try (ServedModel model = ServedModels.open(server, Protocol.EMBEDDINGS, 8, true)) {
      String message =
          assertThrows(
                  InputException.class,
                  () -> explain(game(model, Protocol.EMBEDDINGS), Progress.NONE))
              .getMessage();
      assertTrue(message.contains("gives a vector of no length"), message);
    }
  }

  @Test
  void aChatOfSeveralMessagesTakesNoMoreRequests() {
    List<PromptSource.Message> messages = new ArrayList<>();
    for (int m = 0; m < 9; m++) {
      String role = m % 2 == 0 ? "user" : "assistant";
      messages.add(new PromptSource.Message(Map.of("role", role, "content", TEXT + m), true, null));
    }
    PromptSource chat =
        new PromptSource(new PromptSource.Messages(messages, List.of()), List.of("yes"), null);
    try (ServedModel model = ServedModels.open(server, null, 8, true)) {
      Game game = TextLens.DEFAULT.game(model, chat);
      game.begin(false, Progress.NONE);
      assertTrue(server.requests() <= MOST_REQUESTS, server.requests() + " requests");
    }
  }

  @Test
  void whatTheTrialAskedIsNotAskedAgainAndAnotherTextTriesNothing() {
    try (ServedModel model = ServedModels.open(server, Protocol.COMPLETIONS, 1, true)) {
      TextLens lens = lens(ValueFunction.ANSWER, null, " yes");
      explain(lens.game(model, TEXT), Progress.NONE);
      int tried = 4;
      assertEquals((1 << 7) - tried, server.asked().values().stream().filter(n -> n == 1).count());
      long before = server.requests();
      explain(lens.game(model, "one bad day"), Progress.NONE);
      assertEquals(1 << 3, server.requests() - before);
    }
  }
}
