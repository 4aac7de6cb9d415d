package dev.ablate.model.chat;

/** Why a chat is not rendered, as the part of a line. */
final class TemplateTrouble extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean refusal;

  TemplateTrouble(String reason) {
    this(reason, false);
  }

  TemplateTrouble(String reason, boolean refusal) {
    super(reason);
    this.refusal = refusal;
  }

  /** Whether the template itself refuses the chat, with a reason of its own. */
  boolean isRefusal() {
    return refusal;
  }

  /** The same at a line of the template. */
  TemplateTrouble at(int line) {
    return refusal ? this : new TemplateTrouble("line " + line + ": " + getMessage());
  }
}
