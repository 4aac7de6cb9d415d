package dev.ablate.model.remote;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The likeliest first tokens of a reply.
 *
 * @param listed likeliest first, white space at their fronts included; at least one
 * @param usage as the server counts tokens
 */
public record FirstTokens(List<Listed> listed, Usage usage) {
  /** How far a sum of probabilities of servers is from what it should be. */
  private static final double ROUNDING = 1e-6;

  /**
   * A token that may come first.
   *
   * @param text what it says
   * @param logProbability natural logarithm of its probability
   */
  public record Listed(String text, double logProbability) {}

  /**
   * How likely a token is.
   *
   * @param logProbability natural logarithm of the probability of all its spellings together
   * @param bound whether it is not among the listed ones, so that this is the most that it can be
   */
  public record Likelihood(double logProbability, boolean bound) {}

  /**
   * The token by which an answer begins: the longest listed one that the answer begins with, white
   * space at the front of both left out. Empty where none does.
   */
  public Optional<String> firstOf(String answer) {
    String sought = answer.stripLeading();
    return listed.stream()
        .map(l -> l.text().stripLeading())
        .filter(t -> !t.isEmpty() && sought.startsWith(t))
        .max(Comparator.comparingInt(String::length));
  }

  /**
   * The log-probability of a token; spellings that differ by white space at the front add up. One
   * that is not listed has at most what the listed ones leave, and at most what the last of them
   * has; it gets the smaller of both.
   */
  public Likelihood of(String token) {
    double listedSum = 0;
    double sum = 0;
    for (Listed one : listed) {
      double probability = Math.exp(one.logProbability());
      listedSum += probability;
      if (one.text().stripLeading().equals(token.stripLeading())) {
        sum += probability;
      }
    }
    if (sum > 0) {
      return new Likelihood(Math.log(sum), false);
    }
    double least = listed.get(listed.size() - 1).logProbability();
    double left = Math.max(1 - listedSum, ROUNDING);
    return new Likelihood(Math.min(least, Math.log(left)), true);
  }
}
