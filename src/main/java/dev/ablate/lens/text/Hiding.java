package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Span;
import dev.ablate.mask.Masks;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ServedModel;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What stands for hidden tokens, once it is known what the model has.
 *
 * @param ablation any but {@link Ablation#AUTO}
 * @param text the substitute, null for other ablations
 * @param alone the ids that stand for a hidden token, or for a hidden feature if it is a substitute
 * @param spaced the same behind white space, which many tokenizers put into the token that follows
 * @param notes lines for people
 */
record Hiding(Ablation ablation, String text, int[] alone, int[] spaced, List<String> notes) {
  /** What people use for a gap; SHAP's choice for models without a mask token too. */
  static final String DOTS = "...";

  private static final int[] NONE = {};

  private static final List<String> REMOVED =
      List.of(
          "hidden parts of the text are removed, which a language model reads best ("
              + TextLens.ABLATE.name()
              + " auto)");

  private Hiding(Ablation ablation, String text, int[] alone, int[] spaced) {
    this(ablation, text, alone, spaced, List.of());
  }

  /**
   * What a lens asks for.
   *
   * @throws InputException if the model cannot serve it
   */
  static Hiding of(TextLens lens, TextModel model) {
    String text = lens.substitute() == null ? DOTS : lens.substitute();
    return switch (lens.ablation()) {
      // Tokens that mask or stand for the unknown mean nothing to most decoders.
      case AUTO ->
          readsOn(model) ? new Hiding(Ablation.REMOVE, null, NONE, NONE, REMOVED) : chosen(model);
      case MASK -> oneForOne(Ablation.MASK, required(model.maskId(), model, "mask"), model);
      case UNK -> oneForOne(Ablation.UNK, required(model.unkId(), model, "unknown-word"), model);
      case REMOVE -> new Hiding(Ablation.REMOVE, null, NONE, NONE);
      case SUBSTITUTE -> substitute(text, model);
    };
  }

  /** Whether it reads texts that end anywhere, even at once. */
  private static boolean readsOn(TextModel model) {
    return model instanceof LanguageModel || model instanceof ServedModel;
  }

  private static Hiding chosen(TextModel model) {
    if (model.maskId().isPresent() && !isPadding(model.maskId(), model)) {
      return oneForOne(Ablation.MASK, model.maskId().getAsInt(), model);
    }
    if (model.unkId().isPresent() && !isPadding(model.unkId(), model)) {
      return oneForOne(Ablation.UNK, model.unkId().getAsInt(), model);
    }
    try {
      return substitute(DOTS, model);
    } catch (InputException e) {
      // This vocabulary has no dots either.
      return new Hiding(Ablation.REMOVE, null, NONE, NONE);
    }
  }

  private static boolean isPadding(OptionalInt id, TextModel model) {
    return model.padId().isPresent() && model.padId().equals(id);
  }

  private static int required(OptionalInt id, TextModel model, String token) {
    return id.orElseThrow(
        () ->
            new InputException(
                "the vocabulary of the model "
                    + model.name()
                    + " has no "
                    + token
                    + " token; try "
                    + TextLens.ABLATE
                    + " auto, which takes what the model has"));
  }

  private static Hiding oneForOne(Ablation ablation, int id, TextModel model) {
    int[] ids = {id};
    requireRead(ids, "the token that " + TextLens.ABLATE + " " + ablation + " puts there", model);
    return new Hiding(ablation, null, ids, ids);
  }

  private static Hiding substitute(String text, TextModel model) {
    if (Characters.isBlank(text)) {
      throw new InputException(
          TextLens.SUBSTITUTE
              + " is empty; give a text, or take hidden ones out by "
              + TextLens.ABLATE
              + " remove");
    }
    TextLens.requireUnicode(text, TextLens.SUBSTITUTE.toString());
    int[] alone = ids(model.tokenizer().tokenize(text), 0);
    int[] spaced = behindSpace(text, model);
    String what = TextLens.SUBSTITUTE + " \"" + Characters.line(text) + "\"";
    if (alone.length == 0) {
      throw new InputException(
          what + ": the tokenizer leaves nothing of it; give another text, such as a word");
    }
    requireRead(alone, "a token of " + what, model);
    return new Hiding(Ablation.SUBSTITUTE, text, alone, spaced.length == 0 ? alone : spaced);
  }

  /** None where this vocabulary cannot tell. */
  private static int[] behindSpace(String text, TextModel model) {
    try {
      return ids(model.tokenizer().tokenize("a " + text), 1);
    } catch (InputException e) {
      // It has no such letter, and no token for what is unknown.
      return NONE;
    }
  }

  /** The tokens of the text itself; none if one of them begins before it. */
  private static int[] ids(Tokens tokens, int from) {
    boolean apart =
        IntStream.range(0, tokens.count())
            .noneMatch(t -> tokens.starts()[t] < from && tokens.ends()[t] > from);
    return IntStream.range(0, apart ? tokens.count() : 0)
        .filter(t -> !tokens.special()[t] && tokens.starts()[t] >= from)
        .map(t -> tokens.ids()[t])
        .toArray();
  }

  /** Where a classifier looks for the last token of a text, it passes over padding. */
  private static void requireRead(int[] ids, String what, TextModel model) {
    if (Arrays.stream(ids).anyMatch(id -> isPadding(OptionalInt.of(id), model))) {
      throw new InputException(
          what
              + " is what the model "
              + model.name()
              + " pads with and does not read; give another text as "
              + TextLens.SUBSTITUTE
              + ", or try "
              + TextLens.ABLATE
              + " auto");
    }
  }

  /**
   * The tokens of a text under masks.
   *
   * @throws InputException if nothing is left where everything is hidden, or if the substitutes
   *     make the text too long
   */
  AblatedTokens hide(String whole, Tokens tokens, Features features, TextModel model) {
    int[][] substitutes = new int[tokens.count()][];
    boolean[] begun = new boolean[features.count()];
    for (int t = 0; t < substitutes.length; t++) {
      int owner = features.owners()[t];
      substitutes[t] = NONE;
      if (owner != Features.NOBODY && !(begun[owner] && ablation == Ablation.SUBSTITUTE)) {
        substitutes[t] = isBehindSpace(whole, features.spans().get(owner)) ? spaced : alone;
        begun[owner] = true;
      }
    }
    AblatedTokens ablated = new AblatedTokens(tokens.ids(), features.owners(), substitutes);
    boolean nothing = ablated.length(new long[Masks.words(features.count())], 0) == 0;
    if (nothing && !readsOn(model)) {
      throw new InputException(
          "the tokenizer adds no special tokens, so that "
              + TextLens.ABLATE
              + " remove would leave nothing; give a word as "
              + TextLens.SUBSTITUTE);
    }
    int longest = ablated.longest(features.count());
    if (longest > model.maxTokens()) {
      throw new InputException(
          "with "
              + TextLens.SUBSTITUTE
              + " \""
              + Characters.line(text)
              + "\" in place of hidden features the text has up to "
              + longest
              + " tokens, but the model "
              + model.name()
              + " takes at most "
              + model.maxTokens()
              + "; give a shorter substitute or text");
    }
    return ablated;
  }

  private static boolean isBehindSpace(String whole, Span span) {
    return span.start() > 0 && Characters.isSpace(whole.charAt(span.start() - 1));
  }
}
