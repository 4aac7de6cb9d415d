package dev.ablate.model;

import dev.ablate.backend.host.Workers;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A text classifier that is ready to run: tokenizer, network, labels, and the threads that run its
 * batches. Several threads may use it; {@link ModelDirectory#load} makes one.
 */
public final class TextModel implements AutoCloseable {
  /**
   * Most tokens that should be in one batch, padding included. The smallest size at which a token
   * costs hardly more than in large batches: small batches balance threads and stop quickly.
   */
  public static final int BATCH_TOKENS = 512;

  private final ModelIdentity identity;
  private final TextTokenizer tokenizer;
  private final Scorer scorer;
  private final List<String> labels;
  private final OptionalInt maskId;
  private final OptionalInt unkId;
  private final OptionalInt padId;
  private final int maxTokens;
  private final Workers workers;

  TextModel(
      ModelIdentity identity,
      ModelConfig config,
      TextTokenizer tokenizer,
      Scorer scorer,
      int threads) {
    this.identity = identity;
    this.tokenizer = tokenizer;
    this.scorer = scorer;
    this.labels =
        config.labels().isEmpty()
            ? IntStream.range(0, scorer.scores()).mapToObj(i -> "LABEL_" + i).toList()
            : config.labels();
    this.maskId = firstKnown(tokenizer, config.maskTokens());
    OptionalInt unknown = firstKnown(tokenizer, config.unkTokens());
    this.unkId = unknown.isPresent() ? unknown : tokenizer.unknownId();
    this.padId =
        config.padId().isPresent() ? config.padId() : firstKnown(tokenizer, config.padTokens());
    this.maxTokens = config.maxTokens();
    this.workers = new Workers(threads);
  }

  /** The number of the first of some spellings that the vocabulary has. */
  static OptionalInt firstKnown(TextTokenizer tokenizer, List<String> spellings) {
    return spellings.stream()
        .map(tokenizer::id)
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  /** Where the model came from, for messages. */
  public String name() {
    return identity.name();
  }

  /** What decides its values, as hashes. */
  public ModelIdentity identity() {
    return identity;
  }

  /** Splits texts into tokens. */
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  /** The network. */
  public Scorer scorer() {
    return scorer;
  }

  /** The labels in the order of the logits; {@code LABEL_0}… if the model names none. */
  public List<String> labels() {
    return labels;
  }

  /** The token that stands for a hidden one, if the vocabulary has it. */
  public OptionalInt maskId() {
    return maskId;
  }

  /** The token that stands for unknown words, if the vocabulary has it. */
  public OptionalInt unkId() {
    return unkId;
  }

  /** The token that the model takes for padding, if it has one. */
  public OptionalInt padId() {
    return padId;
  }

  /** Most tokens an input may have, special tokens included. */
  public int maxTokens() {
    return maxTokens;
  }

  /** The threads that run batches. */
  public Workers workers() {
    return workers;
  }

  /** Frees the native memory; waits for runs in progress. */
  @Override
  public void close() {
    workers.close();
    scorer.close();
    tokenizer.close();
  }
}
