package dev.ablate.game;

import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Masks that a game evaluated, with their values: what a run has paid for before it solves.
 *
 * @param design which masks were to be fitted; {@link Design.Foreign} where they are no whole
 *     design
 * @param fitted masks to fit
 * @param heldOut masks for R² alone, null where there are none
 * @param bySize the same for R² by size
 * @param ends nothing kept and everything kept, null where they are among the others
 * @param verified masks that were asked for after the fit, to verify it; null where there are none
 */
public record Evaluation(
    Design design, Rows fitted, Rows heldOut, Rows bySize, Rows ends, Rows verified) {
  /** An evaluation of which nothing is verified. */
  public Evaluation(Design design, Rows fitted, Rows heldOut, Rows bySize, Rows ends) {
    this(design, fitted, heldOut, bySize, ends, null);
  }

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
        new Design.Foreign(masks.features(), masks.count()),
        new Rows(masks, values),
        null,
        null,
        null);
  }

  /** The same masks as those of a design. */
  public Evaluation of(Design other) {
    return new Evaluation(other, fitted, heldOut, bySize, ends, verified);
  }

  /** The same with more masks to fit, which make no whole design any more. */
  public Evaluation with(Rows more) {
    Masks masks = Masks.concat(fitted.masks(), more.masks());
    Design foreign = new Design.Foreign(masks.features(), masks.count());
    Rows both = new Rows(masks, Values.concat(fitted.values(), more.values()));
    return new Evaluation(foreign, both, heldOut, bySize, ends, verified);
  }

  /** The same with masks that were asked for after the fit. */
  public Evaluation withVerified(Rows rows) {
    return new Evaluation(design, fitted, heldOut, bySize, ends, rows);
  }

  /** How many masks these are, repeats counted. */
  public long masks() {
    return all().mapToLong(rows -> rows.masks().count()).sum();
  }

  private Stream<Rows> all() {
    return Stream.of(fitted, heldOut, bySize, ends, verified).filter(Objects::nonNull);
  }

  /** Whether all of it can be read without a device. */
  public boolean onHost() {
    return all().allMatch(Rows::onHost);
  }

  /** Copies what lies on a device, which must still work, to the host as well. */
  public void toHost() {
    all().forEach(Rows::toHost);
  }
}
