package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.TextLens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
  @TempDir private Path directory;

  @BeforeEach
  void copy() throws IOException {
    TinyModels.copyTo(directory);
  }

  @Test
  void loadsAModel() {
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(List.of("negative", "positive"), model.labels());
      assertEquals(OptionalInt.of(4), model.maskId());
      assertEquals(OptionalInt.of(1), model.unkId());
      assertEquals(32, model.maxTokens());
      assertEquals(directory.toString(), model.name());
    }
  }

  @Test
  void aGraphWithAllItsWeightsHasItsOwnHash() throws Exception {
    byte[] graph = Files.readAllBytes(directory.resolve("model.onnx"));
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(graph));
    assertEquals(hash, ModelDirectory.open(directory).identity().sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.onnx_data", "weights.bin", "some.other.name"})
  void weightsOfAnyNameAreHashed(String weights) throws IOException {
    TinyModels.moveWeightsTo(directory, weights);
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(List.of("negative", "positive"), model.labels());
    }
    String before = ModelDirectory.open(directory).identity().sha256();
    byte[] numbers = Files.readAllBytes(directory.resolve(weights));
    numbers[numbers.length - 1] ^= 0x40;
    Files.write(directory.resolve(weights), numbers);
    assertNotEquals(before, ModelDirectory.open(directory).identity().sha256());
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    fails(
        () -> ModelDirectory.open(directory.resolve("nowhere")),
        "there is no model directory " + directory.resolve("nowhere"));
    fails(
        () -> ModelDirectory.open(directory.resolve("model.onnx")),
        "model.onnx is a file; name the folder that holds model.onnx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.onnx", "tokenizer.json", "config.json"})
  void saysWhichFileIsMissing(String file) throws IOException {
    Files.delete(directory.resolve(file));
    fails(() -> ModelDirectory.open(directory), directory + " has no " + file + "; it needs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.onnx     | model.onnx is no ONNX graph, or only a part of one",
        "tokenizer.json | tokenizer.json is no tokenizer: ",
        "config.json    | config.json is no JSON: "
      })
  void saysWhichFileIsBroken(String file, String part) throws IOException {
    Files.writeString(directory.resolve(file), "{broken");
    fails(() -> ModelDirectory.open(directory).load(1).close(), part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]                              | holds no JSON object",
        "{'id2label': {'1':'a','2':'b'}} | has 2 labels in id2label but none with the number 0",
        "{'id2label': {'0':'a','2':'b'}} | none with the number 1",
        "{'id2label': {'0':'a','1':null}} | has null as the label 1 in id2label, which is no text",
        "{'id2label': ['a','b']} | has [\"a\",\"b\"] as id2label; give an object",
        "{'id2label': {'0':'a','1':'b','2':'c'}} | names 3 labels but"
      })
  void refusesOtherLabels(String config, String part) throws IOException {
    writeConfig(config);
    fails(() -> ModelDirectory.open(directory).load(1).close(), part);
  }

  @Test
  void labelsWithoutNamesAreNumbered() throws IOException {
    writeConfig("{}");
    Files.copy(
        TinyModels.graph("three-labels"),
        directory.resolve("model.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(List.of("LABEL_0", "LABEL_1", "LABEL_2"), model.labels());
      assertEquals(Integer.MAX_VALUE, model.maxTokens());
      assertEquals(OptionalInt.of(4), model.maskId());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'max_position_embeddings': 514, 'model_type': 'roberta', 'pad_token_id': 1} | 514",
        "{'max_position_embeddings': 512, 'model_type': 'distilbert', 'pad_token_id': 0} | 512"
      })
  void knowsHowManyTokensFit(String config, int expected) throws IOException {
    writeConfig(config);
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(expected, model.maxTokens());
    }
  }

  @Test
  void readsTheTokenizersOwnFiles() throws IOException {
    writeConfig("{'max_position_embeddings': 512}");
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"model_max_length\": 20, \"mask_token\": {\"content\": \"good\"}}");
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(20, model.maxTokens());
      assertEquals(OptionalInt.of(TinyModels.id("good")), model.maskId());
    }
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"model_max_length\": 1e30}");
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(512, model.maxTokens());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'max_position_embeddings': 'x'} | has \"x\" as max_position_embeddings; give a whole",
        "{'max_position_embeddings': -1} | has -1 as max_position_embeddings",
        "{'max_position_embeddings': 0} | has 0 as max_position_embeddings",
        "{'max_position_embeddings': 1.5} | has 1.5 as max_position_embeddings",
        "{'n_positions': [64]} | has [64] as n_positions",
        "{'n_positions': NaN} | as n_positions",
        "{'vocab_size': true} | has true as vocab_size",
        "{'pad_token_id': '0'} | has \"0\" as pad_token_id; give the number of a token",
        "{'pad_token_id': 1.5} | has 1.5 as pad_token_id",
        "{'pad_token_id': 4294967296} | has 4294967296 as pad_token_id",
        "{'mask_token': 5} | has 5 as mask_token; give the token's spelling",
        "{'unk_token': {'id': 1}} | has {\"id\":1} as unk_token",
        "{'id2label': 'positive'} | has \"positive\" as id2label; give an object",
        "{'problem_type': 'ranking'} | has \"ranking\" as problem_type; give single_label",
        "{'problem_type': 3} | has 3 as problem_type",
        "{} {} | holds more after the end of its JSON value",
        "{} } | is no JSON",
        "{}garbage | is no JSON"
      })
  void refusesValuesOfTheWrongType(String config, String part) throws IOException {
    writeConfig(config);
    fails(() -> ModelDirectory.open(directory), part.replace("''", "'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'initializer_range': NaN, 'other': Infinity}",
        "{'max_position_embeddings': null, 'pad_token_id': null, 'id2label': null}",
        "{'mask_token': null, 'problem_type': null, 'vocab_size': 36}"
      })
  void takesWhatPythonWrites(String config) throws IOException {
    writeConfig(config);
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(List.of("LABEL_0", "LABEL_1"), model.labels());
    }
  }

  @Test
  void aLabelMayBeANumber() throws IOException {
    writeConfig("{'id2label': {'0': 7, '1': 1.5}}");
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(List.of("7", "1.5"), model.labels());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.onnx",
        "tokenizer.json",
        "config.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "weights.bin"
      })
  void saysThatAFileIsAPointer(String file) throws IOException {
    TinyModels.moveWeightsTo(directory, "weights.bin");
    Files.writeString(
        directory.resolve(file),
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 438\n");
    fails(
        () -> ModelDirectory.open(directory).load(1).close(),
        directory.resolve(file) + " is a Git-LFS pointer and not the file itself; fetch it with");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../weights", "/weights", "a/../../weights", "..//"})
  void weightsStayInTheFolder(String weights) throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    TinyModels.copyTo(model);
    rename(model, weights);
    fails(
        () -> ModelDirectory.open(model).load(1).close(),
        "outside of its folder; put them beside it");
    fails(() -> ModelDirectory.open(model).identity(), "outside of its folder; put them beside it");
  }

  /** Names another file of weights of the same length in the graph. */
  private static void rename(Path model, String weights) throws IOException {
    Path graph = model.resolve("model.onnx");
    String name = weights + "_".repeat(40 - weights.length());
    TinyModels.moveWeightsTo(model, name.replace('/', '|'));
    byte[] bytes = Files.readAllBytes(graph);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    text = text.replace(name.replace('/', '|'), name);
    Files.write(graph, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void saysWhichWeightsAreMissing() throws IOException {
    TinyModels.moveWeightsTo(directory, "weights.bin");
    Files.delete(directory.resolve("weights.bin"));
    String part = "names weights, weights.bin, that are not there; put them beside the graph";
    fails(() -> ModelDirectory.open(directory).load(1).close(), part);
    fails(() -> ModelDirectory.open(directory).identity(), part);
  }

  @Test
  void saysThatWeightsAreALinkOutOfTheFolder() throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    TinyModels.copyTo(model);
    TinyModels.moveWeightsTo(model, "weights.bin");
    Path elsewhere = directory.resolve("elsewhere.bin");
    Files.move(model.resolve("weights.bin"), elsewhere);
    Files.createSymbolicLink(model.resolve("weights.bin"), elsewhere);
    fails(
        () -> ModelDirectory.open(model).load(1).close(),
        "that are a link out of its folder, which ONNX Runtime does not follow; copy the folder");
    Path link = Files.createSymbolicLink(directory.resolve("link"), model);
    Files.delete(model.resolve("weights.bin"));
    Files.move(elsewhere, model.resolve("weights.bin"));
    ModelDirectory.open(link).load(1).close();
  }

  @Test
  void findsTheGraphWhereTheHubHasIt() throws IOException {
    TinyModels.moveWeightsTo(directory, "weights.bin");
    String there = ModelDirectory.open(directory).identity().sha256();
    Path folder = Files.createDirectory(directory.resolve("onnx"));
    for (String file : List.of("model.onnx", "weights.bin")) {
      Files.move(directory.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("model_quantized.onnx"), "not looked at");
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(there, model.identity().sha256());
      assertEquals(List.of(), model.notes());
    }
    fails(
        () -> ModelDirectory.open(folder),
        "has no tokenizer.json; it needs model.onnx, tokenizer.json and config.json, as"
            + " optimum-cli export onnx writes them; "
            + directory
            + " has it, so name that folder");
  }

  @Test
  void aGraphOfAnotherNameServesIfItIsTheOnlyOne() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("onnx"));
    Files.move(directory.resolve("model.onnx"), folder.resolve("model_quantized.onnx"));
    try (TextClassifier model = (TextClassifier) ModelDirectory.open(directory).load(1)) {
      assertEquals(
          List.of("the graph is onnx/model_quantized.onnx, the only one of the model directory"),
          model.notes());
    }
    Files.copy(folder.resolve("model_quantized.onnx"), directory.resolve("model_fp16.onnx"));
    fails(
        () -> ModelDirectory.open(directory),
        "has no model.onnx but model_fp16.onnx, onnx/model_quantized.onnx; name the one that is"
            + " meant model.onnx");
  }

  private void writeConfig(String json) throws IOException {
    Files.writeString(directory.resolve("config.json"), json.replace('\'', '"'));
  }

  private static void fails(Executable opening, String part) {
    InputException e = assertThrows(InputException.class, opening);
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  /** A typed answer of the wrong kind is no answer: "false" would pass for yes or for no. */
  @ParameterizedTest
  @ValueSource(strings = {"\"yes\"", "1", "[true]", "{}"})
  void refusesAPoolingThatIsNeitherTrueNorFalse(String value) throws IOException {
    Files.createDirectory(directory.resolve("1_Pooling"));
    Files.writeString(
        directory.resolve("1_Pooling/config.json"), "{\"pooling_mode_cls_token\": " + value + "}");
    ModelFiles files = new ModelFiles.InDirectory(directory);
    InputException e = assertThrows(InputException.class, () -> PoolingFile.read(files));
    assertTrue(e.getMessage().contains("give true or false"), e.getMessage());
  }

  /** Texts do without a template, whatever stands in its place; a chat names it. */
  @Test
  void aTemplateIsReadForChatsAlone() throws IOException {
    TinyModels.copyTo(directory);
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"chat_template\": []}");
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
      assertEquals(3, TextLens.DEFAULT.game(model, "never fails good").features());
      InputException e = assertThrows(InputException.class, model::chatTemplate);
      assertTrue(e.getMessage().contains("chat_template"), e.getMessage());
    }
  }
}
