package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.IOException;
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
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
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
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
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
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
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
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
      assertEquals(expected, model.maxTokens());
    }
  }

  @Test
  void readsTheTokenizersOwnFiles() throws IOException {
    writeConfig("{'max_position_embeddings': 512}");
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"model_max_length\": 20, \"mask_token\": {\"content\": \"good\"}}");
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
      assertEquals(20, model.maxTokens());
      assertEquals(OptionalInt.of(TinyModels.id("good")), model.maskId());
    }
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"model_max_length\": 1e30}");
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
      assertEquals(512, model.maxTokens());
    }
  }

  private void writeConfig(String json) throws IOException {
    Files.writeString(directory.resolve("config.json"), json.replace('\'', '"'));
  }

  private static void fails(Executable opening, String part) {
    InputException e = assertThrows(InputException.class, opening);
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }
}
