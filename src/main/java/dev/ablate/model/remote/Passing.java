package dev.ablate.model.remote;

import java.time.Duration;

/** What may go better when the same is sent again. */
final class Passing extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Duration wait;

  /** With what the server did, to stand behind "the server". */
  Passing(String did) {
    this(did, null);
  }

  /**
   * The same where the server says when.
   *
   * @param wait how long it wants to be left alone; null where it does not say
   */
  Passing(String did, Duration wait) {
    super(did);
    this.wait = wait;
  }

  /** How long the server wants to be left alone; null where it does not say. */
  Duration pause() {
    return wait;
  }
}
