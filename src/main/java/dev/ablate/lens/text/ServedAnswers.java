package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ScoredText;
import dev.ablate.model.remote.ScoredToken;
import dev.ablate.model.remote.ServerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers to a text under a model behind a server that gives log-probabilities of prompts: each is
 * sent behind the text under a mask, and its tokens are those that the server cuts behind the text.
 * One that begins in the text and ends in the answer counts as the answer's first.
 */
final class ServedAnswers extends ServedMeasure<ScoredText> {
  private final Asked asked;
  private final List<String> answers;
  private final String against;

  /** Of each answer what its tokens say; null where tokens are no outputs. */
  private final List<List<String>> pieces;

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong overSeam = new AtomicLong();

  /**
   * Asks about some answers.
   *
   * @param against what their odds are against; null for none
   * @param whole the row of the whole text
   */
  ServedAnswers(ServedModel model, Asked asked, List<String> answers, String against, int[] whole) {
    super(model);
    this.asked = asked;
    this.answers = List.copyOf(answers);
    this.against = against;
    this.pieces = asked.isOfTokens() ? new ArrayList<>() : null;
    for (String answer : asked.isOfTokens() ? answers : List.<String>of()) {
      pieces.add(tokens(whole, answer).stream().map(ServedAnswers::piece).toList());
    }
  }

  @Override
  Protocol protocol() {
    return Protocol.COMPLETIONS;
  }

  @Override
  public String value() {
    return asked.value();
  }

  @Override
  public List<String> outputs() {
    return DistinctNames.of(
        pieces == null ? answers : pieces.stream().flatMap(List::stream).toList());
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(ServerSettings.PROTOCOL.name(), protocol().toString());
    settings.put(Question.ANSWER.name(), answers);
    if (against != null) {
      settings.put(Question.AGAINST.name(), against);
    }
    return settings;
  }

  @Override
  public List<String> notes() {
    return overSeam.get() == 0
        ? List.of()
        : List.of(
            "in "
                + overSeam
                + " of "
                + requests
                + " requests a token of the server begins in the text and ends in the answer; it"
                + " counts as the answer's first: begin the answer with white space, or end the text"
                + " with a line break");
  }

  @Override
  double[] of(int[] row) {
    double other = against == null ? 0 : sum(tokens(row, against));
    List<Double> values = new ArrayList<>();
    for (int a = 0; a < answers.size(); a++) {
      List<ScoredToken> tokens = tokens(row, answers.get(a));
      if (pieces != null) {
        requirePieces(a, tokens);
        tokens.forEach(token -> values.add(asked.ofToken(token.logProbability())));
      } else {
        values.add(asked.ofAnswer(sum(tokens), tokens.size(), other));
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void requirePieces(int answer, List<ScoredToken> tokens) {
    if (tokens.size() != pieces.get(answer).size()) {
      throw new InputException(
          "the server cuts the answer "
              + shown(answers.get(answer))
              + " into "
              + pieces.get(answer).size()
              + " tokens behind the whole text and into "
              + tokens.size()
              + " under a mask; leave "
              + Question.PER_TOKEN
              + " away, or begin the answer with white space");
    }
  }

  /** What a token says; one that says nothing by itself, such as half a character, is a token. */
  private static String piece(ScoredToken token) {
    String text = token.text().strip();
    return text.isEmpty() || text.indexOf('\uFFFD') >= 0 ? "token" : text;
  }

  private static double sum(List<ScoredToken> tokens) {
    return tokens.stream().mapToDouble(ScoredToken::logProbability).sum();
  }

  /** The tokens of an answer behind a row. */
  private List<ScoredToken> tokens(int[] row, String answer) {
    String prompt = text(row);
    String whole = prompt + answer;
    ScoredText scored = kept(whole, () -> model().server().completions().score(whole));
    requests.incrementAndGet();
    overSeam.addAndGet(scored.across(prompt.length()).isPresent() ? 1 : 0);
    List<ScoredToken> tokens = scored.behind(prompt.length());
    if (tokens.isEmpty() || tokens.stream().anyMatch(t -> !Double.isFinite(t.logProbability()))) {
      throw new InputException(
          "the server gives the answer "
              + shown(answer)
              + " no log-probability behind "
              + shown(prompt)
              + ", because it is the first token there; begin it with white space, keep something in"
              + " front of it by "
              + TextLens.TEMPLATE
              + ", or give a word as "
              + TextLens.SUBSTITUTE);
    }
    return tokens;
  }

  @Override
  Tried tryOut(int[] row) {
    String whole = text(row) + answers.get(0);
    ScoredText scored = keep(whole, model().server().completions().score(whole));
    List<ScoredToken> tokens = tokens(row, answers.get(0));
    double sum = sum(scored.behind(text(row).length()));
    // The odds of an answer are tried as its own part of them.
    Asked own = asked.isOfTokens() ? Asked.MEAN : asked;
    return tried(own.ofAnswer(sum, tokens.size(), 0), scored.usage());
  }

  /** Odds are of two requests, and a token's own value lies further apart than their mean. */
  @Override
  double spread() {
    return asked.isOfTokens()
        ? Math.sqrt(pieces.get(0).size())
        : asked == Asked.LOG_ODDS ? Math.sqrt(2) : 1;
  }

  private static String shown(String text) {
    return Keys.shown(Characters.line(text));
  }
}
