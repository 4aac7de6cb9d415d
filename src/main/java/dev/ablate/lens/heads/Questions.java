package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.Answer;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.lens.text.Question;
import dev.ablate.lens.text.Targets;
import dev.ablate.lens.text.TokenizedPrompt;
import dev.ablate.lens.text.ValueFunction;
import dev.ablate.model.LabelKind;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.SwitchedModel;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TextModel;
import java.util.ArrayList;
import java.util.List;

/**
 * What a lens asks of a model about examples.
 *
 * @param lens what somebody asked for
 * @param model the model
 * @param examples the examples
 */
record Questions(HeadsLens lens, TextModel model, Examples examples) {
  /** A prompt and its corrupted one, null where there is none. */
  record Pair(Side clean, Side corrupted) {}

  /**
   * The game.
   *
   * @throws InputException if the model has no such values, or an example does not say what is
   *     right
   */
  HeadsGame game(SwitchedModel switched) {
    HeadValue value = value();
    List<Pair> pairs = new ArrayList<>();
    for (Example example : examples.all()) {
      try {
        pairs.add(pair(example, value));
      } catch (InputException e) {
        throw example.at(e);
      }
    }
    return new HeadsGame(lens, switched, examples, value, pairs);
  }

  private HeadValue value() {
    if (model instanceof TextClassifier classifier) {
      return ofLabels(classifier);
    }
    if (model instanceof LanguageModel language) {
      return ofAnswers(language);
    }
    throw new InputException(
        "the model "
            + model.name()
            + " is "
            + model.kind()
            + ", which has neither labels nor answers; give a classifier or a language model");
  }

  private HeadValue ofLabels(TextClassifier classifier) {
    boolean numbers = classifier.labelKind() == LabelKind.NUMBERS;
    if (lens.question().against() != null || !lens.question().answers().isEmpty()) {
      throw not(
          lens.question().against() != null ? Question.AGAINST : Question.ANSWER,
          "give a label as " + HeadsLens.TARGET);
    }
    if (numbers && lens.value() != null && lens.value() != HeadValue.LOGIT) {
      throw ValueFunction.ofNoLabel(classifier, lens.value(), HeadsLens.VALUE);
    }
    if (lens.value() != null) {
      return lens.value();
    }
    return numbers ? HeadValue.LOGIT : HeadValue.LOG_ODDS;
  }

  private HeadValue ofAnswers(LanguageModel language) {
    if (lens.target() != null) {
      throw not(HeadsLens.TARGET, "give an answer as " + Question.ANSWER);
    }
    if (lens.value() == HeadValue.LOGIT) {
      throw new InputException(
          "the model "
              + language.name()
              + " is a language model, whose answers have no logit; ask for "
              + HeadsLens.VALUE
              + " log-odds, log-probability, loss or accuracy");
    }
    if (lens.value() != null) {
      return lens.value();
    }
    return allHaveOthers() ? HeadValue.LOG_ODDS : HeadValue.LOG_PROBABILITY;
  }

  /** Whether every example has another answer. */
  private boolean allHaveOthers() {
    return examples.all().stream().allMatch(example -> against(example) != null);
  }

  private InputException not(Object setting, String right) {
    return new InputException(
        "the model "
            + model.name()
            + " is "
            + model.kind()
            + ", which knows nothing of "
            + setting
            + "; "
            + right);
  }

  private Pair pair(Example example, HeadValue value) {
    return model instanceof TextClassifier classifier
        ? ofLabel(example, value, classifier)
        : ofAnswer(example, value, (LanguageModel) model);
  }

  private Pair ofLabel(Example example, HeadValue value, TextClassifier classifier) {
    if (!example.clean().answers().isEmpty() || example.clean().against() != null) {
      throw new InputException(
          "there is an answer, but the model "
              + model.name()
              + " is a classifier; give a \"label\" in its place");
    }
    TokenizedPrompt clean = TokenizedPrompt.of(example.clean(), model);
    Targets targets = new Targets(classifier.labels());
    String named = example.label() == null ? lens.target() : example.label();
    if (named == null && example.where() != null && classifier.labels().size() > 1) {
      throw new InputException(
          "no \"label\"; give one, or one for all of them as " + HeadsLens.TARGET);
    }
    int label =
        named == null
            ? targets.choose(List.of(), classifier.logits(clean.tokens().ids()))[0]
            : targets.label(named);
    PromptSource corrupted = example.corrupted();
    return new Pair(
        side(clean, label, value, classifier),
        corrupted == null
            ? null
            : side(TokenizedPrompt.of(corrupted, model), label, value, classifier));
  }

  private static Side side(
      TokenizedPrompt text, int label, HeadValue value, TextClassifier classifier) {
    return new LabelSide(
        text.title(),
        text.tokens().ids(),
        classifier.labels().get(label),
        label,
        classifier.labelKind(),
        value);
  }

  private String against(Example example) {
    return example.clean().against() == null
        ? lens.question().against()
        : example.clean().against();
  }

  private Pair ofAnswer(Example example, HeadValue value, LanguageModel language) {
    if (example.label() != null) {
      throw new InputException(
          "there is a label, but the model "
              + model.name()
              + " is a language model; give an \"answer\" in its place");
    }
    TokenizedPrompt clean = TokenizedPrompt.of(example.clean(), model);
    Answer answer = answer(example, clean, language);
    boolean two = value == HeadValue.LOG_ODDS || value == HeadValue.ACCURACY && allHaveOthers();
    if (two && against(example) == null) {
      throw new InputException(
          HeadsLens.VALUE
              + " "
              + value
              + " of an answer is against another one; give a wrong answer as \"against\", or one"
              + " for all of them as "
              + Question.AGAINST);
    }
    Answer against =
        two
            ? Answer.given(
                "\"against\"", against(example), clean.prompt(), clean.tokens(), language)
            : null;
    if (against != null && against.tokens().equals(answer.tokens())) {
      throw new InputException(
          "the answer and the one that it is against are the same to the model; give a wrong one");
    }
    Side side = side(clean, answer, against, value);
    PromptSource corrupted = example.corrupted();
    return new Pair(
        side,
        corrupted == null
            ? null
            : side(TokenizedPrompt.of(corrupted, model), answer, against, value));
  }

  private Answer answer(Example example, TokenizedPrompt clean, LanguageModel language) {
    List<String> given =
        example.clean().answers().isEmpty() ? lens.question().answers() : example.clean().answers();
    if (!given.isEmpty()) {
      return Answer.given("\"answer\"", given.get(0), clean.prompt(), clean.tokens(), language);
    }
    if (example.where() != null) {
      throw new InputException(
          "no \"answer\"; give one, or one for all of them as " + Question.ANSWER);
    }
    return Answer.greedy(lens.question(), clean.tokens().ids(), language);
  }

  private Side side(TokenizedPrompt prompt, Answer answer, Answer against, HeadValue value) {
    Side side = new AnswerSide(prompt.title(), prompt.tokens().ids(), answer, against, value);
    side.rows().forEach(model::requireLength);
    return side;
  }
}
