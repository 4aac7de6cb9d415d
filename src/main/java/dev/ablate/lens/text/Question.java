package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.model.Pooling;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;

/**
 * What is asked of a language model or an encoder.
 *
 * @param answers answers to the text, one output each; empty for the one that the model gives to
 *     the whole text
 * @param against an answer that the odds of the others are against; null for none
 * @param sum whether log-probabilities of an answer's tokens are summed and not averaged
 * @param perToken whether every token of an answer is an output
 * @param maxTokens most tokens of an answer that the model gives, at least 1
 * @param stops texts before which an answer that the model gives ends
 * @param references texts to be compared with, one output each
 * @param pooling how the vectors of a text's tokens become one; null for what the model's files say
 */
public record Question(
    List<String> answers,
    String against,
    boolean sum,
    boolean perToken,
    int maxTokens,
    List<String> stops,
    List<String> references,
    Pooling pooling) {
  /** Answers that somebody gives. */
  public static final Setting<List<String>> ANSWER =
      Setting.of(
              "answer",
              "TEXT",
              new Kind.Phrases(),
              "an answer to explain, as it would follow the text; several are several outputs")
          .otherwise("the one that the model gives to the whole text");

  /** What the odds are against. */
  public static final Setting<String> AGAINST =
      Setting.of(
          "against",
          "TEXT",
          new Kind.Phrase(),
          "another answer: explains the log-odds between both");

  /** The sum in place of the mean. */
  public static final Setting<Boolean> SUM =
      Setting.of(
              "sum",
              "",
              new Kind.Flag(),
              "the sum of the log-probabilities of an answer's tokens in place of their mean")
          .otherwise("mean");

  /** Every token is an output. */
  public static final Setting<Boolean> PER_TOKEN =
      Setting.of("per-token", "", new Kind.Flag(), "explains every token of an answer by itself");

  /** Length of answers. */
  public static final Setting<Long> MAX_TOKENS =
      Setting.of(
              "max-tokens",
              "N",
              new Kind.Whole(1, 4096),
              "most tokens of an answer that the model gives")
          .standard(32L);

  /** Where answers end. */
  public static final Setting<List<String>> STOP =
      Setting.of(
          "stop",
          "TEXT",
          new Kind.Phrases(),
          "ends an answer that the model gives before this text; may be given several times");

  /** What is compared with. */
  public static final Setting<List<String>> TO =
      Setting.of(
          "to",
          "TEXT|FILE",
          new Kind.Phrases(),
          "a text, or a file with one, that similarity is to; several are several outputs");

  /** How vectors become one. */
  public static final Setting<Pooling> POOLING =
      Setting.of(
              "pooling",
              "P",
              Kind.Choice.of(Pooling.class),
              "how the vectors of tokens become one: mean, first, last or max")
          .otherwise("what the model's files say, else mean");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      List.of(ANSWER, AGAINST, SUM, PER_TOKEN, MAX_TOKENS, STOP, TO, POOLING);

  /** The answer that the model gives; nothing to compare with. */
  public static final Question STANDARD = of(Settings.STANDARD);

  /** The question that {@link #SETTINGS} ask; references as they were given. */
  public static Question of(Settings settings) {
    return new Question(
        settings.get(ANSWER),
        settings.get(AGAINST),
        Boolean.TRUE.equals(settings.get(SUM)),
        Boolean.TRUE.equals(settings.get(PER_TOKEN)),
        settings.get(MAX_TOKENS).intValue(),
        settings.get(STOP),
        settings.get(TO),
        settings.get(POOLING));
  }

  /**
   * Copies the lists; null stands for an empty one.
   *
   * @throws InputException if an answer is to be against something token by token
   */
  public Question {
    answers = copy(answers, ANSWER);
    stops = copy(stops, STOP);
    references = copy(references, TO);
    if (against != null && perToken) {
      throw new InputException(
          PER_TOKEN
              + " does nothing with "
              + AGAINST
              + ", which is about whole answers; leave one of the two away");
    }
  }

  private static List<String> copy(List<String> texts, Setting<?> setting) {
    List<String> given = texts == null ? List.of() : texts;
    given.forEach(text -> InputException.required(text, setting.toString()));
    return List.copyOf(given);
  }

  /** The same with the answers of one of many texts, where it has its own. */
  Question with(List<String> own, String ownAgainst) {
    return new Question(
        own.isEmpty() ? answers : own,
        ownAgainst == null ? against : ownAgainst,
        sum,
        perToken,
        maxTokens,
        stops,
        references,
        pooling);
  }

  /** The same compared with other texts. */
  Question to(List<String> others) {
    return new Question(answers, against, sum, perToken, maxTokens, stops, others, pooling);
  }
}
