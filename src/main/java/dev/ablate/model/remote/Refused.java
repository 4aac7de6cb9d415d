package dev.ablate.model.remote;

/** What a server refuses, and would again. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String words;
  private final About about;

  /** What a refusal is about. */
  enum About {
    /** Perhaps how was asked, so that asking in another way may help. */
    FORM,
    /** The name of the model. */
    MODEL,
    /** What was asked for, or where. */
    TEXT_OR_PATH
  }

  /**
   * A refusal.
   *
   * @param words the server's, in one line; empty for none
   * @param line what stands behind "the server" in the line for the user
   */
  Refused(String words, String line, About about) {
    super(line);
    this.words = words;
    this.about = about;
  }

  /** Whether asking for the same in another way may help. */
  boolean isOfForm() {
    return about == About.FORM;
  }

  /** Whether the server does not know the model. */
  boolean isOfModel() {
    return about == About.MODEL;
  }

  /** Whether the server speaks of something. */
  boolean names(String what) {
    return words.contains(what);
  }
}
