package dev.ablate.model.remote;

/** What a server refuses, and would again. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String words;
  private final boolean ofForm;

  /**
   * A refusal.
   *
   * @param words the server's, in one line; empty for none
   * @param line what stands behind "the server" in the line for the user
   * @param ofForm whether it may be about how was asked, rather than about what
   */
  Refused(String words, String line, boolean ofForm) {
    super(line);
    this.words = words;
    this.ofForm = ofForm;
  }

  /** Whether asking for the same in another way may help. */
  boolean isOfForm() {
    return ofForm;
  }

  /** Whether the server speaks of something. */
  boolean names(String what) {
    return words.contains(what);
  }
}
