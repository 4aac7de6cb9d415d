package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands for hidden tokens: chosen, given, and refused. */
class HidingTest {
  private static final String TEXT = "Her acting never fails";
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path directory;

  @BeforeEach
  void copy() throws IOException {
    TinyModels.copyTo(directory);
  }

  private interface Edit {
    void apply(ObjectNode root);
  }

  private void edit(String file, Edit edit) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = (ObjectNode) mapper.readTree(directory.resolve(file).toFile());
    edit.apply(root);
    mapper.writeValue(directory.resolve(file).toFile(), root);
  }

  /** A special token becomes a word like others that is spelled in another way. */
  private void rename(String token, String key, String name) throws IOException {
    edit(
        "tokenizer.json",
        root -> {
          ArrayNode added = (ArrayNode) root.get("added_tokens");
          for (int t = added.size() - 1; t >= 0; t--) {
            if (added.get(t).get("content").textValue().equals(token)) {
              added.remove(t);
            }
          }
          ObjectNode vocabulary = (ObjectNode) root.get("model").get("vocab");
          vocabulary.set(name, vocabulary.remove(token));
        });
    edit("config.json", root -> root.remove(key));
  }

  private void withoutMask() throws IOException {
    rename("[MASK]", "mask_token", "gap");
  }

  /** What is unknown cannot be split then. */
  private void withoutUnknown() throws IOException {
    rename("[UNK]", "unk_token", "oov");
    nameUnknown("nowhere");
  }

  private void nameUnknown(String name) throws IOException {
    edit("tokenizer.json", root -> ((ObjectNode) root.get("model")).put("unk_token", name));
  }

  private TextModel open() {
    return ModelDirectory.open(directory).load(1);
  }

  private static TextLens lens(Ablation ablation, String substitute) {
    return new TextLens(
        Unit.WORD, ablation, ValueFunction.LOGIT, List.of("positive"), List.of(), substitute);
  }

  /** Every mask has the value of the tokens that are written down. */
  private static void check(
      TextModel model,
      TextLens lens,
      String text,
      List<List<String>> kept,
      List<List<String>> hidden) {
    TextGame game = lens.game(model, text);
    assertEquals(kept.size(), game.features());
    Masks masks = Masks.exhaustive(game.features());
    Values values = Values.zeros(masks.count(), 1);
    game.evaluate(masks, values);
    for (int m = 0; m < masks.count(); m++) {
      List<String> tokens = new ArrayList<>(List.of("[CLS]"));
      for (int f = 0; f < kept.size(); f++) {
        tokens.addAll(masks.kept(m, f) ? kept.get(f) : hidden.get(f));
      }
      tokens.add("[SEP]");
      assertEquals(TinyModels.logits(tokens, 2)[1], values.get(m, 0), TOLERANCE, tokens.toString());
    }
  }

  @Test
  void aSubstituteStandsOnceForEachFeature() {
    try (TextModel model = open()) {
      TextLens lens = lens(Ablation.SUBSTITUTE, "not bad");
      List<String> instead = List.of("not", "bad");
      check(
          model,
          lens,
          "Isn't it good",
          List.of(List.of("isn", "'", "t"), List.of("it"), List.of("good")),
          List.of(instead, instead, instead));
      assertEquals(
          Map.of("ablate", "substitute", "substitute", "not bad", "keep", List.of()),
          lens.game(model, TEXT).subject().settings());
    }
  }

  @Test
  void aSubstituteMayBeLongerThanWhatItHides() {
    try (TextModel model = open()) {
      TextLens lens = lens(Ablation.SUBSTITUTE, "not good and bad");
      assertEquals(6, lens.game(model, "a b c d e f").features());
      InputException e =
          assertThrows(InputException.class, () -> lens.game(model, "a b c d e f g h"));
      assertEquals(
          "with substitute \"not good and bad\" in place of hidden features the text has up to 34"
              + " tokens, but the model "
              + directory
              + " takes at most 32; give a shorter substitute or text",
          e.getMessage());
    }
  }

  @Test
  void aSubstituteAloneIsTheAblation() {
    Settings given = Settings.STANDARD.with(TextLens.SUBSTITUTE, "x");
    assertEquals(Ablation.SUBSTITUTE, TextLens.of(given).ablation());
    Settings both = given.with(TextLens.ABLATE, Ablation.MASK);
    InputException e = assertThrows(InputException.class, () -> TextLens.of(both));
    assertEquals(
        "substitute \"x\" does nothing with ablate mask; leave one of the two away",
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u00a0"})
  void anEmptySubstituteIsRefused(String substitute) {
    refuses(lens(Ablation.SUBSTITUTE, substitute), "substitute is empty; give a text");
  }

  @Test
  void aSubstituteThatTheTokenizerDropsIsRefused() {
    refuses(
        lens(Ablation.SUBSTITUTE, "\u200b"),
        "substitute \"<U+200B>\": the tokenizer leaves nothing of it");
  }

  private void refuses(TextLens lens, String part) {
    try (TextModel model = open()) {
      InputException e = assertThrows(InputException.class, () -> lens.game(model, TEXT));
      assertTrue(e.getMessage().contains(part), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true,  true,  mask",
    "false, true,  unk",
    "false, false, substitute",
  })
  void theDefaultTakesWhatTheModelHas(boolean mask, boolean unknown, String expected)
      throws IOException {
    if (!mask) {
      withoutMask();
    }
    if (!unknown) {
      withoutUnknown();
    }
    try (TextModel model = open()) {
      TextGame game = TextLens.DEFAULT.game(model, TEXT);
      assertEquals(expected, game.subject().settings().get("ablate"));
      assertEquals(
          expected.equals("substitute") ? "..." : null,
          game.subject().settings().get("substitute"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[UNK]", "oov"})
  void anUnknownTokenThatIsNoAddedTokenIsFound(String name) throws IOException {
    withoutMask();
    rename("[UNK]", "unk_token", name);
    nameUnknown(name);
    try (TextModel model = open()) {
      assertEquals(1, model.unkId().orElseThrow());
      assertEquals("unk", TextLens.DEFAULT.game(model, TEXT).subject().settings().get("ablate"));
    }
  }

  @Test
  void whatTheModelPadsWithHidesNothing() throws IOException {
    withoutMask();
    edit("config.json", root -> root.put("pad_token_id", 1));
    refuses(lens(Ablation.UNK, null), "the token that ablate unk puts there is what the model ");
    refuses(
        lens(Ablation.SUBSTITUTE, "good zzz"),
        "a token of substitute \"good zzz\" is what the model " + directory + " pads with");
    try (TextModel model = open()) {
      TextGame game = TextLens.DEFAULT.game(model, TEXT);
      assertEquals("substitute", game.subject().settings().get("ablate"));
    }
  }

  @Test
  void aSubstituteCarriesTheSpaceBeforeIt() throws IOException {
    // The letters a, b, c and a space have the numbers of her, acting, fails and never.
    String json =
        "{'version': '1.0', 'added_tokens': [], 'normalizer': null, 'post_processor': null,"
            + " 'pre_tokenizer': {'type': 'ByteLevel', 'add_prefix_space': false,"
            + " 'trim_offsets': true, 'use_regex': true}, 'decoder': null,"
            + " 'model': {'type': 'BPE', 'merges': [],"
            + " 'vocab': {'a': 5, 'b': 6, '\u0120': 7, 'c': 8}}}";
    Files.writeString(directory.resolve("tokenizer.json"), json.replace('\'', '"'));
    Files.writeString(
        directory.resolve("config.json"),
        "{\"id2label\": {\"0\": \"negative\", \"1\": \"positive\"}}");
    try (TextModel model = open()) {
      TextGame game = lens(Ablation.SUBSTITUTE, "c").game(model, "b ab");
      Values values = Values.zeros(1, 1);
      game.evaluate(Masks.none(1, 2), values);
      double expected = TinyModels.logits(List.of("fails", "never", "fails"), 2)[1];
      assertEquals(expected, values.get(0, 0), TOLERANCE);
    }
  }
}
