package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.FirstTokens;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ServerSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How a model behind a server begins its reply to a chat: the log-probability of the token by which
 * each of some answers begins. Which token that is, is read off the reply to the whole chat.
 */
final class ServedFirstTokens extends ServedMeasure<FirstTokens> {
  private final Asked asked;
  private final ChatRows chat;
  private final List<String> answers;
  private final String against;

  /** By which token each answer begins, and what odds are against behind them. */
  private final List<String> tokens = new ArrayList<>();

  private final List<String> notes = new ArrayList<>();
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLongArray bounds;

  /**
   * Asks how the reply to a chat begins, once at this place.
   *
   * @param answers empty for the likeliest token
   * @param against what their odds are against; null for none
   * @param whole the row of the whole chat
   * @throws InputException if two answers begin by the same token
   */
  ServedFirstTokens(
      ServedModel model,
      Asked asked,
      ChatRows chat,
      List<String> answers,
      String against,
      int[] whole) {
    super(model);
    this.asked = asked;
    this.chat = chat;
    this.against = against;
    FirstTokens reply = reply(whole);
    keep(key(whole), reply);
    this.answers = answers.isEmpty() ? List.of(likeliest(reply)) : List.copyOf(answers);
    List<String> all = new ArrayList<>(this.answers);
    if (against != null) {
      all.add(against);
    }
    all.forEach(answer -> tokens.add(token(answer, reply)));
    requireDistinct(all);
    this.bounds = new AtomicLongArray(all.size());
  }

  private static String likeliest(FirstTokens reply) {
    return reply.listed().stream()
        .map(listed -> listed.text().strip())
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "the model begins its reply with white space alone, so that there is no answer"
                        + " to explain; give one as "
                        + Question.ANSWER));
  }

  private String token(String answer, FirstTokens reply) {
    String stripped = answer.strip();
    if (stripped.isEmpty()) {
      throw new InputException(
          Question.ANSWER + " is white space; give an answer of at least one word");
    }
    String token = reply.firstOf(stripped).orElse(null);
    if (token == null) {
      notes.add(
          "the answer "
              + shown(answer)
              + " is not among the likeliest first tokens of the reply to the whole chat; where it is"
              + " not, its value is the most that it can be");
      return stripped;
    }
    if (!token.equals(stripped)) {
      notes.add("the answer " + shown(answer) + " is known by its first token, " + shown(token));
    }
    return token;
  }

  private void requireDistinct(List<String> all) {
    for (int a = 0; a < tokens.size(); a++) {
      int first = tokens.indexOf(tokens.get(a));
      if (first < a) {
        throw new InputException(
            "the answers "
                + shown(all.get(first))
                + " and "
                + shown(all.get(a))
                + " begin by the same token, "
                + shown(tokens.get(a))
                + ", so that chat completions cannot tell them apart; give answers that begin"
                + " differently, or use "
                + ServerSettings.PROTOCOL
                + " completions");
      }
    }
  }

  @Override
  Protocol protocol() {
    return Protocol.CHAT;
  }

  @Override
  public String value() {
    return asked.value();
  }

  @Override
  public List<String> outputs() {
    return DistinctNames.of(answers);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(ServerSettings.PROTOCOL.name(), protocol().toString());
    settings.put(Question.ANSWER.name(), answers);
    if (against != null) {
      settings.put(Question.AGAINST.name(), against);
    }
    settings.put("first_tokens", tokens);
    return settings;
  }

  @Override
  public List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    for (int a = 0; a < bounds.length(); a++) {
      if (bounds.get(a) > 0) {
        all.add(
            "the first token "
                + shown(tokens.get(a))
                + " was not among those that the server lists in "
                + bounds.get(a)
                + " of "
                + rows
                + " replies: its value there is the most that it can be");
      }
    }
    return all;
  }

  @Override
  double[] of(int[] row) {
    rows.incrementAndGet();
    FirstTokens reply = kept(key(row), () -> reply(row));
    for (int t = 0; t < tokens.size(); t++) {
      if (reply.of(tokens.get(t)).bound()) {
        bounds.incrementAndGet(t);
      }
    }
    return values(reply);
  }

  private double[] values(FirstTokens reply) {
    double[] logs = tokens.stream().mapToDouble(t -> reply.of(t).logProbability()).toArray();
    double[] values = new double[answers.size()];
    for (int a = 0; a < values.length; a++) {
      values[a] = asked.ofAnswer(logs[a], 1, logs[logs.length - 1]);
      if (!Double.isFinite(values[a])) {
        throw new NotFinite(
            0, "gives the answer " + shown(answers.get(a)) + " the value " + values[a]);
      }
    }
    return values;
  }

  /**
   * {@inheritDoc} Of odds it is the first answer's part: what shifts both is a shift all the same.
   */
  @Override
  Tried tryOut(int[] row) {
    FirstTokens reply = reply(row);
    keep(key(row), reply);
    double log = reply.of(tokens.get(0)).logProbability();
    return tried(asked.ofAnswer(log, 1, 0), reply.usage());
  }

  @Override
  double spread() {
    return asked == Asked.LOG_ODDS ? Math.sqrt(2) : 1;
  }

  @Override
  List<int[]> withoutOne(int[] row) {
    return chat.withoutOne(row);
  }

  private FirstTokens reply(int[] row) {
    return model().server().chat().first(chat.messages(row), chat.tools());
  }

  private static String key(int[] row) {
    return Arrays.toString(row);
  }

  private static String shown(String text) {
    return Keys.shown(Characters.line(text));
  }
}
