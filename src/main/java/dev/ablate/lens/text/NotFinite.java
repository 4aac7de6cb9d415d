package dev.ablate.lens.text;

/** A model gives a number that is none; whoever knows the masks says on which. */
final class NotFinite extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int row;

  /**
   * About one of the rows that were asked.
   *
   * @param what what the model gives, such as {@code gives negative the logit NaN}
   */
  NotFinite(int row, String what) {
    super(what);
    this.row = row;
  }

  /** The row, from 0. */
  int row() {
    return row;
  }
}
