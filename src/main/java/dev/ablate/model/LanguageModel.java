package dev.ablate.model;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** A model that says how likely tokens are behind those before them. */
public final class LanguageModel extends TextModel {
  private final CausalScorer scorer;
  private final EdgeTokens edges;
  private final List<String> notes;

  LanguageModel(Parts parts, CausalScorer scorer, EdgeTokens edges) {
    super(parts, scorer.maxTokens(), scorer::next);
    this.scorer = scorer;
    this.edges = edges;
    this.notes = Stream.of(parts.notes(), scorer.notes()).flatMap(List::stream).toList();
  }

  @Override
  public String kind() {
    return "a language model";
  }

  /** The network. */
  public CausalScorer scorer() {
    requireOpen();
    return scorer;
  }

  /** The token that begins a text, if the model has one; it stands where nothing else does. */
  public OptionalInt beginId() {
    return edges.begin();
  }

  /** The tokens that end a text. */
  public Set<Integer> endIds() {
    return edges.ends();
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  /**
   * The likeliest continuation, token by token: up to a token that ends the text or the
   * continuation, which is left out, or as many tokens as asked for.
   *
   * @param ids at least one token
   * @param most most tokens of the answer, at least 1
   * @param staying how many tokens of a continuation, of at least one, stay; it goes on where all
   *     do
   * @throws dev.ablate.code.InputException if the network fails on the text; the message says so if
   *     it is too long
   */
  public int[] continuation(int[] ids, int most, ToIntFunction<int[]> staying) {
    int room = (int) Math.min(most, (long) maxTokens() - ids.length);
    int[] own = {};
    while (own.length < room) {
      int[] row = joined(ids, own);
      int next = ofText(row, () -> scorer.next(row));
      if (edges.ends().contains(next)) {
        break;
      }
      own = joined(own, next);
      int stay = staying.applyAsInt(own);
      if (stay < own.length) {
        return Arrays.copyOf(own, stay);
      }
    }
    return own;
  }

  private static int[] joined(int[] first, int... second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Override
  void closeNetwork() {
    scorer.close();
  }
}
