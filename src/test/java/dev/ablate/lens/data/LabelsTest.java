package dev.ablate.lens.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What labels mean. */
class LabelsTest {
  @Test
  void classesStandInOrder() {
    List<String> numbers = List.of("10", "2", "2.0", "+10", "-1");
    Labels labels = Labels.of(numbers, "y", null);
    assertEquals(List.of("-1", "2", "10"), labels.classes());
    assertArrayEquals(new double[] {2, 1, 1, 2, 0}, labels.numbers(numbers, "y"));
    List<String> words = List.of("dog", "Cat", "dog", "cat");
    assertEquals(List.of("Cat", "cat", "dog"), Labels.of(words, "y", null).classes());
  }

  @Test
  void targetsHaveFractionsOrAreMany() {
    List<String> some = List.of("1.5", "2", "3,25", "1e-3");
    Labels targets = Labels.of(some, "y", null);
    assertEquals(List.of(), targets.classes());
    assertArrayEquals(new double[] {1.5, 2, 3.25, 0.001}, targets.numbers(some, "y"));
    List<String> many = IntStream.range(0, 101).mapToObj(Integer::toString).toList();
    assertEquals(List.of(), Labels.of(many, "y", null).classes());
    assertEquals(100, Labels.of(many.subList(0, 100), "y", null).classes().size());
    assertEquals(101, Labels.of(many, "y", DataSettings.Task.CLASSIFICATION).classes().size());
    assertEquals(
        List.of(), Labels.of(List.of("1", "2"), "y", DataSettings.Task.REGRESSION).classes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "n/a", "NA", "null", "?"})
  void aMissingLabelIsNamed(String missing) {
    InputException e =
        assertThrows(
            InputException.class, () -> Labels.of(List.of("a", "b", missing), "y.csv", null));
    assertEquals(
        "y.csv row 3: the label is missing (\"" + missing + "\"); fill it, or leave the row out",
        e.getMessage());
  }

  /** One word among targets does not make a class of every target. */
  @Test
  void aWordAmongTargetsIsNamed() {
    String[][] all = {{"1.5", "-", "2"}, {"1.5", "inf", "2"}, {"0", "Infinity", "1"}};
    for (String[] texts : all) {
      InputException e =
          assertThrows(
              InputException.class, () -> Labels.of(List.of(texts), "y.csv", null), texts[1]);
      assertTrue(
          e.getMessage().startsWith("y.csv row 2: \"" + texts[1] + "\" is no finite number"));
      assertEquals(
          3, Labels.of(List.of(texts), "y", DataSettings.Task.CLASSIFICATION).classes().size());
    }
    assertEquals(3, Labels.of(List.of("1", "-", "2"), "y", null).classes().size());
    assertEquals(2, Labels.of(List.of("inf", "non"), "y", null).classes().size());
  }

  @Test
  void labelsThatNoTrainingRowHas() {
    Labels labels = Labels.of(List.of("a", "b"), "y", null);
    InputException e =
        assertThrows(InputException.class, () -> labels.numbers(List.of("a", "c"), "t.csv"));
    assertTrue(e.getMessage().startsWith("t.csv row 2: \"c\" is the label of no"), e.getMessage());
    InputException word =
        assertThrows(
            InputException.class, () -> new Labels(List.of()).numbers(List.of("1", "c"), "t.csv"));
    assertTrue(word.getMessage().contains("is no number"), word.getMessage());
  }
}
