package dev.ablate.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Language models whose probabilities a test writes down, with the words of the tiny model. */
public final class StubLanguageModel {
  private StubLanguageModel() {}

  /**
   * A model.
   *
   * @param begin begins a text; empty for nothing
   * @param ends each ends a text
   */
  public static LanguageModel of(CausalScorer scorer, OptionalInt begin, Set<Integer> ends) {
    Path folder = TinyModels.directory();
    ModelFiles files = new ModelFiles.InDirectory(folder);
    try {
      TextModel.Parts parts =
          new TextModel.Parts(
              new ModelIdentity("stub", Map.of()),
              ModelConfig.read(files),
              TextTokenizer.of(Files.readAllBytes(folder.resolve("tokenizer.json")), "stub"),
              () -> null,
              List.of(),
              2);
      return new LanguageModel(parts, scorer, new EdgeTokens(begin, ends));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
