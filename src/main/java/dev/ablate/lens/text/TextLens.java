package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.lens.Lens;
import dev.ablate.model.ServedModel;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a text becomes a game: what its features are, how they are ablated, and what is asked of the
 * model.
 *
 * @param unit what one feature is
 * @param ablation what becomes of an ablated feature's tokens
 * @param value what is asked of the model; null for what suits it: the log-odds of a label, or the
 *     logit itself under a regression; an answer of a language model; similarity under an encoder
 * @param targets labels, one output each, by name or number; empty for the label that the model
 *     predicts for the whole text
 * @param keep features that are always present and thus no features any more: numbers from 0,
 *     ranges such as {@code 0-3}, or the text of a feature
 * @param substitute what {@link Ablation#SUBSTITUTE} puts in the place of a feature; null for three
 *     dots
 * @param question what is asked of a language model or an encoder; null for {@link
 *     Question#STANDARD}
 * @param frame what stands around every text, never ablated; null for nothing
 */
public record TextLens(
    Unit unit,
    Ablation ablation,
    ValueFunction value,
    List<String> targets,
    List<String> keep,
    String substitute,
    Question question,
    Frame frame)
    implements Lens<TextModel, PromptSource> {
  /** What one feature is. */
  public static final Setting<Unit> UNIT =
      Setting.of(
              "unit",
              "U",
              Kind.Choice.of(Unit.class),
              "what one feature is: word, token, sentence, line, paragraph, segment (a part of a"
                  + " prompt) or message")
          .standard(Unit.WORD);

  /** What becomes of an ablated feature's tokens. */
  public static final Setting<Ablation> ABLATE =
      Setting.of(
              "ablate",
              "A",
              Kind.Choice.of(Ablation.class),
              "what becomes of an ablated feature's tokens: mask, unk, substitute or remove; auto"
                  + " is remove under a language model, else the first of these that the model can"
                  + " serve")
          .standard(Ablation.AUTO);

  /** What stands for an ablated feature. */
  public static final Setting<String> SUBSTITUTE =
      Setting.of(
              "substitute",
              "TEXT",
              new Kind.Text(),
              "a text in place of each ablated feature; means " + ABLATE + " substitute")
          .otherwise(Hiding.DOTS);

  /** What is asked of the model. */
  public static final Setting<ValueFunction> VALUE =
      Setting.of(
              "value",
              "V",
              Kind.Choice.of(ValueFunction.class),
              "of a classifier log-odds, logit or probability of a label; of a language model"
                  + " answer (mean log-probability of its tokens), answer-probability or"
                  + " perplexity of the text; of an encoder similarity to a text")
          .otherwise(
              "log-odds, or logit under a regression; answer under a language model; similarity"
                  + " under an encoder");

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

  /** What stands around the text. */
  public static final Setting<Path> TEMPLATE =
      Setting.of(
          "template",
          "FILE",
          new Kind.File(),
          "a text that holds {text}, in the place of which the text stands; never ablated");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      Stream.of(List.of(UNIT, ABLATE, SUBSTITUTE, VALUE, TARGET, KEEP, TEMPLATE), Question.SETTINGS)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** Words, hidden as the model allows, log-odds of the predicted label. */
  public static final TextLens DEFAULT = of(Settings.STANDARD);

  /** The lens that {@link #SETTINGS} ask for, but for what stands in files. */
  public static TextLens of(Settings settings) {
    String substitute = settings.get(SUBSTITUTE);
    Ablation ablation = settings.get(ABLATE);
    return new TextLens(
        settings.get(UNIT),
        ablation == Ablation.AUTO ? null : ablation,
        settings.get(VALUE),
        settings.get(TARGET),
        settings.get(KEEP),
        substitute,
        Question.of(settings),
        null);
  }

  /** The same with what files say: the texts that are compared with, and what stands around. */
  TextLens with(List<String> references, Frame around) {
    return new TextLens(
        unit, ablation, value, targets, keep, substitute, question.to(references), around);
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
    question = question == null ? Question.STANDARD : question;
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

  /** A lens for classifiers without a substitute of its own. */
  public TextLens(
      Unit unit, Ablation ablation, ValueFunction value, List<String> targets, List<String> keep) {
    this(unit, ablation, value, targets, keep, null);
  }

  /** A lens for classifiers. */
  public TextLens(
      Unit unit,
      Ablation ablation,
      ValueFunction value,
      List<String> targets,
      List<String> keep,
      String substitute) {
    this(unit, ablation, value, targets, keep, substitute, null, null);
  }

  /** A lens that asks something of a language model or an encoder. */
  public TextLens(Unit unit, Ablation ablation, ValueFunction value, Question question) {
    this(unit, ablation, value, List.of(), List.of(), null, question, null);
  }

  @Override
  public List<Setting<?>> settings() {
    return SETTINGS;
  }

  @Override
  public Map<String, String> identity(TextModel model) {
    Map<String, String> identity = new LinkedHashMap<>(model.identity().hashes());
    // What stands in files that settings name may change without them.
    identity.put(Question.TO.name(), question.references().toString());
    identity.put(TEMPLATE.name(), String.valueOf(frame));
    identity.put(Serving.PROVIDER.name(), String.valueOf(model.provider()));
    if (model instanceof ServedModel served) {
      identity.put(ServerSettings.PROTOCOL.name(), String.valueOf(served.protocol()));
    }
    return identity;
  }

  /**
   * The game of a text. It uses the model, which must stay open.
   *
   * @throws InputException if the text is blank, too long for the model or has nothing to ablate,
   *     if the model lacks what stands for ablated tokens, if a label or a kept feature does not
   *     exist, or if the model has no such values
   */
  public TextGame game(TextModel model, String text) {
    return game(model, PromptSource.of(InputException.required(text, "the text")));
  }

  /** The same for a prompt. A chat needs a model with a template. */
  @Override
  public TextGame game(TextModel model, PromptSource source) {
    Hiding hiding = Hiding.of(this, InputException.required(model, "the model"));
    InputException.required(source, "the prompt");
    PromptSource framed = frame == null ? source : frame.around(source);
    TokenizedPrompt tokenized = TokenizedPrompt.of(framed, model);
    Prompt prompt = tokenized.prompt();
    Tokens tokens = tokenized.tokens();
    Features features = ablatable(prompt, tokens);
    AblatedTokens ablated = hiding.hide(prompt.text(), tokens, features, model);
    Question asked = question.with(prompt.answers(), prompt.against());
    Measure measure =
        new Measures(this, asked, framed.content(), prompt, tokens, ablated, features.count())
            .of(model);
    Asking asking =
        measure instanceof ServedMeasure<?> served
            ? new OneByOne(
                ablated, features.count(), served, ServerTrial.of(served, ablated, features))
            : new InBatches(model, ablated, measure);
    return new TextGame(this, model, prompt, features, hiding, measure, asking);
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

  private Features ablatable(Prompt prompt, Tokens tokens) {
    Cutter cutter = new Cutter(prompt, unit, tokens);
    Features all = cutter.features();
    if (all.count() == 0) {
      throw new InputException(
          "the tokenizer leaves nothing of the text; give one with at least one word");
    }
    TextNames readings = new TextNames(prompt.text(), cutter.pieces(), all);
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
