package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.lens.Lens;
import dev.ablate.mask.Masks;
import dev.ablate.model.LabelKind;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How a text becomes a game: what its features are, how they are ablated, and what is asked of the
 * model.
 *
 * @param unit what one feature is
 * @param ablation what becomes of an ablated feature's tokens
 * @param value what is computed from the model's logits; null for what suits the model: log-odds,
 *     or the logit itself under a regression
 * @param targets labels, one output each, by name or number; empty for the label that the model
 *     predicts for the whole text
 * @param keep features that are always present and thus no features any more: numbers from 0,
 *     ranges such as {@code 0-3}, or the text of a feature
 */
public record TextLens(
    Unit unit, Ablation ablation, ValueFunction value, List<String> targets, List<String> keep)
    implements Lens<TextModel, String> {
  /** What one feature is. */
  public static final Setting<Unit> UNIT =
      Setting.of(
              "unit",
              "U",
              Kind.Choice.of(Unit.class),
              "what one feature is: word, token or sentence")
          .standard(Unit.WORD);

  /** What becomes of an ablated feature's tokens. */
  public static final Setting<Ablation> ABLATE =
      Setting.of(
              "ablate",
              "A",
              Kind.Choice.of(Ablation.class),
              "what becomes of an ablated feature's tokens: mask, unk or remove")
          .standard(Ablation.MASK);

  /** What is computed from the model's logits. */
  public static final Setting<ValueFunction> VALUE =
      Setting.of(
              "value",
              "V",
              Kind.Choice.of(ValueFunction.class),
              "log-odds, logit or probability of a label")
          .otherwise("log-odds; logit under a regression");

  /** Labels, one output each. */
  public static final Setting<List<String>> TARGET =
      Setting.of("target", "LABEL", new Kind.Texts(true), "labels to explain, by name or number")
          .otherwise("the predicted one");

  /** Features that are always present. */
  public static final Setting<List<String>> KEEP =
      Setting.of(
          "keep",
          "FEATURE",
          new Kind.Texts(false),
          "features that are never ablated: numbers from 0, ranges such as 0-3, or their text;"
              + " separated by commas");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(UNIT, ABLATE, VALUE, TARGET, KEEP);

  /** Words, replaced by mask tokens, log-odds of the predicted label. */
  public static final TextLens DEFAULT = of(Settings.STANDARD);

  /** The lens that {@link #SETTINGS} ask for. */
  public static TextLens of(Settings settings) {
    return new TextLens(
        settings.get(UNIT),
        settings.get(ABLATE),
        settings.get(VALUE),
        settings.get(TARGET),
        settings.get(KEEP));
  }

  /** Copies the lists; null is an empty one. */
  public TextLens {
    targets = targets == null ? List.of() : List.copyOf(targets);
    keep = keep == null ? List.of() : List.copyOf(keep);
  }

  @Override
  public List<Setting<?>> settings() {
    return SETTINGS;
  }

  /**
   * The game of a text. It uses the model, which must stay open.
   *
   * @throws InputException if the text is blank, too long for the model or has nothing to ablate,
   *     if the model lacks the token that stands for ablated ones, or if a label or a kept feature
   *     does not exist
   */
  @Override
  public TextGame game(TextModel model, String text) {
    int substitute = substitute(InputException.required(model, "the model"));
    if (InputException.required(text, "the text").isBlank()) {
      throw new InputException("the text is empty; give one with at least one word");
    }
    requireUnicode(text);
    Tokens tokens = model.tokenizer().tokenize(text);
    model.requireLength(tokens.ids());
    Features all = Features.of(text, unit, tokens);
    if (all.count() == 0) {
      throw new InputException(
          "the tokenizer leaves nothing of the text; give one with at least one word");
    }
    Features features = all.only(ablatable(all));
    if (features.count() == 0) {
      throw new InputException(
          KEEP + " keeps all " + all.count() + " features, so that none is left to ablate");
    }
    AblatedTokens ablated = new AblatedTokens(tokens.ids(), features.owners(), substitute);
    if (ablated.length(new long[Masks.words(features.count())], 0) == 0) {
      throw new InputException(
          "the tokenizer adds no special tokens, so that "
              + ABLATE
              + " remove would leave nothing; try "
              + ABLATE
              + " mask or "
              + ABLATE
              + " unk");
    }
    float[] logits = model.logits(tokens.ids());
    TextLens decided = new TextLens(unit, ablation, value(model), targets, keep);
    return new TextGame(
        decided, model, text, features, ablated, targetLabels(model.labels(), logits));
  }

  /** What is computed under this model. */
  private ValueFunction value(TextModel model) {
    boolean numbers = model.labelKind() == LabelKind.NUMBERS;
    if (numbers && value != null && value != ValueFunction.LOGIT) {
      throw new InputException(
          "the model "
              + model.name()
              + " is a regression (problem_type in config.json), whose output is a number without "
              + value
              + "; give "
              + VALUE
              + " logit");
    }
    if (value != null) {
      return value;
    }
    return numbers ? ValueFunction.LOGIT : ValueFunction.LOG_ODDS;
  }

  /** Half a character has no place in UTF-8, which tokenizers and files speak. */
  private static void requireUnicode(String text) {
    for (int c = 0; c < text.length(); c = text.offsetByCodePoints(c, 1)) {
      if (Character.getType(text.codePointAt(c)) == Character.SURROGATE) {
        throw new InputException(
            "the text holds half a surrogate pair at position "
                + c
                + ", which is no character; take it out");
      }
    }
  }

  private boolean[] ablatable(Features all) {
    boolean[] chosen = FeatureSelection.parse(KEEP.toString(), keep, all.names());
    for (int f = 0; f < chosen.length; f++) {
      chosen[f] = !chosen[f];
    }
    return chosen;
  }

  private int substitute(TextModel model) {
    return switch (ablation) {
      case REMOVE -> AblatedTokens.REMOVED;
      case MASK ->
          model
              .maskId()
              .orElseThrow(
                  () -> missing(model, "mask", "try " + ABLATE + " unk or " + ABLATE + " remove"));
      case UNK ->
          model
              .unkId()
              .orElseThrow(() -> missing(model, "unknown-word", "try " + ABLATE + " remove"));
    };
  }

  private static InputException missing(TextModel model, String token, String remedy) {
    return new InputException(
        "the vocabulary of the model " + model.name() + " has no " + token + " token; " + remedy);
  }

  private int[] targetLabels(List<String> labels, float[] logits) {
    if (targets.isEmpty()) {
      int best = 0;
      for (int k = 1; k < logits.length; k++) {
        best = logits[k] > logits[best] ? k : best;
      }
      return new int[] {best};
    }
    Set<Integer> chosen = new LinkedHashSet<>();
    for (String target : targets) {
      chosen.add(label(labels, target));
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int label(List<String> labels, String target) {
    for (int k = 0; k < labels.size(); k++) {
      if (labels.get(k).equalsIgnoreCase(target)) {
        return k;
      }
    }
    if (target.matches("\\d{1,9}") && Integer.parseInt(target) < labels.size()) {
      return Integer.parseInt(target);
    }
    throw new InputException(
        "the model has no label \"" + target + "\"; it has " + String.join(", ", labels));
  }
}
