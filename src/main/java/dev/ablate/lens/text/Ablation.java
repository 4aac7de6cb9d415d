package dev.ablate.lens.text;

import java.util.Locale;

/** What becomes of the tokens of an ablated feature. */
public enum Ablation {
  /**
   * The first of the others that the model can serve: {@link #MASK}, {@link #UNK}, {@link
   * #SUBSTITUTE} with three dots, {@link #REMOVE}.
   */
  AUTO,
  /** Each is replaced by the model's mask token. */
  MASK,
  /** Each is replaced by the model's token for unknown words. */
  UNK,
  /** They are taken out, and the text closes up. */
  REMOVE,
  /** All of a feature together are replaced by the tokens of a text. */
  SUBSTITUTE;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
