package dev.ablate.game;

/** Hears how many masks have been evaluated. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = masks -> {};

  /**
   * So many masks will be evaluated in all. Comes once, before the first {@link #done}.
   *
   * @param masks number of masks
   */
  default void expect(long masks) {}

  /**
   * So many more masks are done. Calls never overlap, but may come from different threads.
   *
   * @param masks number of masks since the last call
   */
  void done(long masks);
}
