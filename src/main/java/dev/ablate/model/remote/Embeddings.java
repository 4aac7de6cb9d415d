package dev.ablate.model.remote;

import java.util.List;

/** {@code /embeddings}: vectors of texts. Several threads may ask. */
public final class Embeddings {
  Embeddings() {}

  /**
   * Vectors of some texts, in one request.
   *
   * @return a row a text, all of one length, as the server gives them
   * @throws dev.ablate.code.InputException if the server fails, or gives what are no such vectors
   */
  public double[][] of(List<String> texts) {
    throw new UnsupportedOperationException("not yet");
  }
}
