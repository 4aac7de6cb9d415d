package dev.ablate.game;

/** Hears how many masks have been evaluated, and how far solving is. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = masks -> {};

  /**
   * So many masks will be evaluated in all, as far as is known. Comes before the first {@link
   * #done}, and again with a larger number whenever another round begins; not at all when every
   * value is known already.
   *
   * @param masks number of masks, those that are done included
   */
  default void expect(long masks) {}

  /**
   * So many more masks are done. Calls never overlap, but may come from different threads.
   *
   * @param masks number of masks since the last call
   */
  void done(long masks);

  /**
   * The values of one mask of the batch are there for good. A game that {@linkplain Game#tellsRows
   * tells rows} calls this in place of {@link #done}, as soon as it can and once a mask, so that
   * whoever keeps values keeps this one whatever comes after it. Calls never overlap, but may come
   * from different threads; what one throws ends the evaluation.
   *
   * @param row the mask's row in the batch
   */
  default void finished(int row) {
    done(1);
  }

  /**
   * The same for several masks at a time, whose values came together: they are kept together too.
   *
   * @param rows the masks' rows in the batch
   */
  default void finished(int[] rows) {
    for (int row : rows) {
      finished(row);
    }
  }

  /**
   * Something that people should know before more is spent. It stands among the notes of the
   * explanation too.
   *
   * @param line for people
   */
  default void says(String line) {}

  /**
   * How far solving is, after masks were evaluated; with a target further masks may come between.
   * Calls never overlap, but may come from different threads; what one throws ends the run.
   *
   * @param stage what is worked on, for people
   * @param share of all planned work of solving, from 0 to 1, never less than before; 1 at the end
   */
  default void solving(String stage, double share) {}

  /**
   * What evaluating came to so far, beside masks. Calls come as often as {@link #done}.
   *
   * @param what for people, such as {@code 300 requests}
   */
  default void spent(String what) {}
}
