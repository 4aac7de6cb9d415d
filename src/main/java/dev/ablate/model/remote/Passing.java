package dev.ablate.model.remote;

import java.time.Duration;

/** What may go better when the same is sent again. */
final class Passing extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Duration wait;
  private final boolean putOff;
  private final boolean away;

  /** With what the server did, to stand behind "the server". */
  Passing(String did) {
    this(did, null, false);
  }

  /**
   * The same where the server may say when.
   *
   * @param wait how long it wants to be left alone; null where it does not say
   * @param putOff whether nothing failed, but there were too many requests
   */
  Passing(String did, Duration wait, boolean putOff) {
    this(did, wait, putOff, false);
  }

  private Passing(String did, Duration wait, boolean putOff, boolean away) {
    super(did);
    this.wait = wait;
    this.putOff = putOff;
    this.away = away;
  }

  /** Nobody is where the server was. */
  static Passing ofAbsence() {
    return new Passing("cannot be reached", null, false, true);
  }

  /** Whether nobody is where the server was. */
  boolean isAway() {
    return away;
  }

  /** How long the server wants to be left alone; null where it does not say. */
  Duration pause() {
    return wait;
  }

  /** Whether nothing failed, but there were too many requests. */
  boolean isPutOff() {
    return putOff;
  }
}
