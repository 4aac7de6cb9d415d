package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tokens at the edges of a language model's texts.
 *
 * @param begin begins a text, if the model has such a token
 * @param ends each of them ends a text
 */
record EdgeTokens(OptionalInt begin, Set<Integer> ends) {
  /** What generation starts and ends with; completes and overrides the configuration. */
  private static final String GENERATION = "generation_config.json";

  private static final String CONFIG = "config.json";
  private static final String TOKENIZER = "tokenizer_config.json";

  /** The files that are read, where they are. */
  static final List<String> FILES = List.of(GENERATION, CONFIG, TOKENIZER);

  /**
   * Reads {@code generation_config.json}, else {@code config.json}, else the spellings of {@code
   * tokenizer_config.json}.
   *
   * @throws dev.ablate.code.InputException if one of them has something else than tokens there
   */
  static EdgeTokens read(ModelFiles files, TextTokenizer tokenizer) {
    List<ConfigFile> numbers =
        Stream.of(GENERATION, CONFIG)
            .filter(files::has)
            .map(file -> ConfigFile.read(files, file))
            .toList();
    List<ConfigFile> spellings =
        Stream.of(TOKENIZER).filter(files::has).map(file -> ConfigFile.read(files, file)).toList();
    OptionalInt begin = OptionalInt.empty();
    Set<Integer> ends = Set.of();
    for (ConfigFile file : numbers) {
      begin = begin.isPresent() ? begin : file.tokenNumber("bos_token_id");
      ends = ends.isEmpty() ? numbers(file, "eos_token_id") : ends;
    }
    for (ConfigFile file : spellings) {
      begin = begin.isPresent() ? begin : spelled(file, "bos_token", tokenizer);
      ends = ends.isEmpty() ? asSet(spelled(file, "eos_token", tokenizer)) : ends;
    }
    return new EdgeTokens(begin, ends);
  }

  private static OptionalInt spelled(ConfigFile file, String key, TextTokenizer tokenizer) {
    return file.token(key).map(tokenizer::id).orElse(OptionalInt.empty());
  }

  private static Set<Integer> asSet(OptionalInt id) {
    return id.isPresent() ? Set.of(id.getAsInt()) : Set.of();
  }

  /** One number, or several in a list. */
  private static Set<Integer> numbers(ConfigFile file, String key) {
    JsonNode value = file.get(key);
    if (!value.isArray()) {
      return asSet(file.tokenNumber(key));
    }
    Set<Integer> numbers = new LinkedHashSet<>();
    for (JsonNode number : value) {
      if (!number.isIntegralNumber() || !number.canConvertToInt() || number.intValue() < 0) {
        throw file.wrong(key, "the number of a token, or a list of such numbers");
      }
      numbers.add(number.intValue());
    }
    return numbers;
  }
}
