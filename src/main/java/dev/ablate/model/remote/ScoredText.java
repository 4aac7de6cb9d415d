package dev.ablate.model.remote;

import java.util.List;
import java.util.Optional;

/**
 * A text as a server scored it. All of it is there: its tokens cover the text, special tokens that
 * the server puts in front left out, and each but the very first has its log-probability.
 *
 * @param text what was sent
 * @param tokens in the order of the text
 * @param usage as the server counts tokens, special ones included
 */
public record ScoredText(String text, List<ScoredToken> tokens, Usage usage) {
  /**
   * The tokens of what stands behind a place: those that end behind it, so that a token over the
   * seam counts as its first one.
   *
   * @param place in UTF-16 units
   */
  public List<ScoredToken> behind(int place) {
    return tokens.stream().filter(t -> t.to() > place || t.from() >= place).toList();
  }

  /** The token that begins before a place and ends behind it, if there is one. */
  public Optional<ScoredToken> across(int place) {
    return tokens.stream().filter(t -> t.from() < place && t.to() > place).findFirst();
  }
}
