package dev.ablate.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** An encoder that gives a text a vector of length 1. */
public final class EmbeddingModel extends TextModel {
  private final Function<Pooling, Scorer> opening;
  private final Scorer usual;
  private final List<String> notes;

  /** By the pooling that somebody asked for. */
  private final Map<Pooling, Scorer> others = new HashMap<>();

  EmbeddingModel(Parts parts, Function<Pooling, Scorer> opening, Scorer usual) {
    super(parts, usual.maxTokens(), row -> TextClassifier.scores(usual, row));
    this.opening = opening;
    this.usual = usual;
    this.notes = Stream.of(parts.notes(), usual.notes()).flatMap(List::stream).toList();
  }

  @Override
  public String kind() {
    return "an encoder of texts";
  }

  /**
   * The network; the scores of a row are its vector.
   *
   * @param pooling how the vectors of the tokens become one; null for what the model's files say
   */
  public Scorer scorer(Pooling pooling) {
    requireOpen();
    if (pooling == null) {
      return usual;
    }
    synchronized (others) {
      return others.computeIfAbsent(pooling, opening);
    }
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  /**
   * The vector of a text.
   *
   * @param ids its tokens, special ones included
   * @param pooling how the vectors of the tokens become one; null for what the model's files say
   * @throws dev.ablate.code.InputException if the network fails on it; the message says so if it is
   *     too long
   */
  public float[] vector(int[] ids, Pooling pooling) {
    Scorer scorer = scorer(pooling);
    return ofText(ids, () -> TextClassifier.scores(scorer, ids));
  }

  @Override
  void closeNetwork() {
    usual.close();
    synchronized (others) {
      others.values().forEach(Scorer::close);
    }
  }
}
