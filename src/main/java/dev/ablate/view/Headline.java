package dev.ablate.view;

import dev.ablate.code.Characters;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Output;
import java.util.Map;

/** What an output is, in words: a label by its name, an answer or another text in quotes. */
final class Headline {
  /** UTF-16 code units of a text; the file has all. */
  private static final int TEXT = 80;

  /** Values of texts, which a reader would otherwise take for a part of the sentence. */
  private static final Map<String, String> OF_TEXTS =
      Map.of(
          "answer", "mean log-probability of the answer",
          "answer-sum", "log-probability of the answer",
          "answer-probability", "probability of the answer",
          "answer-log-odds", "log-odds of the answer",
          "answer-token", "log-probability of the answer's token",
          "answer-token-probability", "probability of the answer's token",
          "similarity", "similarity to");

  private Headline() {}

  static String of(Output output) {
    String target = Characters.line(output.target());
    String ofText = OF_TEXTS.get(output.value());
    return ofText == null
        ? Characters.line(output.value()) + " of " + target
        : ofText + " \"" + OneLine.brief(target, TEXT) + '"';
  }
}
