package dev.ablate.model.remote;

import java.util.List;

/**
 * {@code /completions}: what the tokens of a text are worth to a model. Several threads may ask.
 */
public final class Completions {
  Completions() {}

  /**
   * Log-probabilities of all tokens of a text. The first call finds out in which way the server
   * gives them, in at most three requests.
   *
   * @param text prompt and answer in one
   * @throws dev.ablate.code.InputException if the server gives no log-probabilities, too few, those
   *     of another text, or none that are numbers; or if it fails: the message says which, and what
   *     to do
   */
  public ScoredText score(String text) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The likeliest continuation of a text.
   *
   * @param maxTokens most tokens of it
   * @param stops texts before which it ends; at most four are sent
   */
  public Continuation continuation(String text, int maxTokens, List<String> stops) {
    throw new UnsupportedOperationException("not yet");
  }
}
