package dev.ablate.model;

import dev.ablate.code.InputException;
import java.util.List;

/**
 * A model of texts whose components can be switched off, in each row others. A scale of 1 keeps a
 * component, 0 switches it off; with all ones the model is what it is unedited. Several threads may
 * use it at once; rows do not influence each other.
 */
public final class SwitchedModel implements AutoCloseable {
  private final TextModel text;

  private SwitchedModel(TextModel text) {
    this.text = text;
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
    return new SwitchedModel(directory.load(threads));
  }

  /** The model as it is: tokenizer, labels, limits, the plain network. Closed with this. */
  public TextModel text() {
    return text;
  }

  /** What can be switched, in the order of scales: layer by layer, heads before the MLP block. */
  public List<Component> components() {
    throw new UnsupportedOperationException();
  }

  /** Lines for the user about how the edited network runs. */
  public List<String> notes() {
    return List.of();
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
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /**
   * The same model with something else in the place of what is switched off. It shares the plain
   * model, and is closed with this one at the latest.
   *
   * @throws InputException if the network fails on a reference
   */
  public SwitchedModel replacing(Replacement replacement) {
    throw new UnsupportedOperationException();
  }

  /**
   * The same model in which what is kept of a layer's heads, or of its neurons, makes up for what
   * is switched off: a layer of which k of n are kept gives n / k times as much. Nothing to be
   * closed.
   *
   * @throws InputException if something else than zeros stands for what is switched off
   */
  public SwitchedModel rescaled() {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /** Frees the native memory. */
  @Override
  public void close() {
    text.close();
  }
}
