package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.lens.Lens;
import dev.ablate.model.LabelKind;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.Map;

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
 * @param substitute what {@link Ablation#SUBSTITUTE} puts in the place of a feature; null for three
 *     dots
 */
public record TextLens(
    Unit unit,
    Ablation ablation,
    ValueFunction value,
    List<String> targets,
    List<String> keep,
    String substitute)
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
              "what becomes of an ablated feature's tokens: mask, unk, substitute or remove; auto"
                  + " is the first of these that the model can serve")
          .standard(Ablation.AUTO);

  /** What stands for an ablated feature. */
  public static final Setting<String> SUBSTITUTE =
      Setting.of(
              "substitute",
              "TEXT",
              new Kind.Text(),
              "a text in place of each ablated feature; means " + ABLATE + " substitute")
          .otherwise(Hiding.DOTS);

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
      Setting.of(
              "target",
              "LABEL",
              new Kind.Texts(),
              "labels to explain, by name or number; separated by commas")
          .otherwise("the predicted one");

  /** Features that are always present. */
  public static final Setting<List<String>> KEEP =
      Setting.of(
          "keep",
          "FEATURE",
          new Kind.Texts(),
          "features that are never ablated: numbers from 0, ranges such as 0-3, or their text;"
              + " separated by commas");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      List.of(UNIT, ABLATE, SUBSTITUTE, VALUE, TARGET, KEEP);

  /** Words, hidden as the model allows, log-odds of the predicted label. */
  public static final TextLens DEFAULT = of(Settings.STANDARD);

  /** The lens that {@link #SETTINGS} ask for. */
  public static TextLens of(Settings settings) {
    String substitute = settings.get(SUBSTITUTE);
    Ablation ablation = settings.get(ABLATE);
    return new TextLens(
        settings.get(UNIT),
        ablation == Ablation.AUTO ? null : ablation,
        settings.get(VALUE),
        settings.get(TARGET),
        settings.get(KEEP),
        substitute);
  }

  /**
   * Copies the lists. What is null is as the settings have it where nobody set it: words, an
   * ablation that suits the model, or the substitute if there is one, and lists without entries.
   *
   * @throws InputException if there is a substitute and another ablation
   */
  public TextLens {
    unit = unit == null ? Unit.WORD : unit;
    if (ablation == null) {
      ablation = substitute == null ? Ablation.AUTO : Ablation.SUBSTITUTE;
    }
    targets = copy(targets, "a label");
    keep = copy(keep, "a kept feature");
    if (substitute != null && ablation != Ablation.SUBSTITUTE) {
      throw new InputException(
          SUBSTITUTE
              + " \""
              + Characters.line(substitute)
              + "\" does nothing with "
              + ABLATE
              + " "
              + ablation
              + "; leave one of the two away");
    }
  }

  private static List<String> copy(List<String> names, String what) {
    List<String> given = names == null ? List.of() : names;
    given.forEach(name -> InputException.required(name, what));
    return List.copyOf(given);
  }

  /** A lens without a substitute of its own. */
  public TextLens(
      Unit unit, Ablation ablation, ValueFunction value, List<String> targets, List<String> keep) {
    this(unit, ablation, value, targets, keep, null);
  }

  @Override
  public List<Setting<?>> settings() {
    return SETTINGS;
  }

  @Override
  public Map<String, String> identity(TextModel model) {
    return model.identity().hashes();
  }

  /**
   * The game of a text. It uses the model, which must stay open.
   *
   * @throws InputException if the text is blank, too long for the model or has nothing to ablate,
   *     if the model lacks what stands for ablated tokens, or if a label or a kept feature does not
   *     exist
   */
  @Override
  public TextGame game(TextModel model, String text) {
    Hiding hiding = Hiding.of(this, InputException.required(model, "the model"));
    requireWords(InputException.required(text, "the text"));
    requireUnicode(text, "the text");
    Tokens tokens = model.tokenizer().tokenize(text);
    model.requireLength(tokens.ids());
    Features features = ablatable(text, tokens);
    AblatedTokens ablated = hiding.hide(text, tokens, features, model);
    float[] logits = model.logits(tokens.ids());
    return new TextGame(
        new TextLens(unit, ablation, value(model), targets, keep, substitute),
        model,
        text,
        features,
        ablated,
        hiding,
        new Targets(model.labels()).choose(targets, logits));
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

  /** Refuses a text of white space alone. */
  static void requireWords(String text) {
    if (Characters.isBlank(text)) {
      throw new InputException("the text is empty; give one with at least one word");
    }
  }

  /** Half a character has no place in UTF-8, which tokenizers and files speak. */
  static void requireUnicode(String text, String what) {
    for (int c = 0; c < text.length(); c = text.offsetByCodePoints(c, 1)) {
      if (Character.getType(text.codePointAt(c)) == Character.SURROGATE) {
        throw new InputException(
            what
                + " holds half a surrogate pair at position "
                + c
                + ", which is no character; take it out");
      }
    }
  }

  private Features ablatable(String text, Tokens tokens) {
    Cutter cutter = new Cutter(text, unit, tokens);
    Features all = cutter.features();
    if (all.count() == 0) {
      throw new InputException(
          "the tokenizer leaves nothing of the text; give one with at least one word");
    }
    TextNames readings = new TextNames(text, cutter.pieces(), all);
    boolean[] chosen = FeatureSelection.parse(KEEP.toString(), keep, all.names(), readings);
    for (int f = 0; f < chosen.length; f++) {
      chosen[f] = !chosen[f];
    }
    Features features = all.only(chosen);
    if (features.count() == 0) {
      throw new InputException(
          KEEP + " keeps all " + all.count() + " features, so that none is left to ablate");
    }
    return features;
  }
}
