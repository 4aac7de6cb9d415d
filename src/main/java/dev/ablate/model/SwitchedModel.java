package dev.ablate.model;

import dev.ablate.code.InputException;
import dev.ablate.model.onnx.SwitchedNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model of texts whose components can be switched off, in each row others. A scale of 1 keeps a
 * component, 0 switches it off; with all ones the model is what it is unedited. Several threads may
 * use it at once; rows do not influence each other.
 */
public final class SwitchedModel implements AutoCloseable {
  private final TextModel text;
  private final SwitchedNetwork network;
  private final boolean rescaled;
  private final List<Component> components;

  /** The model that was opened, with which this is closed; null where this is that one. */
  private final SwitchedModel opened;

  /** Edited networks beside the first that are closed with the model that was opened. */
  private final List<SwitchedNetwork> others = new ArrayList<>();

  private boolean closed;

  private SwitchedModel(
      TextModel text, SwitchedNetwork network, boolean rescaled, SwitchedModel opened) {
    this.text = text;
    this.network = network;
    this.rescaled = rescaled;
    this.opened = opened;
    this.components = List.copyOf(network.components());
  }

  private SwitchedModel first() {
    return opened == null ? this : opened;
  }

  /**
   * Opens a model.
   *
   * @param directory a classifier or a language model
   * @param choice which components can be switched
   * @param threads how many batches may run at once, at least 1
   * @throws InputException if the model cannot be used, or if its components are not found: the
   *     message names what was looked for and how many were found
   */
  public static SwitchedModel open(ModelDirectory directory, ComponentChoice choice, int threads) {
    TextModel text = InputException.required(directory, "the model directory").load(threads);
    try {
      if (text instanceof EmbeddingModel) {
        throw new InputException(
            "the model "
                + text.name()
                + " is "
                + text.kind()
                + ", which gives nothing that its components could change but a vector; name a"
                + " classifier or a language model as "
                + InputException.setting("model"));
      }
      SwitchedNetwork network = SwitchedNetwork.open(directory.network(text), choice);
      return new SwitchedModel(text, network, false, null);
    } catch (RuntimeException e) {
      text.close();
      throw e;
    }
  }

  /** The model as it is: tokenizer, labels, limits, the plain network. Closed with this. */
  public TextModel text() {
    return text;
  }

  /** What can be switched, in the order of scales: layer by layer, heads before the MLP block. */
  public List<Component> components() {
    return components;
  }

  /** Lines for the user about how the edited network runs. */
  public List<String> notes() {
    return network.notes();
  }

  /**
   * The logits of texts, for a classifier.
   *
   * @param rows tokens of each text, special ones included
   * @param scales {@code (rows, components)}; null for all ones
   * @return {@code (rows, labels)}
   * @throws InputException if the network fails on a row
   */
  public float[][] logits(int[][] rows, float[][] scales) {
    requireKind(text instanceof TextClassifier, "logits", "a classifier");
    float[][] used = used(rows, scales);
    float[][] logits = new float[rows.length][];
    inBatches(
        rows,
        batch -> {
          float[][] found = network.logits(taken(rows, batch), taken(used, batch));
          for (int b = 0; b < batch.length; b++) {
            logits[batch[b]] = found[b];
          }
        });
    return logits;
  }

  /**
   * Natural logarithms of the probabilities of the last tokens of rows, for a language model.
   *
   * @param rows tokens of each row
   * @param asked how many tokens at the end of each row, at least 1; each has a token before it
   * @param scales {@code (rows, components)}; null for all ones
   * @return for each row as many numbers as were asked
   * @throws InputException if the network fails on a row
   */
  public float[][] logProbabilities(int[][] rows, int[] asked, float[][] scales) {
    return ofTokens(rows, asked, scales, network::logProbabilities);
  }

  /**
   * Whether the last tokens of rows are what a language model would say: each the likeliest one
   * behind all tokens before it.
   *
   * @param rows tokens of each row
   * @param asked how many tokens at the end of each row, at least 1; each has a token before it
   * @param scales {@code (rows, components)}; null for all ones
   * @return for each row as many numbers as were asked: 1 for a token that is, 0 for one that is
   *     not
   * @throws InputException if the network fails on a row
   */
  public float[][] likeliest(int[][] rows, int[] asked, float[][] scales) {
    return ofTokens(rows, asked, scales, network::likeliest);
  }

  /** What a network gives for the last tokens of rows. */
  @FunctionalInterface
  private interface Asking {
    float[][] of(int[][] rows, int[] asked, float[][] scales);
  }

  private float[][] ofTokens(int[][] rows, int[] asked, float[][] scales, Asking asking) {
    requireKind(text instanceof LanguageModel, "probabilities of tokens", "a language model");
    float[][] used = used(rows, scales);
    float[][] all = new float[rows.length][];
    inBatches(
        rows,
        batch -> {
          int[] some = IntStream.of(batch).map(r -> asked[r]).toArray();
          float[][] found = asking.of(taken(rows, batch), some, taken(used, batch));
          for (int b = 0; b < batch.length; b++) {
            all[batch[b]] = found[b];
          }
        });
    return all;
  }

  /**
   * The same model with something else in the place of what is switched off. It is closed with the
   * model that was opened, or before.
   *
   * @throws InputException if the network fails on a reference
   */
  public SwitchedModel replacing(Replacement replacement) {
    SwitchedNetwork other =
        network.replacing(InputException.required(replacement, "the replacement"));
    if (rescaled && !other.zeros()) {
      other.close();
      throw notRescaled();
    }
    first().add(other);
    return new SwitchedModel(text, other, rescaled, first());
  }

  private synchronized void add(SwitchedNetwork other) {
    others.add(other);
  }

  /** Closes a network that no other model has. */
  private synchronized void closeOther(SwitchedNetwork other) {
    if (others.remove(other)) {
      other.close();
    }
  }

  /** How many edited networks are open, for tests. */
  synchronized int openNetworks() {
    return 1 + others.size();
  }

  /**
   * The same model in which what is kept of a layer's heads, or of its neurons, makes up for what
   * is switched off: a layer of which k of n are kept gives n / k times as much.
   *
   * @throws InputException if something else than zeros stands for what is switched off
   */
  public SwitchedModel rescaled() {
    if (!network.zeros()) {
      throw notRescaled();
    }
    return new SwitchedModel(text, network, true, first());
  }

  /**
   * What heads attend to in a text, with nothing switched off.
   *
   * @param row its tokens
   * @return for each component {@code (tokens, tokens)}, from the row's position to that of the
   *     column; null for what is no head, and for heads of fused operators, which do not show it
   * @throws InputException if the network fails on the row
   */
  public float[][][] attention(int[] row) {
    return network.attention(row);
  }

  private static InputException notRescaled() {
    return new InputException(
        "where something stands for what is switched off, nothing is missing that "
            + InputException.setting("rescale")
            + " could make up for: leave it out, or switch off with zeros");
  }

  private void requireKind(boolean right, String what, String needed) {
    if (!right) {
      throw new InputException(
          "the model "
              + text.name()
              + " is "
              + text.kind()
              + ", which gives no "
              + what
              + "; name "
              + needed
              + " as "
              + InputException.setting("model"));
    }
  }

  /** The scales that the network gets. */
  private float[][] used(int[][] rows, float[][] scales) {
    text.requireOpen();
    if (closed) {
      throw new IllegalStateException("this model is closed");
    }
    if (scales == null) {
      float[] ones = new float[components.size()];
      Arrays.fill(ones, 1);
      return IntStream.range(0, rows.length).mapToObj(r -> ones).toArray(float[][]::new);
    }
    if (scales.length != rows.length
        || Stream.of(scales).anyMatch(scale -> scale.length != components.size())) {
      throw new IllegalArgumentException("scales must be (rows, components)");
    }
    return rescaled ? Stream.of(scales).map(this::rescaled).toArray(float[][]::new) : scales;
  }

  /** Scales by which what is kept of a layer makes up for what is not; MLP blocks stand alone. */
  private float[] rescaled(float[] scales) {
    float[] used = scales.clone();
    int from = 0;
    while (from < used.length) {
      Component first = components.get(from);
      int end = from + 1;
      while (end < used.length && first.isBeside(components.get(end))) {
        end++;
      }
      double kept = 0;
      for (int c = from; c < end; c++) {
        kept += scales[c];
      }
      for (int c = from; c < end && first.kind() != Component.Kind.MLP && kept > 0; c++) {
        used[c] = (float) (scales[c] * ((end - from) / kept));
      }
      from = end;
    }
    return used;
  }

  private static int[][] taken(int[][] rows, int[] batch) {
    return IntStream.of(batch).mapToObj(r -> rows[r]).toArray(int[][]::new);
  }

  private static float[][] taken(float[][] rows, int[] batch) {
    return IntStream.of(batch).mapToObj(r -> rows[r]).toArray(float[][]::new);
  }

  /** Work on batches of rows of about one length, on the threads of the model. */
  private void inBatches(int[][] rows, Consumer<int[]> work) {
    int[] order =
        IntStream.range(0, rows.length)
            .boxed()
            .sorted(Comparator.comparingInt(r -> rows[r].length))
            .mapToInt(Integer::intValue)
            .toArray();
    List<int[]> batches = new ArrayList<>();
    int from = 0;
    for (int end = 1; end <= order.length; end++) {
      boolean full =
          end == order.length
              || (long) (end - from + 1) * rows[order[end]].length > TextModel.BATCH_TOKENS;
      if (full) {
        batches.add(Arrays.copyOfRange(order, from, end));
        from = end;
      }
    }
    text.workers().forEach(batches.size(), b -> work.accept(batches.get(b)));
  }

  /**
   * Frees the native memory of the model that was opened and of all that were made of it; of one
   * that was made of it what it alone has.
   */
  @Override
  public synchronized void close() {
    closed = true;
    if (opened == null) {
      text.close();
      network.close();
      others.forEach(SwitchedNetwork::close);
      others.clear();
    } else {
      opened.closeOther(network);
    }
  }
}
