package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.lens.Lens;
import dev.ablate.lens.text.Question;
import dev.ablate.model.SwitchedModel;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the components of a network become a game: what stands for ablated ones, and what is asked
 * about examples. Which components there are is chosen when the model is opened.
 *
 * @param value what is asked; null for what suits the model: the log-odds of a label, or the logit
 *     itself under a regression; the log-probability of an answer, or its log-odds where there is
 *     another
 * @param ablation what stands in the place of what ablated components give
 * @param reference texts that means are taken of and replacements from; null for the examples
 * @param referenceSeed draws among them
 * @param rescale whether what is kept of a layer makes up for what is ablated
 * @param each whether every example is an output; else their mean is the only one
 * @param contrast what becomes of a clean and a corrupted prompt
 * @param target the label of examples that name none; null for the one that the model predicts
 * @param question the answers of examples that have none, and how long answers of the model are
 */
public record HeadsLens(
    HeadValue value,
    HeadAblation ablation,
    Examples reference,
    long referenceSeed,
    boolean rescale,
    boolean each,
    Contrast contrast,
    String target,
    Question question)
    implements Lens<SwitchedModel, Examples> {
  /** Which components. */
  public static final Setting<String> COMPONENTS =
      Setting.of(
              "components",
              "C",
              new Kind.Text(),
              "what is ablated: heads, mlp, heads+mlp, or neurons:LAYER")
          .otherwise("heads");

  /** Of which layers. */
  public static final Setting<String> LAYERS =
      Setting.of("layers", "A-B", new Kind.Text(), "components of these layers alone, from 0")
          .otherwise("all");

  /** What stands for ablated components. */
  public static final Setting<HeadAblation> ABLATE =
      Setting.of(
              "ablate",
              "A",
              Kind.Choice.of(HeadAblation.class),
              "what stands for what an ablated component gives: zero; its mean or position-mean"
                  + " over texts; or resample, what it gives in another text")
          .standard(HeadAblation.ZERO);

  /** Texts for means and resampling. */
  public static final Setting<Path> REFERENCE =
      Setting.of(
              "reference",
              "FILE",
              new Kind.File(),
              "texts for "
                  + ABLATE
                  + " mean, position-mean and resample, as in "
                  + InputException.setting("data"))
          .otherwise("the examples themselves; the corrupted prompts for resample");

  /** Draws among them. */
  public static final Setting<Long> REFERENCE_SEED =
      Setting.of(
              "reference-seed",
              "S",
              new Kind.Whole(Long.MIN_VALUE, Long.MAX_VALUE),
              "draws which other text " + ABLATE + " resample takes")
          .standard(0L);

  /** Whether kept ones make up for ablated ones. */
  public static final Setting<Boolean> RESCALE =
      Setting.of(
          "rescale",
          "",
          new Kind.Flag(),
          "what is kept of a layer's heads or neurons makes up for what is ablated");

  /** What is asked. */
  public static final Setting<HeadValue> VALUE =
      Setting.of(
              "value",
              "V",
              Kind.Choice.of(HeadValue.class),
              "of a label or an answer log-odds, log-probability, loss or accuracy; logit of a"
                  + " label or a regression")
          .otherwise(
              "log-odds of a label, or logit under a regression; log-probability of an answer, or"
                  + " log-odds where there is another");

  /** Whether each example is an output. */
  public static final Setting<Boolean> EACH =
      Setting.of(
          "each",
          "",
          new Kind.Flag(),
          "explains every example by itself, from the same masks, in place of their mean");

  /** What becomes of pairs. */
  public static final Setting<Contrast> CONTRAST =
      Setting.of(
              "contrast",
              "C",
              Kind.Choice.of(Contrast.class),
              "of clean and corrupted prompts their difference, or the share of the gap between"
                  + " the two that ablation leaves of the clean one")
          .standard(Contrast.DIFFERENCE);

  /** The label. */
  public static final Setting<String> TARGET =
      Setting.of("target", "LABEL", new Kind.Text(), "the label of examples that name none")
          .otherwise("the predicted one");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          COMPONENTS,
          LAYERS,
          ABLATE,
          REFERENCE,
          REFERENCE_SEED,
          RESCALE,
          VALUE,
          EACH,
          CONTRAST,
          TARGET,
          Question.ANSWER,
          Question.AGAINST,
          Question.MAX_TOKENS,
          Question.STOP);

  /** Zeros, and the mean of what suits the model. */
  public static final HeadsLens DEFAULT = of(Settings.STANDARD);

  /**
   * The lens that {@link #SETTINGS} ask for.
   *
   * @throws InputException if the file of references cannot be used
   */
  public static HeadsLens of(Settings given) {
    Path reference = given.get(REFERENCE);
    if (reference == null
        && given.set().contains(REFERENCE_SEED)
        && given.get(ABLATE) != HeadAblation.RESAMPLE) {
      throw new InputException(
          REFERENCE_SEED + " does nothing without " + ABLATE + " resample; leave it away");
    }
    return new HeadsLens(
        given.get(VALUE),
        given.get(ABLATE),
        reference == null ? null : ExampleFile.read(reference, REFERENCE.toString()),
        given.get(REFERENCE_SEED),
        Boolean.TRUE.equals(given.get(RESCALE)),
        Boolean.TRUE.equals(given.get(EACH)),
        given.get(CONTRAST),
        given.get(TARGET),
        Question.of(given));
  }

  /**
   * What is null is as the settings have it where nobody set it.
   *
   * @throws InputException if settings do nothing together, or there are several answers
   */
  public HeadsLens {
    ablation = ablation == null ? HeadAblation.ZERO : ablation;
    contrast = contrast == null ? Contrast.DIFFERENCE : contrast;
    question = question == null ? Question.STANDARD : question;
    if (reference != null && ablation == HeadAblation.ZERO) {
      throw new InputException(
          REFERENCE + " does nothing with " + ABLATE + " zero; leave it away, or give mean");
    }
    if (rescale && ablation != HeadAblation.ZERO) {
      throw new InputException(
          RESCALE + " makes up for zeros; leave it away with " + ABLATE + " " + ablation);
    }
    if (question.answers().size() > 1) {
      throw new InputException(
          Question.ANSWER + " is there " + question.answers().size() + " times; give one");
    }
  }

  /** The same with something else asked, and other references. */
  public HeadsLens with(HeadValue otherValue, Examples otherReference) {
    return new HeadsLens(
        otherValue,
        ablation,
        otherReference,
        referenceSeed,
        rescale,
        each,
        contrast,
        target,
        question);
  }

  @Override
  public List<Setting<?>> settings() {
    return SETTINGS;
  }

  @Override
  public Map<String, String> identity(SwitchedModel model) {
    Map<String, String> identity = new LinkedHashMap<>(model.text().identity().hashes());
    // What stands in a file that a setting names may change without it.
    identity.put(REFERENCE.name(), reference == null ? "" : reference.sha256());
    return identity;
  }

  /**
   * The game of a network under examples. It uses the model, which must stay open.
   *
   * @throws InputException if an example has no label or answer where the model needs one, is too
   *     long, or if the model has no such values; the message names the example
   */
  @Override
  public HeadsGame game(SwitchedModel model, Examples examples) {
    InputException.required(model, "the model");
    InputException.required(examples, "the examples");
    if (contrast == Contrast.SHARE && !examples.arePairs()) {
      throw new InputException(
          CONTRAST
              + " share is of clean and corrupted prompts, and there are none; give pairs as "
              + HeadsLensKind.EXAMPLES);
    }
    return new Questions(this, model.text(), examples).game(model);
  }
}
