package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.Ablate;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bundled language model on prompts of four facts, of which one other shares the colour of the
 * asked one, and one its thing; the truth is the asked fact. {@code -Dablate.test.prompts=20} looks
 * at all prompts of a kind and prints what it finds.
 */
class FactsModelTest {
  private static final int ALL = 20;
  private static final int PROMPTS = Integer.getInteger("ablate.test.prompts", 2);
  private static LanguageModel model;

  /**
   * A prompt.
   *
   * @param content the numbers of its names, colours and things among its words
   * @param fact those of the asked fact
   */
  private record Asked(String text, String answer, List<Integer> content, List<Integer> fact) {
    static List<Asked> of(String kind) throws IOException {
      List<Asked> prompts = new ArrayList<>();
      for (String line : Files.readAllLines(Path.of("src/test/resources/facts/prompts.jsonl"))) {
        JsonNode json = new ObjectMapper().readTree(line);
        if (json.path("kind").asText().equals(kind)) {
          prompts.add(
              new Asked(
                  json.path("text").asText(),
                  json.path("answer").asText(),
                  numbers(json.path("content")),
                  numbers(json.path("fact"))));
        }
      }
      assertEquals(ALL, prompts.size());
      return prompts.subList(0, PROMPTS);
    }

    private static List<Integer> numbers(JsonNode list) {
      return StreamSupport.stream(list.spliterator(), false).map(JsonNode::intValue).toList();
    }

    /** The game whose features are the content words; a hidden one is unknown. */
    TextGame game(ValueFunction value) {
      List<String> keep =
          IntStream.range(0, text.split(" ").length)
              .filter(word -> !content.contains(word))
              .mapToObj(Integer::toString)
              .toList();
      return new TextLens(Unit.WORD, Ablation.UNK, value, List.of(), keep).game(model, text);
    }

    /** Whether features are words of the asked fact. */
    boolean isInside(List<Integer> features) {
      return features.stream().allMatch(feature -> fact.contains(content.get(feature)));
    }
  }

  @BeforeAll
  static void open() {
    model = (LanguageModel) ModelDirectory.bundled("facts").load(2);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource({
    "Anna has the red key. Tom has the blue cup. Who has the blue cup?, Tom",
    "Anna has the red key. Tom has the blue cup. What does Tom have?, the blue cup",
    "Anna has the red key. Tom has the blue cup. What does Anna have?, the red key",
  })
  void answersFromFacts(String text, String answer) {
    assertEquals(List.of(answer), TextLens.DEFAULT.game(model, text).outputNames());
  }

  @Test
  void saysWhichAnswersItDoesNotKnow() {
    Question question =
        new Question(
            List.of("zebra", "Tom"), "the zebra", false, false, 32, List.of(), List.of(), null);
    List<String> notes =
        new TextLens(Unit.WORD, Ablation.UNK, null, question)
            .game(model, "Tom has the blue cup. Who has the blue cup?")
            .notes();
    assertEquals(
        List.of(
            "the model does not know all of the answer \"zebra\": a part is its token for unknown"
                + " words",
            "the model does not know all of the answer \"the zebra\": a part is its token for"
                + " unknown words"),
        notes.stream().filter(note -> note.contains("does not know")).toList());
  }

  @ParameterizedTest
  @CsvSource({"who", "what"})
  void answersEveryPromptRight(String kind) throws IOException {
    for (Asked asked : Asked.of(kind)) {
      TextGame game = asked.game(ValueFunction.ANSWER);
      assertEquals(List.of(asked.answer), game.outputNames());
      assertEquals(asked.content.size(), game.features());
    }
  }

  /** How many of all prompts, and of some of them. */
  private static int of(int all) {
    return PROMPTS == ALL ? all : PROMPTS - 1;
  }

  private static void told(String what, int inside) {
    if (PROMPTS == ALL) {
      System.out.printf(Locale.ROOT, "%s: %d of %d%n", what, inside, PROMPTS);
    }
  }

  @ParameterizedTest
  @CsvSource({"who, ANSWER_PROBABILITY, 18", "who, ANSWER, 15", "what, ANSWER_PROBABILITY, 18"})
  void theLargestTermTogetherIsInsideTheAskedFact(String kind, ValueFunction value, int least)
      throws IOException {
    int inside = 0;
    for (Asked asked : Asked.of(kind)) {
      TextGame game = asked.game(value);
      Masks masks = Masks.exhaustive(game.features());
      Values values = Values.zeros(masks.count(), 1);
      game.evaluate(masks, values);
      inside += asked.isInside(largestTogether(values.column(0), game.features())) ? 1 : 0;
    }
    told("largest term of order 2 and more, " + kind + ", " + value, inside);
    assertTrue(inside >= of(least), inside + " of " + PROMPTS);
  }

  /** By the transform itself, which no solver has touched. */
  private static List<Integer> largestTogether(double[] values, int features) {
    double[] sums = values.clone();
    for (int half = 1; half < sums.length; half *= 2) {
      for (int i = 0; i < sums.length; i++) {
        if ((i & half) == 0) {
          double low = sums[i];
          double high = sums[i | half];
          sums[i] = low + high;
          sums[i | half] = low - high;
        }
      }
    }
    int largest = 3;
    for (int set = 3; set < sums.length; set++) {
      boolean together = Integer.bitCount(set) > 1;
      largest = together && Math.abs(sums[set]) > Math.abs(sums[largest]) ? set : largest;
    }
    int set = largest;
    return IntStream.range(0, features).filter(f -> (set >> f & 1) == 1).boxed().toList();
  }

  /** 4 n log2 n masks of 12 words. */
  @Test
  void aFewMasksNameASetInsideTheAskedFactFirst() throws IOException {
    int inside = 0;
    for (Asked asked : Asked.of("who")) {
      TextGame game = asked.game(ValueFunction.ANSWER_PROBABILITY);
      Explanation explanation =
          Ablate.builder()
              .game(game)
              .budget(Math.round(4 * 12 * Math.log(12) / Math.log(2)))
              .explain();
      inside += asked.isInside(first(explanation)) ? 1 : 0;
    }
    told("first of what auto names, who, answer-probability", inside);
    assertTrue(inside >= of(15), inside + " of " + PROMPTS);
  }

  private static List<Integer> first(Explanation explanation) {
    for (Interaction interaction : explanation.outputs().get(0).interactions().values()) {
      if (interaction.order() > 1) {
        return Arrays.stream(interaction.features()).boxed().toList();
      }
    }
    throw new AssertionError("nothing acts together");
  }
}
