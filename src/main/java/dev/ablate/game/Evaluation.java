package dev.ablate.game;

import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;

/**
 * Masks that a game evaluated, with their values: what a run has paid for before it solves.
 *
 * @param design which masks were to be fitted; {@link Design.Foreign} where they are no whole
 *     design
 * @param fitted masks to fit
 * @param heldOut masks for R² alone, null where there are none
 * @param ends nothing kept and everything kept, null where they are among the others
 */
public record Evaluation(Design design, Rows fitted, Rows heldOut, Rows ends) {
  /**
   * Masks and their values.
   *
   * @param masks {@code (rows, features)}
   * @param values {@code (rows, outputs)}
   */
  public record Rows(Masks masks, Values values) {
    /** Whether both can be read without a device. */
    boolean onHost() {
      return masks.onHost() && values.onHost();
    }

    private void toHost() {
      masks.hostWords();
      values.hostDoubles();
    }
  }

  /** An evaluation that broke off: the rows that have values. */
  public static Evaluation part(Masks masks, Values values) {
    return new Evaluation(
        new Design.Foreign(masks.features(), masks.count()), new Rows(masks, values), null, null);
  }

  /** How many masks these are, repeats counted. */
  public long masks() {
    return (long) count(fitted) + count(heldOut) + count(ends);
  }

  private static int count(Rows rows) {
    return rows == null ? 0 : rows.masks().count();
  }

  /** Whether all of it can be read without a device. */
  public boolean onHost() {
    return fitted.onHost()
        && (heldOut == null || heldOut.onHost())
        && (ends == null || ends.onHost());
  }

  /** Copies what lies on a device, which must still work, to the host as well. */
  public void toHost() {
    fitted.toHost();
    if (heldOut != null) {
      heldOut.toHost();
    }
    if (ends != null) {
      ends.toHost();
    }
  }
}
