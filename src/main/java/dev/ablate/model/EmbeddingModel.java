package dev.ablate.model;

import java.util.List;
import java.util.stream.Stream;

/** An encoder that gives a text a vector of length 1. */
public final class EmbeddingModel extends TextModel {
  private final Embedder embedder;
  private final List<String> notes;

  EmbeddingModel(Parts parts, Embedder embedder) {
    super(parts, embedder.maxTokens(), row -> vector(embedder, row, embedder.pooling()));
    this.embedder = embedder;
    this.notes = Stream.of(parts.notes(), embedder.notes()).flatMap(List::stream).toList();
  }

  private static float[] vector(Embedder embedder, int[] row, Pooling pooling) {
    float[] vector = new float[embedder.dimensions()];
    embedder.embed(row, new int[] {row.length}, 1, row.length, pooling, vector);
    return vector;
  }

  @Override
  public String kind() {
    return "an encoder of texts";
  }

  /** The network. */
  public Embedder embedder() {
    requireOpen();
    return embedder;
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  /**
   * The vector of a text.
   *
   * @param ids its tokens, special ones included
   * @param pooling how the vectors of the tokens become one
   * @throws dev.ablate.code.InputException if the network fails on it; the message says so if it is
   *     too long
   */
  public float[] vector(int[] ids, Pooling pooling) {
    return ofText(ids, () -> vector(embedder, ids, pooling));
  }

  @Override
  void closeNetwork() {
    embedder.close();
  }
}
