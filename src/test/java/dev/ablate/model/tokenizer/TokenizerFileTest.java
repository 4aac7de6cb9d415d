package dev.ablate.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ablate.code.InputException;
import dev.ablate.model.TinyTokenizer;
import dev.ablate.model.tokenizer.TokenizerFile.VocabularySummary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are refused before the library sees them. */
class TokenizerFileTest {
  private static final String TEMPLATE =
      "{\"type\": \"TemplateProcessing\", \"pair\": [], \"single\": [%s], \"special_tokens\":"
          + " {\"X\": {\"id\": \"X\", \"ids\": [%s], \"tokens\": [%s]}}}";

  private static final String X = "{\"SpecialToken\": {\"id\": \"X\", \"type_id\": 0}}";
  private static final String A = "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}";

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] vocabulary(String vocabulary) {
    return TinyTokenizer.with(
        "model", "{\"type\": \"WordLevel\", \"unk_token\": \"a\", \"vocab\": " + vocabulary + "}");
  }

  private static byte[] template(String single, String ids, String tokens) {
    return TinyTokenizer.with("post_processor", TEMPLATE.formatted(single, ids, tokens));
  }

  static Stream<Arguments> spoilt() {
    byte[] whole = TinyTokenizer.plain();
    byte[] latin = "{\"model\": \"caf_\"}".getBytes(StandardCharsets.US_ASCII);
    latin[latin.length - 3] = (byte) 0xE9;
    return Stream.of(
        arguments("it is not UTF-8 at byte 14", latin),
        arguments("it begins with a byte order mark", utf8("\uFEFF{}")),
        arguments("it is no JSON: Unexpected end-of-input", Arrays.copyOf(whole, whole.length / 2)),
        arguments("at line 1, column 2", utf8("\0")),
        arguments("it is no JSON: Illegal unquoted character", utf8("{\"version\": \"a\0b\"}")),
        arguments("it is no JSON", utf8("{\"model\": " + "[".repeat(5000))),
        arguments(
            "Name length (50001) exceeds the maximum allowed (50000)",
            utf8("{\"model\": {\"vocab\": {\"" + "b".repeat(50_001) + "\": 0}}}")),
        arguments(
            "Number value length (1500) exceeds the maximum allowed (1000)",
            utf8("{\"model\": {\"vocab\": {\"b\": " + "9".repeat(1500) + "}}}")),
        arguments("Duplicate field 'model'", utf8("{\"model\": {}, \"model\": {}}")),
        arguments("Duplicate field 'b'", utf8("{\"model\": {\"vocab\": {\"b\": 0, \"b\": 1}}}")),
        arguments("something follows its JSON object", utf8("{} {}")),
        arguments("it has no model", utf8("{\"model\": 3}")),
        arguments(
            "merges at random (dropout 0.1 of its model)",
            TinyTokenizer.with(
                "model",
                "{\"type\": \"BPE\", \"dropout\": 0.1, \"vocab\": {\"a\": 0}, \"merges\": []}")),
        arguments(
            "the token \"b\" a number that is not one of 0 to 2147483647",
            vocabulary("{\"a\": 0, \"b\": 4294967295}")),
        arguments("the token \"b\" a number", vocabulary("{\"a\": 0, \"b\": -1}")),
        arguments("the token \"b\" a number", vocabulary("{\"b\": 123456789012345678901234}")),
        arguments(
            "the token \"b\" a number",
            TinyTokenizer.with("added_tokens", "[{\"id\": 2147483648, \"content\": \"b\"}]")),
        arguments(
            "the token \"C\" a number",
            TinyTokenizer.with(
                "post_processor",
                "{\"type\": \"Sequence\", \"processors\": [{\"type\": \"BertProcessing\","
                    + " \"sep\": [\"S\", 1], \"cls\": [\"C\", 4000000000]}]}")),
        arguments("X of its post_processor has 1 ids and 0 tokens", template(A, "1", "")),
        arguments("X of its post_processor has 0 ids and 0 tokens", template(A, "", "")),
        arguments("the token \"Y\" a number", template(A, "1, 3000000000", "\"X\", \"Y\"")),
        arguments(
            "adds the token Y, which is not among its special_tokens",
            template(X.replace('X', 'Y') + "," + A, "1", "\"X\"")),
        arguments("wants a second text", template(A.replace('A', 'B'), "1", "\"X\"")),
        arguments("has 0 places for the text", template(X, "1", "\"X\"")),
        arguments("has 2 places for the text", template(A + "," + A, "1", "\"X\"")),
        arguments(
            "pieces of the length 0",
            TinyTokenizer.with(
                "pre_tokenizer",
                "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"FixedLength\","
                    + " \"length\": 0}]}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spoilt")
  void spoiltFilesAreRefusedInOneLine(String reason, byte[] json) {
    InputException e =
        assertThrows(InputException.class, () -> Encoders.open(json, "folder/tokenizer.json"));
    assertTrue(
        e.getMessage().startsWith("folder/tokenizer.json is no tokenizer: "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().length() < 600, e.getMessage());
  }

  @Test
  void aReasonHasABearableLength() {
    InputException e =
        assertThrows(
            InputException.class,
            () -> TokenizerFile.read(vocabulary("{\"" + "b".repeat(5000) + "\": -1}"), "t"));
    assertTrue(e.getMessage().length() < 600, e.getMessage());
  }

  @Test
  void vocabulariesAreLookedAt() {
    assertEquals(
        new VocabularySummary(VocabularySummary.Kind.NUMBERS, 3),
        TokenizerFile.read(vocabulary("{\"a\": 0, \"abc\": 1}"), "t").vocabulary());
    assertEquals(
        new VocabularySummary(VocabularySummary.Kind.SCORES, 2),
        TokenizerFile.read(vocabulary("[[\"a\", 0], [\"ab\", -1.5]]"), "t").vocabulary());
    for (String odd :
        new String[] {
          "3",
          "{\"a\": [1, {\"b\": 2}]}",
          "[[\"a\"]]",
          "[[\"a\", 1, 2]]",
          "[[[\"a\", 1]]]",
          "[3]",
          "[[\"a\", 1], {\"b\": [1]}]",
          "[[\"a\", \"b\"]]",
          "[[1, 2], [\"a\", 1]]"
        }) {
      TokenizerFile file = TokenizerFile.read(vocabulary(odd), "t");
      assertEquals(VocabularySummary.Kind.OTHER, file.vocabulary().kind(), odd);
      assertEquals("WordLevel", file.model().path("type").asText(), odd);
    }
  }
}
