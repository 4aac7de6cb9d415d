package dev.ablate.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.util.Collections;
import java.util.List;
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

  private static String bits(boolean[] selected) {
    StringBuilder bits = new StringBuilder();
    for (boolean bit : selected) {
      bits.append(bit ? '1' : '0');
    }
    return bits.toString();
  }
}
