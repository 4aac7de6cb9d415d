package dev.ablate.model;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  private final LabelKind labelKind;
  private final TokenLimit limit;
  private final List<String> notes;
  private final Workers workers;
  private volatile boolean closed;

  TextModel(
      ModelIdentity identity,
      ModelConfig config,
      TextTokenizer tokenizer,
      Scorer scorer,
      List<String> notes,
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
    this.labelKind = config.kind(scorer.scores());
    this.limit = new TokenLimit(scorer, Math.min(config.maxTokens(), scorer.maxTokens()));
    this.notes = Stream.of(notes, scorer.notes(), labelNotes()).flatMap(List::stream).toList();
    this.workers = new Workers(threads);
  }

  private List<String> labelNotes() {
    return switch (labelKind) {
      case EXCLUSIVE -> List.of();
      case INDEPENDENT ->
          labels.size() == 1
              ? List.of()
              : List.of(
                  "the labels do not exclude each other (problem_type in config.json): the log-odds"
                      + " of each are its logit, and its probability is the sigmoid of that");
      case NUMBERS ->
          List.of(
              "the model is a regression (problem_type in config.json): its outputs are explained"
                  + " as they are");
    };
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
    requireOpen();
    return tokenizer;
  }

  /** The network. */
  public Scorer scorer() {
    requireOpen();
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

  /** What the logits mean. */
  public LabelKind labelKind() {
    return labelKind;
  }

  /** Lines for the user about the model. */
  public List<String> notes() {
    return notes;
  }

  /** Most tokens an input may have by its configuration, special tokens included. */
  public int maxTokens() {
    return limit.declared();
  }

  /**
   * Looks at the length of a text.
   *
   * @param ids its tokens, special ones included
   * @throws dev.ablate.code.InputException if it is longer than the configuration allows
   */
  public void requireLength(int[] ids) {
    limit.require(name(), ids);
  }

  /**
   * The logits of a text.
   *
   * @param ids its tokens, special ones included
   * @throws dev.ablate.code.InputException if the network fails on it; the message says so if it is
   *     too long
   */
  public float[] logits(int[] ids) {
    return limit.score(name(), ids);
  }

  /** The threads that run batches. */
  public Workers workers() {
    requireOpen();
    return workers;
  }

  private void requireOpen() {
    if (closed) {
      throw new InputException(
          "the model "
              + name()
              + " is closed: use it and its games before close(), or load it again");
    }
  }

  /** Frees the native memory; waits for runs in progress. */
  @Override
  public void close() {
    closed = true;
    workers.close();
    scorer.close();
    tokenizer.close();
  }
}
