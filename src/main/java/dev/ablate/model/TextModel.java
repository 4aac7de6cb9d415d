package dev.ablate.model;

import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.model.chat.ChatTemplate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A model of texts that is ready to run: tokenizer, network, and the threads that run its batches.
 * Several threads may use it; {@link ModelDirectory#load} makes one, and {@link ServedModel#open}
 * one that runs elsewhere.
 */
public abstract sealed class TextModel implements AutoCloseable
    permits TextClassifier, LanguageModel, EmbeddingModel, ServedModel {
  /**
   * Most tokens that should be in one batch, padding included. The smallest size at which a token
   * costs hardly more than in large batches: small batches balance threads and stop quickly.
   */
  public static final int BATCH_TOKENS = 512;

  private final Parts parts;
  private final OptionalInt maskId;
  private final OptionalInt unkId;
  private final OptionalInt padId;
  private final TokenLimit limit;
  private final Workers workers;
  private final Map<ResidentNetwork, ResidentRuns> runs = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Null until somebody asks. */
  private Optional<ChatTemplate> template;

  /**
   * What every model is opened from.
   *
   * @param identity what decides its values
   * @param config what its small files say
   * @param tokenizer splits texts; closed with the model
   * @param template gives what makes texts of chats, null if there is none
   * @param notes lines for the user about its files
   * @param serving where its network runs; null where it is not in this process
   * @param threads how many batches may run at once, at least 1
   */
  record Parts(
      ModelIdentity identity,
      ModelConfig config,
      TextTokenizer tokenizer,
      Supplier<ChatTemplate> template,
      List<String> notes,
      Serving serving,
      int threads) {
    /** Those of a model whose network is not in this process. */
    Parts(
        ModelIdentity identity,
        ModelConfig config,
        TextTokenizer tokenizer,
        Supplier<ChatTemplate> template,
        List<String> notes,
        int threads) {
      this(identity, config, tokenizer, template, notes, null, threads);
    }
  }

  /**
   * A model of these parts.
   *
   * @param taken most tokens a row may have by the graph
   * @param network runs the network on one row
   */
  TextModel(Parts parts, int taken, Consumer<int[]> network) {
    this.parts = parts;
    ModelConfig config = parts.config();
    TextTokenizer tokenizer = parts.tokenizer();
    this.maskId = firstKnown(tokenizer, config.maskTokens());
    OptionalInt unknown = firstKnown(tokenizer, config.unkTokens());
    this.unkId = unknown.isPresent() ? unknown : tokenizer.unknownId();
    this.padId =
        config.padId().isPresent() ? config.padId() : firstKnown(tokenizer, config.padTokens());
    this.limit = new TokenLimit(network, Math.min(config.maxTokens(), taken));
    this.workers = new Workers(parts.threads());
  }

  /** The number of the first of some spellings that the vocabulary has. */
  static OptionalInt firstKnown(TextTokenizer tokenizer, List<String> spellings) {
    return spellings.stream()
        .map(tokenizer::id)
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  /** What it is, as a user would say, such as {@code a classifier}. */
  public abstract String kind();

  /** Where the model came from, for messages. */
  public String name() {
    return parts.identity().name();
  }

  /** What decides its values, as hashes. */
  public ModelIdentity identity() {
    return parts.identity();
  }

  /** Splits texts into tokens. */
  public TextTokenizer tokenizer() {
    requireOpen();
    return parts.tokenizer();
  }

  /**
   * The template by which it makes texts of chats; null if it has none. It is read when it is first
   * asked for: other texts do without.
   *
   * @throws InputException if what stands in its place is none
   */
  public synchronized ChatTemplate chatTemplate() {
    if (template == null) {
      template = Optional.ofNullable(parts.template().get());
    }
    return template.orElse(null);
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

  /** Lines for the user about the model. */
  public List<String> notes() {
    return parts.notes();
  }

  /** Where its network runs and why, in one line; null where nobody chose. */
  public String providerChoice() {
    return parts.serving() == null ? null : parts.serving().reason();
  }

  /** What carries out its network; null where that is not in this process. */
  public Serving.Asked provider() {
    return parts.serving() == null ? null : parts.serving().id();
  }

  /** Most tokens an input may have by its configuration, special tokens included. */
  public int maxTokens() {
    return limit.declared();
  }

  /**
   * Looks at the length of a text.
   *
   * @param ids its tokens, special ones included
   * @throws InputException if it is longer than the configuration allows
   */
  public void requireLength(int[] ids) {
    limit.require(name(), ids);
  }

  /** What the network gives for a text; where it fails, the message says so if it is too long. */
  <T> T ofText(int[] ids, Supplier<T> network) {
    return limit.during(name(), ids, network);
  }

  /** The threads that run batches. */
  public Workers workers() {
    requireOpen();
    return workers;
  }

  /** The batches of one of its networks in the memory of a backend. */
  public ResidentRuns runs(ResidentNetwork network) {
    requireOpen();
    return runs.computeIfAbsent(network, ResidentRuns::new);
  }

  /** Refuses to work after {@link #close}. */
  void requireOpen() {
    if (closed) {
      throw new InputException(
          "the model "
              + name()
              + " is closed: use it and its games before close(), or load it again");
    }
  }

  /** Frees the network's native memory. */
  abstract void closeNetwork();

  /** Frees the native memory; waits for runs in progress. */
  @Override
  public void close() {
    closed = true;
    workers.close();
    try {
      runs.values().forEach(ResidentRuns::close);
    } finally {
      // Also where a device that broke gives nothing back any more.
      closeNetwork();
      parts.tokenizer().close();
    }
  }
}
