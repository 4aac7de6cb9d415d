package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Span;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextLensTest {
  private static final String TEXT = "Her acting never fails, isn't it? Good movie.";
  private static final List<String> LABELS = List.of("negative", "neutral", "positive");

  /** Float32 against double: up to 30 terms below 5. */
  private static final double TOLERANCE = 1e-4;

  @TempDir private static Path directory;
  private static TextModel model;

  @BeforeAll
  static void open() throws IOException {
    TinyModels.copyTo(directory);
    Files.copy(
        TinyModels.graph("three-labels"),
        directory.resolve("model.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
    writeConfig(directory, "'mask_token': '[MASK]'");
    model = ModelDirectory.open(directory).load(2);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static void writeConfig(Path directory, String more) throws IOException {
    String json =
        "{'id2label': {'0': 'negative', '1': 'neutral', '2': 'positive'},"
            + " 'max_position_embeddings': 32, "
            + more
            + "}";
    Files.writeString(directory.resolve("config.json"), json.replace('\'', '"'));
  }

  /** The tokens of each feature, written down by hand. */
  private static List<List<String>> groups(Unit unit) {
    return switch (unit) {
      case WORD ->
          List.of(
              List.of("her"),
              List.of("acting"),
              List.of("never"),
              List.of("fails", ","),
              List.of("isn", "'", "t"),
              List.of("it", "?"),
              List.of("good"),
              List.of("movie", "."));
      case TOKEN -> groups(Unit.WORD).stream().flatMap(List::stream).map(List::of).toList();
      case SENTENCE ->
          List.of(
              groups(Unit.WORD).subList(0, 6).stream().flatMap(List::stream).toList(),
              groups(Unit.WORD).subList(6, 8).stream().flatMap(List::stream).toList());
      default -> throw new IllegalArgumentException("not cut by hand: " + unit);
    };
  }

  private static List<String> ablate(List<List<String>> groups, boolean[] kept, Ablation how) {
    List<String> tokens = new ArrayList<>(List.of("[CLS]"));
    for (int f = 0; f < kept.length; f++) {
      tokens.addAll(kept[f] ? groups.get(f) : inPlaceOf(groups.get(f).size(), how));
    }
    tokens.add("[SEP]");
    return tokens;
  }

  private static List<String> inPlaceOf(int tokens, Ablation how) {
    return switch (how) {
      case AUTO, MASK -> Collections.nCopies(tokens, "[MASK]");
      case UNK -> Collections.nCopies(tokens, "[UNK]");
      case REMOVE -> List.of();
      case SUBSTITUTE -> List.of("not", "bad");
    };
  }

  private static double value(double[] logits, int label, ValueFunction value) {
    double all = 0;
    for (double logit : logits) {
      all += Math.exp(logit);
    }
    double own = Math.exp(logits[label]);
    return switch (value) {
      case LOGIT -> logits[label];
      case PROBABILITY -> own / all;
      case LOG_ODDS -> Math.log(own / (all - own));
    };
  }

  static Stream<Arguments> ways() {
    return Stream.of(Unit.WORD, Unit.TOKEN, Unit.SENTENCE)
        .flatMap(
            unit ->
                Stream.of(Ablation.values())
                    .flatMap(
                        how ->
                            Stream.of(ValueFunction.values())
                                .map(value -> Arguments.of(unit, how, value))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyMaskHasTheValueOfTheFormula(Unit unit, Ablation how, ValueFunction value) {
    String substitute = how == Ablation.SUBSTITUTE ? "not bad" : null;
    TextLens lens = new TextLens(unit, how, value, List.of("positive", "0"), List.of(), substitute);
    TextGame game = lens.game(model, TEXT);
    List<List<String>> groups = groups(unit);
    assertEquals(groups.size(), game.features());
    assertEquals(List.of("positive", "negative"), game.outputNames());
    Masks masks = Masks.exhaustive(game.features());
    Values values = Values.zeros(masks.count(), 2);
    game.evaluate(masks, values);
    for (int m = 0; m < masks.count(); m++) {
      double[] logits = TinyModels.logits(ablate(groups, masks.row(m), how), 3);
      assertEquals(value(logits, 2, value), values.get(m, 0), TOLERANCE);
      assertEquals(value(logits, 0, value), values.get(m, 1), TOLERANCE);
    }
  }

  @Test
  void namesFeaturesAndSaysWhereTheyAre() {
    TextGame words = TextLens.DEFAULT.game(model, TEXT);
    assertEquals(
        List.of("Her", "acting", "never", "fails,", "isn't", "it?", "Good", "movie."),
        words.featureNames());
    assertEquals(new Span(17, 23), words.spans().get(3));
    TextGame sentences = lens(Unit.SENTENCE).game(model, "Good  movie.\n Never bad.");
    assertEquals(List.of("Good movie.", "Never bad."), sentences.featureNames());
    assertEquals(List.of(new Span(0, 12), new Span(14, 24)), sentences.spans());
    TextGame tokens = lens(Unit.TOKEN).game(model, "It isn't unbelievable!");
    assertEquals(
        List.of("It", "isn", "'", "t", "un", "believ", "able", "!"), tokens.featureNames());
  }

  @Test
  void explainsThePredictedLabelByDefault() {
    double[] logits = TinyModels.logits(List.of("[CLS]", "never", "fails", "[SEP]"), 3);
    assertTrue(logits[1] > logits[0] && logits[1] > logits[2]);
    assertEquals(List.of("neutral"), TextLens.DEFAULT.game(model, "never fails").outputNames());
  }

  @ParameterizedTest
  @CsvSource({"POSITIVE, positive", "2, positive", "neutral, neutral"})
  void targetsAreNamesOrNumbers(String target, String expected) {
    TextLens lens =
        new TextLens(
            Unit.WORD, Ablation.MASK, ValueFunction.LOGIT, List.of(target, expected), List.of());
    assertEquals(List.of(expected), lens.game(model, TEXT).outputNames());
  }

  @Test
  void keptFeaturesAreAlwaysPresent() {
    TextLens lens =
        new TextLens(
            Unit.WORD, Ablation.MASK, ValueFunction.LOGIT, List.of("0"), List.of("0-1,5", "FAILS"));
    TextGame game = lens.game(model, TEXT);
    assertEquals(List.of("never", "isn't", "Good", "movie."), game.featureNames());
    assertEquals(List.of(11, 24, 34, 39), game.spans().stream().map(Span::start).toList());
    Masks masks = Masks.exhaustive(4);
    Values values = Values.zeros(16, 1);
    game.evaluate(masks, values);
    for (int m = 0; m < 16; m++) {
      boolean[] kept = {
        true,
        true,
        masks.kept(m, 0),
        true,
        masks.kept(m, 1),
        true,
        masks.kept(m, 2),
        masks.kept(m, 3)
      };
      double[] logits = TinyModels.logits(ablate(groups(Unit.WORD), kept, Ablation.MASK), 3);
      assertEquals(logits[0], values.get(m, 0), TOLERANCE);
    }
  }

  @Test
  void removingEverythingLeavesTheSpecialTokens() {
    TextLens lens =
        new TextLens(Unit.TOKEN, Ablation.REMOVE, ValueFunction.LOGIT, List.of("1"), List.of());
    Values values = Values.zeros(1, 1);
    lens.game(model, "good").evaluate(Masks.none(1, 1), values);
    double[] logits = TinyModels.logits(List.of("[CLS]", "[SEP]"), 3);
    assertEquals(logits[1], values.get(0, 0), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \t\n", "\u00a0\u2007\u202f\u3000\u0085\u2028"})
  void refusesBlankTexts(String text) {
    fails(TextLens.DEFAULT, text, "the text is empty; give one with at least one word");
  }

  @Test
  void refusesTextsThatTheTokenizerDrops() {
    fails(TextLens.DEFAULT, "\u0000\u200b", "the tokenizer leaves nothing of the text");
  }

  @Test
  void refusesLongTextsRatherThanCutThem() {
    assertEquals(30, TextLens.DEFAULT.game(model, "good ".repeat(30)).features());
    fails(
        TextLens.DEFAULT,
        "good ".repeat(31),
        "the text has 33 tokens, special ones included, but the model "
            + directory
            + " takes at most 32; shorten it");
  }

  @Test
  void refusesUnknownLabels() {
    TextLens lens =
        new TextLens(Unit.WORD, Ablation.MASK, ValueFunction.LOGIT, List.of("3"), List.of());
    fails(lens, TEXT, "the model has no label \"3\"; it has " + String.join(", ", LABELS));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "", "positive,", "positive,,negative", " , "})
  void refusesEmptyPlacesInLists(String list) {
    String place = "has an empty place in \"" + list + "\"";
    Unit unit = Unit.WORD;
    ValueFunction value = ValueFunction.LOGIT;
    TextLens targets = new TextLens(unit, Ablation.MASK, value, List.of(list), List.of());
    fails(targets, TEXT, "target " + place);
    String kept = list.replace("positive", "never").replace("negative", "good");
    TextLens keep = new TextLens(unit, Ablation.MASK, value, List.of(), List.of(kept));
    fails(keep, TEXT, "keep has an empty place in \"" + kept + "\"");
  }

  @Test
  void keepsByWhatTheTextReads() {
    TextLens lens =
        new TextLens(
            Unit.SENTENCE,
            Ablation.MASK,
            ValueFunction.LOGIT,
            List.of(),
            List.of("HER  acting never fails, isn't it?"));
    assertEquals(List.of("Good movie."), lens.game(model, TEXT).featureNames());
    TextLens phrase =
        new TextLens(
            Unit.WORD,
            Ablation.MASK,
            ValueFunction.LOGIT,
            List.of(),
            List.of("never fails, isn't,good"));
    assertEquals(
        List.of("Her", "acting", "it?", "movie."), phrase.game(model, TEXT).featureNames());
  }

  @Test
  void refusesToKeepEverythingOrTheUnknown() {
    TextLens all =
        new TextLens(Unit.WORD, Ablation.MASK, ValueFunction.LOGIT, List.of(), List.of("0-7"));
    fails(all, TEXT, "keep keeps all 8 features, so that none is left to ablate");
    TextLens unknown =
        new TextLens(Unit.SENTENCE, Ablation.MASK, ValueFunction.LOGIT, List.of(), List.of("2"));
    fails(unknown, TEXT, "keep names the feature \"2\", which the text does not have; it has 0");
  }

  /** Characters as tokens, spaces as tokens of their own, no special tokens at all. */
  private static TextModel characterModel(Path directory) throws IOException {
    TinyModels.copyTo(directory);
    Files.writeString(directory.resolve("config.json"), "{}");
    String json =
        "{'version': '1.0', 'added_tokens': [], 'normalizer': null, 'post_processor': null,"
            + " 'pre_tokenizer': {'type': 'ByteLevel', 'add_prefix_space': false,"
            + " 'trim_offsets': false, 'use_regex': true}, 'decoder': null,"
            + " 'model': {'type': 'BPE', 'merges': [],"
            + " 'vocab': {'a': 5, 'b': 6, '\u0120': 7, 'c': 8}}}";
    Files.writeString(directory.resolve("tokenizer.json"), json.replace('\'', '"'));
    return ModelDirectory.open(directory).load(1);
  }

  @Test
  void spacesBelongToTheNextWord(@TempDir Path directory) throws IOException {
    try (TextModel characters = characterModel(directory)) {
      fails(characters, lens(Ablation.MASK), "a b", "has no mask token; try ablate auto");
      fails(characters, lens(Ablation.UNK), "a b", "has no unknown-word token; try ablate auto");
      for (Ablation ablation : List.of(Ablation.REMOVE, Ablation.AUTO)) {
        fails(characters, lens(ablation), "a b", "would leave nothing; give a word as substitute");
      }

      TextLens lens =
          new TextLens(Unit.WORD, Ablation.REMOVE, ValueFunction.LOGIT, List.of("0"), List.of("0"));
      TextGame game = lens.game(characters, "a  bc ");
      assertEquals(List.of("bc"), game.featureNames());
      Values values = Values.zeros(2, 1);
      game.evaluate(Masks.exhaustive(1), values);
      // The vocabulary's a, b, space and c have the numbers of her, acting, never and fails. The
      // last space has no next word; it stays with the one before.
      double[] all =
          TinyModels.logits(List.of("her", "never", "never", "acting", "fails", "never"), 2);
      assertEquals(TinyModels.logits(List.of("her"), 2)[0], values.get(0, 0), TOLERANCE);
      assertEquals(all[0], values.get(1, 0), TOLERANCE);
    }
  }

  private static TextLens lens(Unit unit) {
    return new TextLens(unit, Ablation.MASK, ValueFunction.LOG_ODDS, List.of(), List.of());
  }

  private static TextLens lens(Ablation ablation) {
    return new TextLens(Unit.WORD, ablation, ValueFunction.LOG_ODDS, List.of(), List.of());
  }

  private static void fails(TextLens lens, String text, String part) {
    fails(model, lens, text, part);
  }

  private static void fails(TextModel model, TextLens lens, String text, String part) {
    InputException e = assertThrows(InputException.class, () -> lens.game(model, text));
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }
}
