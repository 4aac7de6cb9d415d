package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
  private static Vocabulary of(String model) {
    String json = "{'added_tokens': [{'id': 9, 'content': 'x'}], 'model': " + model + "}";
    return new Vocabulary(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void numbersStandBesidePieces() {
    Vocabulary vocabulary =
        of("{'type': 'WordPiece', 'vocab': {'a': 3, '[UNK]': 7}, 'unk_token': '[UNK]'}");
    assertEquals(OptionalInt.of(7), vocabulary.id("[UNK]"));
    assertEquals(OptionalInt.of(7), vocabulary.unknownId());
    assertEquals(OptionalInt.empty(), vocabulary.id("x"));
  }

  @Test
  void placesAreNumbersInLists() {
    Vocabulary vocabulary =
        of("{'type': 'Unigram', 'unk_id': 1, 'vocab': [['a', -1.5], ['<unk>', 0], ['b', -2]]}");
    assertEquals(OptionalInt.of(2), vocabulary.id("b"));
    assertEquals(OptionalInt.of(1), vocabulary.unknownId());
    assertEquals(OptionalInt.empty(), vocabulary.id("c"));
  }

  @Test
  void tokensComeInTheOrderOfTheFile() {
    String model = "{'vocab': {'b': 3, 'x': null, 'a': 0, 'c': 9}}";
    List<String> seen = new ArrayList<>();
    of(model)
        .visit(
            (token, id) -> {
              seen.add(token + id);
              return id != 0;
            });
    assertEquals(List.of("b3", "a0"), seen);
  }

  @Test
  void specialTokensAreAmongTheAddedOnes() {
    String added =
        "{\"added_tokens\": [{\"id\": 4, \"content\": \"<s>\", \"special\": true},"
            + " {\"id\": 5, \"content\": \"x\", \"special\": false}], \"model\": {}}";
    assertEquals(Set.of(4), new Vocabulary(added.getBytes(StandardCharsets.UTF_8)).special());
    assertEquals(Set.of(), of("{'vocab': {'a': 4}}").special());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "{'vocab': 3, 'unk_token': null}",
        "{'vocab': {'a': 'b'}, 'unk_token': 'a'}",
        "{'vocab': [3, 4], 'unk_id': null}",
        "{'vocab': [['b'"
      })
  void whatIsNotThereIsNotFound(String model) {
    assertEquals(OptionalInt.empty(), of(model).id("a"));
    assertEquals(OptionalInt.empty(), of(model).unknownId());
  }
}
