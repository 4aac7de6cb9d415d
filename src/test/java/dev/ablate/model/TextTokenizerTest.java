package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.model.TextTokenizer.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTokenizerTest {
  private TextTokenizer tokenizer;

  @BeforeEach
  void open() throws IOException {
    byte[] json = Files.readAllBytes(TinyModels.directory().resolve("tokenizer.json"));
    tokenizer = TextTokenizer.of(json, "tokenizer.json");
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void givesPiecesAndSpansInUtf16() {
    // The emoji takes two UTF-16 units, the accent of "café" is a unit of its own
    // that the tokenizer drops.
    String text = "\uD83D\uDE00 It isn't Cafe\u0301";
    Tokens tokens = tokenizer.tokenize(text);
    assertArrayEquals(
        new String[] {"[CLS]", "[UNK]", "it", "isn", "'", "t", "cafe", "[SEP]"}, tokens.pieces());
    String[] said = new String[tokens.count()];
    for (int t = 0; t < said.length; t++) {
      said[t] = text.substring(tokens.starts()[t], tokens.ends()[t]);
      assertEquals(TinyModels.id(tokens.pieces()[t]), tokens.ids()[t]);
      assertEquals(t == 0 || t == said.length - 1, tokens.special()[t]);
    }
    assertArrayEquals(new String[] {"", "\uD83D\uDE00", "It", "isn", "'", "t", "Cafe", ""}, said);
  }

  @Test
  void neverCutsOrPads() {
    // The file asks to cut at 8 tokens and to pad to 8.
    assertEquals(3, tokenizer.tokenize("good").count());
    assertEquals(42, tokenizer.tokenize("good ".repeat(40)).count());
  }

  @Test
  void tokensMayBeSplitOffWithoutSpecialOnesAndJoinedAgain() {
    Tokens tokens = tokenizer.tokenize("never isn [MASK]", false);
    assertArrayEquals(new String[] {"never", "isn", "[MASK]"}, tokens.pieces());
    assertEquals(6, tokens.starts()[1]);
    assertEquals("never isn", tokenizer.decode(tokens.ids()));
    assertEquals("playing", tokenizer.decode(tokenizer.tokenize("playing").ids()));
    assertEquals("", tokenizer.decode(new int[0]));
    assertEquals("", tokenizer.decode(tokenizer.tokenize("").ids()));
    assertEquals("never", tokenizer.decode(new int[] {tokens.ids()[0], 1_000_000}));
  }

  @Test
  void knowsTheNumbersOfTokens() {
    assertEquals(OptionalInt.of(4), tokenizer.id("[MASK]"));
    assertEquals(OptionalInt.of(1), tokenizer.id("[UNK]"));
    assertEquals(OptionalInt.empty(), tokenizer.id("<mask>"));
    assertEquals(OptionalInt.empty(), tokenizer.id("nowhere"));
  }

  @Test
  void aTextMayNameSpecialTokens() {
    Tokens tokens = tokenizer.tokenize("[MASK]");
    assertEquals(TinyModels.id("[MASK]"), tokens.ids()[1]);
    assertFalse(tokens.special()[1]);
  }

  @Test
  void aVocabularyWithoutUnknownWordsRefusesThem() {
    String json =
        "{\"version\": \"1.0\", \"added_tokens\": [], \"pre_tokenizer\": {\"type\":"
            + " \"Whitespace\"}, \"model\": {\"type\": \"WordLevel\", \"vocab\": {\"good\": 7},"
            + " \"unk_token\": \"[UNK]\"}}";
    try (TextTokenizer small =
        TextTokenizer.of(json.getBytes(StandardCharsets.UTF_8), "small.json")) {
      assertArrayEquals(new int[] {7, 7}, small.tokenize("good good").ids());
      assertEquals(OptionalInt.empty(), small.id("[MASK]"));
      InputException e = assertThrows(InputException.class, () -> small.tokenize("bad"));
      assertTrue(e.getMessage().contains("small.json"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "no json", "{\"model\": {\"type\": \"Unheard\"}}"})
  void refusesWhatIsNoTokenizer(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    InputException e =
        assertThrows(InputException.class, () -> TextTokenizer.of(bytes, "odd.json"));
    assertTrue(e.getMessage().startsWith("odd.json is no tokenizer: "), e.getMessage());
  }

  @Test
  void refusesWhatLiesOutsideOfTheText() {
    // The bytes of the suffix are tokens of their own, behind the end of the text.
    String model =
        "{\"type\": \"BPE\", \"byte_fallback\": true, \"end_of_word_suffix\": \"</w>\","
            + " \"vocab\": {\"<0xC3>\": 0, \"<0xA9>\": 1, \"<0x3C>\": 2, \"<0x2F>\": 3,"
            + " \"<0x77>\": 4, \"<0x3E>\": 5}, \"merges\": []}";
    try (TextTokenizer odd = TextTokenizer.of(TinyTokenizer.with("model", model), "odd.json")) {
      InputException e = assertThrows(InputException.class, () -> odd.tokenize("<"));
      assertTrue(e.getMessage().contains("where the text has no characters"), e.getMessage());
    }
  }

  @Test
  void refusesAMillionCharacters() {
    InputException e =
        assertThrows(InputException.class, () -> tokenizer.tokenize("good ".repeat(300_000)));
    assertTrue(e.getMessage().contains("1500000 characters"), e.getMessage());
  }

  @Test
  void aClosedTokenizerSaysSo() {
    tokenizer.close();
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> tokenizer.tokenize("good"));
    assertTrue(e.getMessage().contains("is closed"), e.getMessage());
  }
}
