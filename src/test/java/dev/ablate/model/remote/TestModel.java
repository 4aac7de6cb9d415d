package dev.ablate.model.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A language model of a few lines whose probabilities are known: what makes an answer likely is a
 * function of the text before it; all other tokens have log-probabilities that hang on themselves
 * and the token before. A token is white space and up to four characters behind it; a character
 * above U+FFFF is two tokens, each half of it.
 */
public final class TestModel {
  /** A token: what the server says that it says, and how many UTF-16 units of the text it is. */
  public record Piece(String said, int length) {}

  private static final Pattern PIECE =
      Pattern.compile("\\s*[^\\s\\x{10000}-\\x{10FFFF}]{1,4}|\\s+|.");
  private static final int FILLERS = 30;

  /** Which part of an answer's probability its spelling without white space has. */
  private static final double BARE = 0.75;

  private final Map<String, ToDoubleFunction<String>> answers;

  /**
   * A model.
   *
   * @param answers the logit of each answer by the text before it; that of everything else together
   *     is 0
   */
  public TestModel(Map<String, ToDoubleFunction<String>> answers) {
    this.answers = new LinkedHashMap<>(answers);
  }

  /** Yes or no, by which words a text has: some count, and two of them together. */
  public static TestModel standard() {
    return new TestModel(
        Map.of(
            "yes",
            text ->
                (text.contains("good") ? 1.5 : -0.5)
                    + (text.contains("fine") && text.contains("day") ? 1 : 0),
            "no",
            text -> text.contains("bad") ? 2 : -1));
  }

  /** The tokens of a text. */
  public List<Piece> tokens(String text) {
    List<Piece> pieces = new ArrayList<>();
    Matcher piece = PIECE.matcher(text);
    while (piece.find()) {
      String said = piece.group();
      if (said.codePointAt(0) > 0xFFFF) {
        pieces.add(new Piece("\uFFFD", said.length()));
        pieces.add(new Piece("\uFFFD", 0));
      } else {
        pieces.add(new Piece(said, said.length()));
      }
    }
    return pieces;
  }

  /** Log-probabilities of the tokens of a text, NaN for the first. */
  public double[] logProbabilities(String text) {
    List<Piece> pieces = tokens(text);
    double[] values = new double[pieces.size()];
    int from = 0;
    for (int i = 0; i < values.length; i++) {
      Piece piece = pieces.get(i);
      values[i] = i == 0 ? Double.NaN : value(text.substring(0, from), pieces.get(i - 1), piece);
      from += piece.length();
    }
    return values;
  }

  private double value(String before, Piece last, Piece piece) {
    for (String answer : answers.keySet()) {
      if (first(answer).equals(piece.said().strip())) {
        return logProbability(answer, before);
      }
    }
    int hash = (last.said().hashCode() * 31 + piece.said().hashCode()) * 0x9E3779B1;
    return -0.1 - 4.0 * ((hash >>> 8) / (double) (1 << 24));
  }

  /** The logarithm of the probability that a reply begins as an answer does. */
  public double logProbability(String answer, String before) {
    double all = 1;
    for (ToDoubleFunction<String> logit : answers.values()) {
      all += Math.exp(logit.applyAsDouble(before));
    }
    return answers.get(answer).applyAsDouble(before) - Math.log(all);
  }

  private String first(String answer) {
    return tokens(answer).get(0).said().strip();
  }

  /** The first tokens of a reply with their log-probabilities, likeliest first. */
  public List<Map.Entry<String, Double>> next(String before) {
    List<Map.Entry<String, Double>> listed = new ArrayList<>();
    double rest = 1;
    for (String answer : answers.keySet()) {
      double value = logProbability(answer, before);
      rest -= Math.exp(value);
      listed.add(Map.entry(first(answer), value + Math.log(BARE)));
      listed.add(Map.entry(" " + first(answer), value + Math.log(1 - BARE)));
    }
    for (int f = 0; f < FILLERS; f++) {
      double share = (f + 1) * 2.0 / (FILLERS * (FILLERS + 1));
      listed.add(Map.entry("w" + f, Math.log(rest * share)));
    }
    listed.sort(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()));
    return listed;
  }

  /** The likeliest continuation. */
  public String greedy(String before, int maxTokens) {
    String best = next(before).get(0).getKey();
    String whole =
        answers.keySet().stream().filter(a -> first(a).equals(best)).findFirst().orElse(best);
    StringBuilder text = new StringBuilder();
    String spaced = before.endsWith(" ") ? whole : " " + whole;
    tokens(spaced).stream().limit(maxTokens).forEach(p -> text.append(p.said()));
    return text.toString();
  }

  /** A vector of unit length: what words a text has. */
  public double[] embedding(String text) {
    double[] vector = new double[16];
    vector[0] = 0.01;
    for (String word : text.strip().split("\\s+")) {
      int hash = word.hashCode() * 0x9E3779B1;
      vector[hash >>> 28] += (hash & 0x1000) == 0 ? 1 : -1;
    }
    double norm = 0;
    for (double v : vector) {
      norm += v * v;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= Math.sqrt(norm);
    }
    return vector;
  }
}
