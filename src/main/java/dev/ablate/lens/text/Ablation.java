package dev.ablate.lens.text;

import java.util.Locale;

/** What becomes of the tokens of an ablated feature. */
public enum Ablation {
  /** Each is replaced by the model's mask token. */
  MASK,
  /** Each is replaced by the model's token for unknown words. */
  UNK,
  /** They are taken out, and the text closes up. */
  REMOVE;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
