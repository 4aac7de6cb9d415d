package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Continuation;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ServerSettings;
import java.util.List;

/**
 * What a lens asks of a model behind a server, and by which protocol.
 *
 * @param lens what somebody asked for
 * @param question the same of answers, with what one of many texts asks itself
 * @param content what the prompt is made of
 * @param whole the characters of the whole text
 */
record ServedMeasures(TextLens lens, Question question, PromptSource.Content content, int[] whole) {
  /**
   * The measure of a model.
   *
   * @param asked what becomes of an answer's log-probabilities
   * @throws InputException if no protocol, or not the one that was asked for, has such values
   */
  ServedMeasure<?> of(ServedModel model, Asked asked) {
    requireKnown();
    Protocol protocol = protocol(model);
    return switch (protocol) {
      case EMBEDDINGS -> new ServedSimilarity(model, question.references());
      case CHAT -> firstTokens(model, asked);
      case COMPLETIONS ->
          lens.value() == ValueFunction.PERPLEXITY
              ? new ServedPerplexity(model)
              : answers(model, asked);
    };
  }

  /** Whether a similarity is asked for. */
  boolean similar() {
    return lens.value() == ValueFunction.SIMILARITY
        || (lens.value() == null && !question.references().isEmpty());
  }

  /** What nobody outside of the server knows cannot be asked for. */
  private void requireKnown() {
    if (lens.unit() == Unit.TOKEN) {
      throw new InputException(
          TextLens.UNIT
              + " token needs the tokens of the model, which a server keeps to itself; give word,"
              + " sentence, line, paragraph, segment or message");
    }
  }

  private Protocol protocol(ServedModel model) {
    boolean similar = similar();
    boolean chat = content instanceof PromptSource.Messages;
    Protocol fitting = similar ? Protocol.EMBEDDINGS : chat ? Protocol.CHAT : Protocol.COMPLETIONS;
    Protocol set = model.protocol();
    if (set == null || set == fitting) {
      if (similar && chat) {
        throw new InputException(
            "similarity is of a text, and the prompt has messages; give \"text\" or \"segments\"");
      }
      return fitting;
    }
    if (similar || set == Protocol.EMBEDDINGS) {
      throw new InputException(
          ServerSettings.PROTOCOL
              + " "
              + set
              + " has no values of this kind; similarity ("
              + Question.TO
              + ") goes with embeddings, answers with completions or chat");
    }
    if (chat) {
      throw new InputException(
          ServerSettings.PROTOCOL
              + " completions takes a text, and the prompt has messages; give \"text\" or"
              + " \"segments\" as the model was trained on, or leave it away");
    }
    return set;
  }

  private ServedMeasure<?> answers(ServedModel model, Asked asked) {
    List<String> answers = question.answers();
    if (answers.isEmpty()) {
      answers = List.of(greedy(model));
    }
    answers.forEach(answer -> requireSome(answer, Question.ANSWER.toString()));
    if (question.against() != null) {
      requireSome(question.against(), Question.AGAINST.toString());
    }
    return new ServedAnswers(model, asked, answers, question.against(), whole);
  }

  private static void requireSome(String answer, String setting) {
    TextLens.requireUnicode(answer, setting);
    if (answer.isEmpty()) {
      throw new InputException(setting + " is empty; give an answer of at least one character");
    }
  }

  private String greedy(ServedModel model) {
    Continuation continuation =
        model
            .server()
            .completions()
            .continuation(ServedMeasure.text(whole), question.maxTokens(), question.stops());
    if (continuation.text().isEmpty()) {
      throw new InputException(
          "the model "
              + model.name()
              + (question.stops().isEmpty()
                  ? " ends the text"
                  : " ends the text, or begins what stops it,")
              + " at once, so that there is no answer to explain; give one as "
              + Question.ANSWER);
    }
    return continuation.text();
  }

  private ServedMeasure<?> firstTokens(ServedModel model, Asked asked) {
    if (lens.value() == ValueFunction.PERPLEXITY) {
      throw ofFirst(TextLens.VALUE + " " + lens.value());
    } else if (asked.isOfTokens()) {
      throw ofFirst(Question.PER_TOKEN.toString());
    } else if (asked == Asked.SUM) {
      throw ofFirst(Question.SUM.toString());
    } else if (!question.stops().isEmpty()) {
      throw ofFirst(Question.STOP.toString());
    }
    ChatRows chat =
        content instanceof PromptSource.Messages messages ? new Turns(messages) : ChatRows.OF_TEXT;
    return new ServedFirstTokens(model, asked, chat, question.answers(), question.against(), whole);
  }

  private static InputException ofFirst(String what) {
    return new InputException(
        "chat completions give log-probabilities of the first token of a reply alone, so that "
            + what
            + " does nothing there; leave it away, or use "
            + ServerSettings.PROTOCOL
            + " completions");
  }
}
