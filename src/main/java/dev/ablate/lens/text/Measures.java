package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.model.EmbeddingModel;
import dev.ablate.model.LabelKind;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ServedModel;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.setting.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * What a lens asks of a model.
 *
 * @param lens what somebody asked for
 * @param question the same of language models and encoders, with what one of many texts asks itself
 * @param content what the prompt is made of
 * @param prompt the text
 * @param tokens its tokens
 * @param ablated the same under masks
 * @param features how many may be hidden
 */
record Measures(
    TextLens lens,
    Question question,
    PromptSource.Content content,
    Prompt prompt,
    Tokens tokens,
    AblatedTokens ablated,
    int features) {
  /**
   * The measure of a model.
   *
   * @throws InputException if the model has no such values
   */
  Measure of(TextModel model) {
    if (model instanceof ServedModel served) {
      return ofServedModel(served);
    }
    if (model instanceof LanguageModel language) {
      return ofLanguageModel(language);
    }
    if (model instanceof EmbeddingModel encoder) {
      requireNothingOfLabels(encoder);
      requireNothingOfAnswers(encoder);
      requireValue(encoder, lens.value() == null || lens.value() == ValueFunction.SIMILARITY);
      return SimilarityMeasure.of(question, encoder);
    }
    TextClassifier classifier = (TextClassifier) model;
    requireNothingOfAnswers(classifier);
    requireNothingOfVectors(classifier);
    requireValue(classifier, lens.value() == null || lens.value().ofLabel());
    int[] targets =
        new Targets(classifier.labels()).choose(lens.targets(), classifier.logits(tokens.ids()));
    return new LabelMeasure(ofLabels(classifier), classifier, targets);
  }

  private ValueFunction ofLabels(TextClassifier model) {
    boolean numbers = model.labelKind() == LabelKind.NUMBERS;
    if (numbers && lens.value() != null && lens.value() != ValueFunction.LOGIT) {
      throw ValueFunction.ofNoLabel(model, lens.value(), TextLens.VALUE);
    }
    if (lens.value() != null) {
      return lens.value();
    }
    return numbers ? ValueFunction.LOGIT : ValueFunction.LOG_ODDS;
  }

  private Measure ofServedModel(ServedModel model) {
    requireNothingOfLabels(model);
    require(model, question.pooling() == null, Question.POOLING);
    ServedMeasures measures = new ServedMeasures(lens, question, content, tokens.ids());
    boolean similar = measures.similar();
    if (similar) {
      requireNothingOfAnswers(ValueFunction.SIMILARITY);
    } else if (lens.value() == ValueFunction.PERPLEXITY) {
      requireNothingOfAnswers(ValueFunction.PERPLEXITY);
    }
    requireValue(model, lens.value() == null || !lens.value().ofLabel());
    require(model, similar || question.references().isEmpty(), Question.TO);
    return measures.of(model, asked());
  }

  private Measure ofLanguageModel(LanguageModel model) {
    requireNothingOfLabels(model);
    requireNothingOfVectors(model);
    if (lens.value() == ValueFunction.PERPLEXITY) {
      requireNothingOfAnswers(ValueFunction.PERPLEXITY);
      return new PerplexityMeasure(model);
    }
    requireValue(model, lens.value() == null || lens.value().ofAnswer());
    Asked asked = asked();
    SharedTokens shared = SharedTokens.of(ablated, features, model);
    List<Answer> answers = new ArrayList<>();
    for (String text : question.answers()) {
      answers.add(Answer.given(Question.ANSWER.toString(), text, prompt, tokens, model));
    }
    if (answers.isEmpty()) {
      answers.add(Answer.greedy(question, tokens.ids(), model));
    }
    Answer against =
        question.against() == null
            ? null
            : Answer.given(Question.AGAINST.toString(), question.against(), prompt, tokens, model);
    AnswerMeasure measure = new AnswerMeasure(asked, model, answers, against, shared);
    requireRoom(measure, model);
    return measure;
  }

  /** What becomes of the log-probabilities. */
  private Asked asked() {
    boolean probability = lens.value() == ValueFunction.ANSWER_PROBABILITY;
    if (question.sum() && (probability || question.perToken() || question.against() != null)) {
      String other =
          probability
              ? TextLens.VALUE + " " + lens.value()
              : (question.perToken() ? Question.PER_TOKEN : Question.AGAINST).toString();
      throw new InputException(
          Question.SUM + " does nothing with " + other + "; leave one of the two away");
    }
    if (question.against() != null && probability) {
      throw new InputException(
          Question.AGAINST
              + " asks for log-odds and "
              + TextLens.VALUE
              + " "
              + lens.value()
              + " for a probability; leave one of the two away");
    }
    if (question.perToken()) {
      return probability ? Asked.TOKEN_PROBABILITIES : Asked.TOKENS;
    }
    if (question.against() != null) {
      return Asked.LOG_ODDS;
    }
    if (probability) {
      return Asked.PROBABILITY;
    }
    return question.sum() ? Asked.SUM : Asked.MEAN;
  }

  private void requireRoom(AnswerMeasure measure, LanguageModel model) {
    int longest =
        ablated.longest(features)
            + measure.all().stream().mapToInt(answer -> answer.ids().length).max().orElse(0);
    if (longest > model.maxTokens()) {
      throw new InputException(
          "the text and its answer have up to "
              + longest
              + " tokens together, but the model "
              + model.name()
              + " takes at most "
              + model.maxTokens()
              + "; shorten the text, or the answer by "
              + Question.MAX_TOKENS);
    }
  }

  private void requireValue(TextModel model, boolean fits) {
    if (!fits) {
      throw not(model, TextLens.VALUE + " " + lens.value());
    }
  }

  private void requireNothingOfLabels(TextModel model) {
    if (!lens.targets().isEmpty()) {
      throw not(model, TextLens.TARGET.toString());
    }
  }

  private void requireNothingOfVectors(TextModel model) {
    require(model, question.references().isEmpty(), Question.TO);
    require(model, question.pooling() == null, Question.POOLING);
  }

  private void requireNothingOfAnswers(TextModel model) {
    Setting<?> asked = ofAnswersAlone();
    if (asked != null) {
      throw not(model, asked.toString());
    }
  }

  private void requireNothingOfAnswers(ValueFunction value) {
    Setting<?> asked = ofAnswersAlone();
    if (asked != null) {
      throw new InputException(
          asked
              + " is about an answer and "
              + TextLens.VALUE
              + " "
              + value
              + " about the text itself; leave one of the two away");
    }
  }

  /** A setting that was given and that only answers have, or null. */
  private Setting<?> ofAnswersAlone() {
    if (!question.answers().isEmpty()) {
      return Question.ANSWER;
    }
    if (question.against() != null) {
      return Question.AGAINST;
    }
    if (question.sum()) {
      return Question.SUM;
    }
    if (question.perToken()) {
      return Question.PER_TOKEN;
    }
    return question.stops().isEmpty() ? null : Question.STOP;
  }

  private static void require(TextModel model, boolean absent, Setting<?> setting) {
    if (!absent) {
      throw not(model, setting.toString());
    }
  }

  private static InputException not(TextModel model, String asked) {
    String right =
        model instanceof LanguageModel || model instanceof ServedModel
            ? "answer, answer-probability or perplexity, and no " + TextLens.TARGET
            : model instanceof EmbeddingModel
                ? "similarity, with " + Question.TO
                : "log-odds, logit or probability of a label";
    return new InputException(
        "the model "
            + model.name()
            + " is "
            + model.kind()
            + ", which knows nothing of "
            + asked
            + "; ask for "
            + TextLens.VALUE
            + " "
            + right);
  }
}
