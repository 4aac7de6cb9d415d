package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.TextTokenizer;
import dev.ablate.model.TextTokenizer.Tokens;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An answer to a text.
 *
 * @param text what it says
 * @param ids its tokens, at least one
 * @param pieces what each token says
 */
public record Answer(String text, int[] ids, List<String> pieces) {
  /** Its tokens, as journals compare them. */
  public List<Integer> tokens() {
    return Arrays.stream(ids).boxed().toList();
  }

  /** A line for people where a part of it is the model's token for unknown words; else none. */
  public List<String> notes(LanguageModel model) {
    boolean known = model.unkId().isEmpty() || !tokens().contains(model.unkId().getAsInt());
    return known
        ? List.of()
        : List.of(
            "the model does not know all of the answer \""
                + OneLine.brief(Characters.line(text), 80)
                + "\": a part is its token for unknown words");
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
  public static Answer given(
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
  public static Answer greedy(Question question, int[] before, LanguageModel model) {
    TextTokenizer tokenizer = model.tokenizer();
    List<String> stops = question.stops();
    Set<Integer> stopIds = new HashSet<>();
    stops.forEach(stop -> tokenizer.id(stop).ifPresent(stopIds::add));
    int[] ids =
        model.continuation(
            before,
            question.maxTokens(),
            own ->
                stopIds.contains(own[own.length - 1])
                    ? own.length - 1
                    : beforeStop(own, stops, tokenizer));
    if (ids.length == 0) {
      throw new InputException(
          "the model "
              + model.name()
              + (stops.isEmpty() ? " ends the text" : " ends the text, or begins what stops it,")
              + " at once, so that there is no answer to explain; give one as "
              + Question.ANSWER);
    }
    return new Answer(tokenizer.decode(ids), ids, pieces(ids, tokenizer));
  }

  /** How many tokens end before any text that stops an answer; all where there is none in them. */
  private static int beforeStop(int[] ids, List<String> stops, TextTokenizer tokenizer) {
    String text = stops.isEmpty() ? "" : tokenizer.decode(ids);
    int first = stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
    int count = ids.length;
    while (first >= 0 && tokenizer.decode(Arrays.copyOf(ids, count)).length() > first) {
      count--;
    }
    return count;
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
