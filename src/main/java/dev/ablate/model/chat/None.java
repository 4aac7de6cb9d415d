package dev.ablate.model.chat;

/** Python's {@code None}, which is something else than what is not there. */
final class None {
  static final None NONE = new None();

  private None() {}

  @Override
  public String toString() {
    return "None";
  }
}
