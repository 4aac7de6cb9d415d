package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.model.onnx.ElementType;
import dev.ablate.model.onnx.OnnxSession;
import dev.ablate.model.onnx.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports of real architectures with random weights: a mask's value is that of its row alone. */
class ArchitecturesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("ablate.shared", "../shared")).resolve("models");
  private static final String TEXT = "the movie is not so bad";
  private static final String NONE = "none";

  /** Sums of a few hundred float32 terms in another order; logits are below 20. */
  private static final double TOLERANCE = 1e-4;

  /** The same for 16 bits. */
  private static final double HALF_TOLERANCE = 2e-2;

  private static Stream<String> folders(boolean classifiers) throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      return Stream.of(NONE);
    }
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all
          .map(folder -> folder.getFileName().toString())
          .filter(name -> name.contains("-lm-") != classifiers)
          .sorted()
          .toList()
          .stream();
    }
  }

  private static Stream<String> classifiers() throws IOException {
    return folders(true);
  }

  private static Stream<String> languageModels() throws IOException {
    return folders(false);
  }

  private static Path folder(String name) {
    Assumptions.assumeFalse(name.equals(NONE), "no shared models in " + FOLDER);
    return FOLDER.resolve(name);
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void everyMaskHasTheValueOfItsRowAlone(String name) {
    Path folder = folder(name);
    double tolerance = name.contains("fp16") ? HALF_TOLERANCE : TOLERANCE;
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(folder).load(2);
        OnnxSession alone = OnnxSession.open(graph(folder))) {
      for (Ablation ablation : ablations(model)) {
        check(model, alone, ablation, tolerance);
      }
    }
  }

  private static Path graph(Path folder) {
    Path graph = folder.resolve("model.onnx");
    return Files.exists(graph) ? graph : folder.resolve("onnx/model.onnx");
  }

  private static List<Ablation> ablations(TextClassifier model) {
    List<Ablation> ablations = new ArrayList<>(List.of(Ablation.REMOVE));
    if (model.maskId().isPresent()) {
      ablations.add(Ablation.MASK);
    }
    return ablations;
  }

  private static void check(
      TextClassifier model, OnnxSession alone, Ablation ablation, double tolerance) {
    TextLens lens =
        new TextLens(Unit.TOKEN, ablation, ValueFunction.LOGIT, model.labels(), List.of("0"));
    TextGame game = lens.game(model, TEXT);
    Tokens tokens = model.tokenizer().tokenize(TEXT);
    Masks masks = Masks.exhaustive(game.features());
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, values);
    double spread = 0;
    for (int r = 0; r < masks.count(); r++) {
      double[] expected = logits(alone, row(tokens, masks.row(r), model, ablation));
      for (int o = 0; o < game.outputs(); o++) {
        assertEquals(expected[o], values.get(r, o), tolerance, ablation + " " + r);
        spread = Math.max(spread, Math.abs(values.get(r, o) - values.get(0, o)));
      }
    }
    assertTrue(spread > 10 * tolerance, "the values hardly differ: " + spread);
  }

  /** The tokens under a mask; the first one of the text is kept and no feature. */
  private static int[] row(Tokens tokens, boolean[] kept, TextClassifier model, Ablation ablation) {
    List<Integer> row = new ArrayList<>();
    int feature = -1;
    for (int t = 0; t < tokens.count(); t++) {
      boolean stays = tokens.special()[t] || feature++ < 0 || kept[feature - 1];
      if (stays) {
        row.add(tokens.ids()[t]);
      } else if (ablation == Ablation.MASK) {
        row.add(model.maskId().orElseThrow());
      }
    }
    return row.stream().mapToInt(Integer::intValue).toArray();
  }

  /** One row in a batch of its own, with no padding but what a graph of one length needs. */
  private static double[] logits(OnnxSession session, int[] row) {
    TensorInfo ids = named(session.inputs(), "input_ids");
    int width = ids.shape().get(1) > 0 ? ids.shape().get(1).intValue() : row.length;
    int rows = ids.shape().get(0) > 0 ? ids.shape().get(0).intValue() : 1;
    TensorInfo logits = named(session.outputs(), "logits");
    int labels = logits.shape().get(1).intValue();
    double[] result = new double[labels];
    session.run(
        run -> {
          for (TensorInfo input : session.inputs()) {
            ByteBuffer memory = run.input(input, rows, width);
            for (int i = 0; i < rows * width; i++) {
              int t = i % width;
              int value =
                  switch (input.name()) {
                    case "input_ids" -> t < row.length ? row[t] : 0;
                    case "attention_mask" -> t < row.length ? 1 : 0;
                    case "position_ids" -> t;
                    default -> 0;
                  };
              if (input.type() == ElementType.INT64) {
                memory.putLong(8 * i, value);
              } else {
                memory.putInt(4 * i, value);
              }
            }
          }
          ByteBuffer out = run.output(logits, rows, labels);
          run.run();
          for (int c = 0; c < labels; c++) {
            result[c] =
                logits.type() == ElementType.FLOAT16
                    ? half(out.getShort(2 * c))
                    : out.getFloat(4 * c);
          }
        });
    return result;
  }

  /** Of a normal number. */
  private static double half(short bits) {
    double fraction = 1 + (bits & 0x3ff) / 1024.0;
    return Math.signum(bits + 0.5) * fraction * Math.pow(2, (bits >> 10 & 0x1f) - 15);
  }

  private static TensorInfo named(List<TensorInfo> tensors, String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow();
  }

  /** By what lies in its folder alone. */
  @ParameterizedTest
  @MethodSource("languageModels")
  void aModelThatScoresTokensIsALanguageModel(String name) {
    try (TextModel model = ModelDirectory.open(folder(name)).load(1)) {
      assertEquals(LanguageModel.class, model.getClass());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BertForTokenClassification", "BertForMaskedLM"})
  void aModelThatSaysOtherwiseIsNone(String architecture, @TempDir Path copy) throws IOException {
    Path folder = folder("gpt2-lm-ts");
    for (String file : List.of("model.onnx", "tokenizer.json", "config.json")) {
      Files.copy(folder.resolve(file), copy.resolve(file));
    }
    ObjectNode config =
        (ObjectNode) new ObjectMapper().readTree(copy.resolve("config.json").toFile());
    config.putArray("architectures").add(architecture);
    Files.writeString(copy.resolve("config.json"), config.toString());
    InputException e =
        assertThrows(InputException.class, () -> ModelDirectory.open(copy).load(1).close());
    assertTrue(e.getMessage().contains("gives logits for each token"), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
