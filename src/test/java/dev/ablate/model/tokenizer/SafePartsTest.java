package dev.ablate.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ablate.model.TinyTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafePartsTest {
  private static boolean safe(byte[] json) {
    return SafeParts.all(TokenizerFile.read(json, "tokenizer.json"));
  }

  private static boolean safe(String part, String json) {
    return safe(TinyTokenizer.with(part, json));
  }

  @Test
  void theBundledTokenizerRunsInThisProcess() throws IOException {
    try (InputStream in =
        SafePartsTest.class.getResourceAsStream("/dev/ablate/models/sentiment/tokenizer.json")) {
      Assumptions.assumeTrue(in != null, "this build bundles no model");
      assertTrue(safe(in.readAllBytes()));
    }
  }

  @Test
  void theUsualFamiliesRunInThisProcess() throws IOException {
    Path shared = Path.of(System.getProperty("ablate.shared", "../shared")).resolve("models");
    Assumptions.assumeTrue(Files.isDirectory(shared), "no shared models in " + shared);
    try (Stream<Path> files = Files.walk(shared)) {
      List<Path> tokenizers = files.filter(f -> f.endsWith("tokenizer.json")).toList();
      assertFalse(tokenizers.isEmpty());
      for (Path file : tokenizers) {
        assertTrue(safe(Files.readAllBytes(file)), file.toString());
      }
    }
  }

  static Stream<Arguments> known() {
    return Stream.of(
        arguments("normalizer", "null"),
        arguments(
            "normalizer",
            "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \" {2,}\"},"
                + " \"content\": \"▁\"}"),
        arguments(
            "normalizer",
            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFKC\"},"
                + " {\"type\": \"Prepend\", \"prepend\": \"▁\"},"
                + " {\"type\": \"Strip\", \"strip_left\": true, \"strip_right\": false}]}"),
        arguments(
            "pre_tokenizer",
            "{\"type\": \"Metaspace\", \"replacement\": \"▁\","
                + " \"prepend_scheme\": \"always\", \"split\": true}"),
        arguments(
            "pre_tokenizer",
            "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\":"
                + " {\"Regex\": \"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r"
                + "\\\\n"
                + "\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r"
                + "\\\\n"
                + "]*|\\\\s*[\\\\r"
                + "\\\\n"
                + "]+|\\\\s+(?!\\\\S)|\\\\s+\"}, \"behavior\": \"Isolated\", \"invert\": false},"
                + " {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true,"
                + " \"use_regex\": false}]}"),
        arguments(
            "post_processor",
            "{\"type\": \"RobertaProcessing\", \"sep\": [\"[SEP]\", 3],"
                + " \"cls\": [\"[CLS]\", 2], \"trim_offsets\": true, \"add_prefix_space\": false}"),
        arguments(
            "truncation",
            "{\"direction\": \"Right\", \"max_length\": 8, \"strategy\":"
                + " \"LongestFirst\", \"stride\": 0}"),
        arguments(
            "added_tokens",
            "[{\"id\": 4, \"content\": \"[MASK]\", \"single_word\": false, \"lstrip\": true,"
                + " \"rstrip\": false, \"normalized\": true, \"special\": true}]"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("known")
  void knownPartsRunInThisProcess(String part, String json) {
    assertTrue(safe(part, json));
  }

  static Stream<Arguments> unknown() {
    String spaces = "\"single_word\": false, \"normalized\": false, \"special\": true}";
    return Stream.of(
        arguments("normalizer", "{\"type\": \"Unheard\"}"),
        arguments("normalizer", "{\"lowercase\": true}"),
        arguments("normalizer", "{\"type\": \"Lowercase\", \"precompiled_charsmap\": \"\"}"),
        arguments("normalizer", "{\"type\": \"Prepend\", \"prepend\": \"\"}"),
        arguments("normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"\"}"),
        arguments(
            "normalizer",
            "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"(x+x+)+y\"},"
                + " \"content\": \"a\"}"),
        arguments(
            "normalizer",
            "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}," + " \"content\": \"aa\"}"),
        arguments(
            "normalizer",
            "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}," + " \"content\": \"\"}"),
        arguments(
            "normalizer",
            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"ByteLevel\"},"
                + " {\"type\": \"ByteLevel\"}]}"),
        arguments("pre_tokenizer", "{\"type\": \"FixedLength\", \"length\": 5}"),
        arguments(
            "pre_tokenizer",
            "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a+\"},"
                + " \"behavior\": \"Isolated\", \"invert\": false}"),
        arguments("post_processor", "{\"sep\": [\"[SEP]\", 3], \"cls\": [\"[CLS]\", 2]}"),
        arguments(
            "decoder",
            "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"a\"}, \"content\":" + " \"b\"}"),
        arguments(
            "decoder",
            "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \"aa\"}"),
        arguments("decoder", "{\"type\": \"BPEDecoder\", \"suffix\": \"\"}"),
        arguments(
            "decoder",
            "{\"type\": \"CTC\", \"pad_token\": \"p\", \"word_delimiter_token\": \"\","
                + " \"cleanup\": true}"),
        arguments(
            "decoder", "{\"type\": \"Strip\", \"content\": \" \", \"start\": 0, \"stop\": 1}"),
        arguments(
            "decoder", "{\"type\": \"Fuse\", \"a\": " + "[".repeat(200) + "]".repeat(200) + "}"),
        arguments("padding", "{\"strategy\": {\"Fixed\": 99999999999}}"),
        arguments(
            "added_tokens",
            "[{\"id\": 0, \"content\": \"[PAD]\", \"rstrip\": true,"
                + " \"lstrip\": false, "
                + spaces
                + ", {\"id\": 1, \"content\": \"  \", \"rstrip\": false,"
                + " \"lstrip\": true, "
                + spaces
                + "]"),
        arguments(
            "model",
            "{\"type\": \"BPE\", \"continuing_subword_prefix\": \"##\","
                + " \"vocab\": {\"a\": 0}, \"merges\": []}"),
        arguments("model", "{\"type\": \"BPE\", \"vocab\": {\"a\": 0.5}, \"merges\": []}"),
        arguments(
            "model",
            "{\"type\": \"WordPiece\", \"unk_token\": \"a\", \"vocab\": {\"a\": 0},"
                + " \"continuing_subword_prefix\": \"##\", \"max_input_chars_per_word\": 1000000}"),
        arguments(
            "model",
            "{\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\""
                + "a".repeat(300)
                + "\", 0]]}"),
        arguments("model", "{\"unk_token\": \"a\", \"vocab\": {\"a\": 0}}"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("unknown")
  void unknownPartsDoNot(String part, String json) {
    assertFalse(safe(part, json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "\"\\\\ud800\""})
  void decodersThatOnlyTheLibraryRefusesDoNot(String prefix) {
    String plain = TinyTokenizer.text();
    String spoilt = plain.replaceFirst("\"prefix\": ?\"##\"", "\"prefix\": " + prefix);
    assertNotEquals(plain, spoilt);
    assertFalse(safe(spoilt.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void longRunsAreNoBurdenToTheKnownExpressions() throws Encoder.Refusal {
    for (String split : SafeParts.SPLITS) {
      String part =
          "{\"type\": \"Split\", \"pattern\": {\"Regex\": \""
              + split.replace("\\", "\\\\")
              + "\"}, \"behavior\": \"Isolated\", \"invert\": false}";
      try (Encoder encoder =
          Encoders.open(TinyTokenizer.with("pre_tokenizer", part), "tokenizer.json")) {
        assertEquals(NativeEncoder.class, encoder.getClass());
        for (String run : new String[] {" ", "x", "!", "\u0660", "\n"}) {
          String text = "good" + run.repeat(200_000) + " never";
          assertTrue(encoder.encode(text, false).pieces().length > 1, run);
        }
      }
    }
  }
}
