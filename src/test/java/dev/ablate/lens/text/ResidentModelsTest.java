package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.model.EmbeddingModel;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole way from masks to values in the memory of a backend gives what the host's batches give:
 * networks of every kind, over memory of the host.
 */
class ResidentModelsTest {
  private static final Path SHARED = Path.of("..", "shared", "models");
  private static final String TEXT = "The plot is thin, but the acting is great, watch it again.";
  private static final String FACTS =
      "Anna has the red key. Tom has the blue cup. What does Tom have?";

  private static void assertSame(
      ModelDirectory directory, TextLens lens, String text, double tolerance) {
    try (HostBackend host = new HostBackend(2);
        TextModel here = directory.load(2);
        TextModel there = directory.load(2, Serving.inMemoryOf(host))) {
      Game plain = lens.game(here, text);
      Game game = lens.game(there, text);
      Masks masks =
          UniformMasks.draw(host.sampling(), game.features(), 300, 5, UniformMasks.Use.FIT, null);
      Values expected = Values.zeros(300, plain.outputs());
      plain.evaluate(masks, expected);
      double[] found = game.evaluate(masks, host, Progress.NONE).hostDoubles();
      for (int i = 0; i < found.length; i++) {
        double value = expected.hostDoubles()[i];
        assertEquals(value, found[i], tolerance * Math.max(1, Math.abs(value)));
      }
    }
  }

  private static TextLens lens(Ablation ablation, ValueFunction value) {
    return new TextLens(Unit.WORD, ablation, value, List.of(), List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"MASK", "REMOVE"})
  void bundledClassifier(Ablation ablation) {
    assertSame(ModelDirectory.bundled(), lens(ablation, ValueFunction.LOG_ODDS), TEXT, 1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANSWER", "ANSWER_PROBABILITY", "PERPLEXITY"})
  void bundledLanguageModel(ValueFunction value) {
    Question question =
        value == ValueFunction.PERPLEXITY
            ? Question.STANDARD
            : Question.STANDARD.with(List.of("the blue cup", "the red key"), null);
    assertSame(
        ModelDirectory.bundled("facts"),
        new TextLens(Unit.WORD, Ablation.REMOVE, value, question),
        FACTS,
        1e-5);
  }

  static Stream<Path> shared() throws IOException {
    if (!Files.isDirectory(SHARED)) {
      return Stream.of(SHARED);
    }
    try (Stream<Path> all = Files.list(SHARED)) {
      return all.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shared")
  void architectures(Path folder) {
    assumeTrue(Files.isDirectory(folder), "no folder " + SHARED);
    ModelDirectory directory = ModelDirectory.open(folder);
    double tolerance = folder.toString().contains("fp16") ? 2e-2 : 1e-4;
    TextLens lens;
    try (TextModel model = directory.load(1)) {
      if (model instanceof LanguageModel) {
        lens =
            new TextLens(
                Unit.WORD,
                Ablation.REMOVE,
                ValueFunction.ANSWER,
                Question.STANDARD.with(List.of("good", "bad"), null));
      } else if (model instanceof EmbeddingModel) {
        lens =
            new TextLens(
                Unit.WORD,
                Ablation.REMOVE,
                ValueFunction.SIMILARITY,
                Question.STANDARD.to(List.of("a great film")));
      } else {
        lens = lens(Ablation.AUTO, ValueFunction.LOGIT);
      }
    }
    assertSame(directory, lens, TEXT, tolerance);
  }
}
