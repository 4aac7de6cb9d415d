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
import dev.ablate.model.Pooling;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
      Values expected = Values.zeros(masks.count(), plain.outputs());
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

  static Stream<Question> questions() {
    List<String> answers = List.of("the blue cup", "the red key");
    return Stream.of(
        question(answers, "Anna", false, false),
        question(answers, null, true, false),
        question(answers, null, false, true));
  }

  private static Question question(
      List<String> answers, String against, boolean sum, boolean perToken) {
    Question plain = Question.STANDARD;
    return new Question(
        answers,
        against,
        sum,
        perToken,
        plain.maxTokens(),
        plain.stops(),
        plain.references(),
        null);
  }

  /** Odds, sums, and every token as an output, behind a front that all rows share. */
  @ParameterizedTest
  @MethodSource("questions")
  void answersOfEveryKind(Question question) {
    TextLens lens = new TextLens(Unit.WORD, Ablation.REMOVE, ValueFunction.ANSWER, question);
    assertSame(ModelDirectory.bundled("facts"), lens, FACTS, 1e-5);
  }

  /** Labels that do not exclude each other, and numbers. */
  @ParameterizedTest
  @CsvSource({
    "multi_label_classification,LOG_ODDS",
    "multi_label_classification,PROBABILITY",
    "regression,LOGIT"
  })
  void problems(String problem, ValueFunction value, @TempDir Path folder) throws IOException {
    Path config = TinyModels.copyTo(folder).resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replaceFirst("\\{", "{\"problem_type\": \"" + problem + "\","));
    TextLens lens =
        new TextLens(Unit.WORD, Ablation.REMOVE, value, List.of("negative", "positive"), List.of());
    assertSame(ModelDirectory.open(folder), lens, "the movie was not bad but good", 1e-5);
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
    List<TextLens> lenses = new ArrayList<>();
    try (TextModel model = directory.load(1)) {
      if (model instanceof LanguageModel) {
        Question question = Question.STANDARD.with(List.of("good", "bad"), null);
        lenses.add(new TextLens(Unit.WORD, Ablation.REMOVE, ValueFunction.ANSWER, question));
      } else if (model instanceof EmbeddingModel) {
        lenses.add(similarity(null));
        Stream.of(Pooling.values()).map(ResidentModelsTest::similarity).forEach(lenses::add);
      } else {
        lenses.add(lens(Ablation.AUTO, ValueFunction.LOGIT));
      }
    }
    for (TextLens lens : lenses) {
      assertSame(directory, lens, TEXT, tolerance);
    }
  }

  private static TextLens similarity(Pooling pooling) {
    Question plain = Question.STANDARD.to(List.of("a great film"));
    Question question =
        new Question(
            plain.answers(),
            null,
            false,
            false,
            plain.maxTokens(),
            plain.stops(),
            plain.references(),
            pooling);
    return new TextLens(Unit.WORD, Ablation.REMOVE, ValueFunction.SIMILARITY, question);
  }
}
