package dev.ablate.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureSelectionTest {
  private static final List<String> NAMES =
      List.of("The", "film,", "never", "fails", "the", "(film)", "7", "isn't.");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-2,7       | 11100001",
        "3           | 00010000",
        "THE         | 10001000",
        "film        | 01000100",
        "(film)      | 00000100",
        "7           | 00000001",
        "isn't, 0-0  | 10000001",
        "0-7         | 11111111",
        "film,       | 01000000",
      })
  void selectsByNumberRangeAndText(String items, String expected) {
    assertEquals(expected, bits(FeatureSelection.parse("--keep", List.of(items), NAMES)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "3-1", "2-8", "nothing", "-1", "", "1,,2"})
  void refusesWhatNamesNoFeature(String item) {
    InputException e =
        assertThrows(
            InputException.class, () -> FeatureSelection.parse("--keep", List.of(item), NAMES));
    assertTrue(
        e.getMessage()
            .endsWith(
                "it has 0 The, 1 film,, 2 never, 3 fails, 4 the, 5 (film), 6 7, 7" + " isn't."),
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$1,000             | 0000001",
        "never,$1,000,3     | 0101001",
        "Well, it was good. | 1000000",
        "1,000              | 0000010",
        "2024               | 0001000",
        "cafe\u0301        | 0010000",
        "STRASSE            | 0000100",
      })
  void namesMayHoldCommasDigitsAndAccents(String items, String expected) {
    List<String> names =
        List.of(
            "Well, it was  good.", "never", "caf\u00e9,", "2024", "stra\u00dfe", "1,000", "$1,000");
    assertEquals(expected, bits(FeatureSelection.parse("keep", List.of(items), names)));
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 100})
  void listsFewOfManyFeatures(int count) {
    InputException e =
        assertThrows(
            InputException.class,
            () -> FeatureSelection.parse("--keep", List.of("b"), Collections.nCopies(count, "a")));
    assertTrue(e.getMessage().endsWith(", 19 a ... " + (count - 1)), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0     | none",
        "1     | 0",
        "0b1010111 | 0-2,4,6",
        "-1    | 0-66",
      })
  void describesMasks(String word, String expected) {
    long low = word.startsWith("0b") ? Long.parseLong(word.substring(2), 2) : Long.parseLong(word);
    long[] words = {99, low, low < 0 ? 7 : 0};
    assertEquals(expected, FeatureSelection.describe(words, 1, 67));
  }

  @Test
  void whatMayBeNumbersOrATextIsRefused() {
    List<String> names = List.of("It", "cost", "1,0", "pounds");
    InputException e =
        assertThrows(
            InputException.class, () -> FeatureSelection.parse("keep", List.of("1,0"), names));
    assertEquals(
        "keep 1,0 may be numbers of features or the text of feature 2; give that number, or the"
            + " numbers one by one",
        e.getMessage());
    assertEquals("0010", bits(FeatureSelection.parse("keep", List.of("2"), names)));
    assertEquals("1100", bits(FeatureSelection.parse("keep", List.of("1", "0"), names)));
  }

  @ParameterizedTest
  @CsvSource({
    "n\u0435ver, never, n<U+0435>ver only looks like 0 never",
    "never, nev\u200ber, never only looks like 0 nev<U+200B>er",
    "never, \u043dever,  never only looks like 0 <U+043D>ever",
  })
  void wordsThatLookTheSameAreSpelled(String item, String name, String part) {
    InputException e =
        assertThrows(
            InputException.class,
            () -> FeatureSelection.parse("keep", List.of(item), List.of(name)));
    assertTrue(e.getMessage().contains(": " + part + "; it has 0 "), e.getMessage());
  }

  @Test
  void otherWordsAreNotSaidToLookTheSame() {
    InputException e =
        assertThrows(
            InputException.class, () -> FeatureSelection.parse("keep", List.of("8"), NAMES));
    assertTrue(!e.getMessage().contains("looks like"), e.getMessage());
  }

  private static String bits(boolean[] selected) {
    StringBuilder bits = new StringBuilder();
    for (boolean bit : selected) {
      bits.append(bit ? '1' : '0');
    }
    return bits.toString();
  }
}
