package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.PlantedGame;
import dev.ablate.lens.text.Ablation;
import dev.ablate.lens.text.TextLens;
import dev.ablate.lens.text.Unit;
import dev.ablate.lens.text.ValueFunction;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A journal gives its values to the game that it was begun for, and to no other. */
class JournalIdentityTest {
  private static final Ablate ENGINE = Ablate.open("host", 1);
  private static final String TEXT = "the film never fails";

  @TempDir private Path directory;
  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @BeforeEach
  void copy() throws IOException {
    TinyModels.copyTo(directory);
  }

  private Explanation explain(TextLens lens, String text) {
    try (TextModel model = ModelDirectory.open(directory).load(1)) {
      return ENGINE
          .request()
          .game(lens.game(model, text))
          .journal(folder.resolve("journal"))
          .explain();
    }
  }

  private void refuses(String part, TextLens lens, String text) throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve("journal"));
    InputException e = assertThrows(InputException.class, () -> explain(lens, text));
    assertTrue(e.getMessage().contains("the journal is of another " + part + " ("), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(folder.resolve("journal"))));
  }

  @Test
  void theSameGameFindsItsValues() {
    Explanation first = explain(TextLens.DEFAULT, TEXT);
    Explanation again = explain(TextLens.DEFAULT, TEXT);
    assertEquals(16, first.outputs().get(0).fit().evaluated());
    assertEquals(0, again.outputs().get(0).fit().evaluated());
    assertEquals(first.top(3), again.top(3));
  }

  @ParameterizedTest
  @CsvSource({
    "value,    word,  mask, probability, negative, ''",
    "ablate,   word,  unk,  log-odds,    negative, ''",
    "unit,     token, mask, log-odds,    negative, ''",
    "outputs,  word,  mask, log-odds,    positive, ''",
    "features, word,  mask, log-odds,    negative, film",
  })
  void anotherLensIsRefused(
      String part, String unit, String ablation, String value, String target, String keep)
      throws IOException {
    explain(lens("word", "mask", "log-odds", "negative", ""), TEXT);
    refuses(part, lens(unit, ablation, value, target, keep), TEXT);
  }

  @Test
  void otherKeptFeaturesAreRefused() throws IOException {
    explain(lens("word", "mask", "log-odds", "negative", "film"), TEXT);
    refuses("spans", lens("word", "mask", "log-odds", "negative", "never"), TEXT);
  }

  @Test
  void anotherSubstituteIsRefused() throws IOException {
    explain(substitute("bad"), TEXT);
    refuses("substitute", substitute("good"), TEXT);
    refuses("ablate", TextLens.DEFAULT, TEXT);
  }

  private static TextLens substitute(String text) {
    return TextLens.of(Settings.STANDARD.with(TextLens.SUBSTITUTE, text));
  }

  @Test
  void theDefaultIsWhatItChose() throws IOException {
    explain(TextLens.DEFAULT, TEXT);
    Settings mask = Settings.STANDARD.with(TextLens.ABLATE, Ablation.MASK);
    assertEquals(0, explain(TextLens.of(mask), TEXT).outputs().get(0).fit().evaluated());
  }

  @Test
  void anotherTextIsRefused() throws IOException {
    explain(TextLens.DEFAULT, TEXT);
    refuses("text", TextLens.DEFAULT, "the film never  fails");
  }

  /** Two texts that look alike are told apart by the character in which they differ. */
  @Test
  void aTextThatLooksTheSameIsTold() {
    explain(TextLens.DEFAULT, TEXT);
    String text = TEXT.replaceFirst(" ", "\u00A0");
    InputException e = assertThrows(InputException.class, () -> explain(TextLens.DEFAULT, text));
    String shown = TEXT.replaceFirst(" ", "<U+00A0>");
    assertTrue(e.getMessage().contains(TEXT), e.getMessage());
    assertTrue(e.getMessage().contains("this run has \"" + shown + "\""), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "tokenizer sha256,     tokenizer.json",
    "configuration sha256, config.json",
    "configuration sha256, generation_config.json",
    "configuration sha256, 1_Pooling/config.json",
  })
  void anotherFileOfTheModelIsRefused(String part, String file) throws IOException {
    Files.createDirectories(directory.resolve(file).getParent());
    if (!Files.exists(directory.resolve(file))) {
      Files.writeString(directory.resolve(file), "{}");
    }
    explain(TextLens.DEFAULT, TEXT);
    // The same meaning; whether a change matters is not for the journal to judge.
    Files.writeString(directory.resolve(file), "\n", StandardOpenOption.APPEND);
    refuses(part, TextLens.DEFAULT, TEXT);
  }

  @Test
  void anotherGraphIsRefused() throws IOException {
    explain(TextLens.DEFAULT, TEXT);
    // ModelProto.doc_string, field 6: "x".
    Files.write(
        directory.resolve("model.onnx"), new byte[] {0x32, 1, 'x'}, StandardOpenOption.APPEND);
    refuses("model sha256", TextLens.DEFAULT, TEXT);
  }

  @Test
  void otherWeightsInAFileOfAnyNameAreRefused() throws IOException {
    TinyModels.moveWeightsTo(directory, "numbers.of.some.name");
    explain(TextLens.DEFAULT, TEXT);
    Path weights = directory.resolve("numbers.of.some.name");
    byte[] numbers = Files.readAllBytes(weights);
    numbers[numbers.length - 1] ^= (byte) 0x80;
    Files.write(weights, numbers);
    refuses("model sha256", TextLens.DEFAULT, TEXT);
  }

  @Test
  void plantedGamesOfOtherTermsOrNoiseAreRefused() {
    PlantedGame first = PlantedGame.random(8, 5, 2, 0.1, 1);
    ENGINE.request().game(first).journal(folder.resolve("journal")).explain();
    for (PlantedGame other :
        List.of(
            PlantedGame.random(8, 5, 2, 0.1, 2),
            PlantedGame.random(8, 5, 2, 0.2, 1),
            new PlantedGame(PlantedGame.random(8, 5, 2, 0.1, 1).truth().scale(2), 0.1, 1))) {
      InputException e =
          assertThrows(
              InputException.class,
              () -> ENGINE.request().game(other).journal(folder.resolve("journal")).explain());
      assertTrue(e.getMessage().contains("the journal is of another planted"), e.getMessage());
    }
  }

  private static TextLens lens(
      String unit, String ablation, String value, String target, String keep) {
    return new TextLens(
        Unit.valueOf(unit.toUpperCase()),
        Ablation.valueOf(ablation.toUpperCase()),
        ValueFunction.valueOf(value.toUpperCase().replace('-', '_')),
        List.of(target),
        keep.isEmpty() ? List.of() : List.of(keep));
  }
}
