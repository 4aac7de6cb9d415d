package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.TextTokenizer;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An answer to a text.
 *
 * @param text what it says
 * @param ids its tokens, at least one
 * @param pieces what each token says
 */
record Answer(String text, int[] ids, List<String> pieces) {
  /** Its tokens, as journals compare them. */
  List<Integer> tokens() {
    return Arrays.stream(ids).boxed().toList();
  }

  /**
   * An answer that somebody gives: the tokens that the tokenizer puts behind those of the text
   * where both are one text. Where the seam is within a token, they are the tokens that the answer
   * has alone.
   *
   * @param setting where it was given
   * @param prompt the text
   * @param before its tokens
   * @throws InputException if the tokenizer leaves nothing of it
   */
  static Answer given(
      String setting, String text, Prompt prompt, Tokens before, LanguageModel model) {
    TextLens.requireUnicode(text, setting);
    TextTokenizer tokenizer = model.tokenizer();
    Tokens both = tokenizer.tokenize(prompt.text() + text, prompt.special()).open();
    int[] ids = behind(before.ids(), both.ids());
    if (ids.length == 0) {
      ids = tokenizer.tokenize(text, false).ids();
    }
    if (ids.length == 0) {
      throw new InputException(
          setting
              + " \""
              + Characters.line(text)
              + "\": the tokenizer leaves nothing of it; give an answer of at least one token");
    }
    return new Answer(text, ids, pieces(ids, tokenizer));
  }

  /** The tokens that follow others; none if these are not the first of both. */
  private static int[] behind(int[] first, int[] both) {
    boolean begins =
        first.length < both.length && Arrays.equals(first, 0, first.length, both, 0, first.length);
    return begins ? Arrays.copyOfRange(both, first.length, both.length) : new int[0];
  }

  /**
   * The answer that the model gives: the likeliest token, again and again.
   *
   * @param before the tokens of the text, as the network reads them
   * @throws InputException if it gives none
   */
  static Answer greedy(Question question, int[] before, LanguageModel model) {
    TextTokenizer tokenizer = model.tokenizer();
    int[] stopIds =
        question.stops().stream().flatMapToInt(stop -> tokenizer.id(stop).stream()).toArray();
    int[] ids =
        model.continuation(
            before,
            question.maxTokens(),
            own -> {
              int last = own[own.length - 1];
              return IntStream.of(stopIds).anyMatch(id -> id == last)
                  || !question.stops().isEmpty()
                      && contains(tokenizer.decode(own), question.stops());
            });
    if (ids.length == 0) {
      String stops =
          question.stops().isEmpty() ? "" : " or begins with what " + Question.STOP + " names";
      throw new InputException(
          "the model "
              + model.name()
              + " ends the text at once"
              + stops
              + ", so that there is no answer to explain; give one as "
              + Question.ANSWER);
    }
    return new Answer(tokenizer.decode(ids), ids, pieces(ids, tokenizer));
  }

  private static boolean contains(String text, List<String> stops) {
    return stops.stream().anyMatch(text::contains);
  }

  private static List<String> pieces(int[] ids, TextTokenizer tokenizer) {
    return IntStream.of(ids).mapToObj(id -> piece(id, tokenizer)).toList();
  }

  /** What a token says; one that says nothing by itself, such as half a character, has a number. */
  private static String piece(int id, TextTokenizer tokenizer) {
    String text = tokenizer.decode(new int[] {id}).strip();
    return text.isEmpty() || text.indexOf('\uFFFD') >= 0 ? "token " + id : text;
  }
}
