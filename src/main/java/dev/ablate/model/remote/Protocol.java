package dev.ablate.model.remote;

import java.util.Locale;

/** What a server is asked by. */
public enum Protocol {
  /** Log-probabilities of all tokens of a text: {@code /v1/completions}. */
  COMPLETIONS,
  /** Log-probabilities of the first token of a reply: {@code /v1/chat/completions}. */
  CHAT,
  /** Vectors of texts: {@code /v1/embeddings}. */
  EMBEDDINGS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
