package dev.ablate.mask;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which rows of a table have equal masks. Repeats of a mask are its weight: they are no evidence of
 * their own, and folds keep them together.
 */
public final class Repeats {
  private final int[] position;
  private final int distinct;

  private Repeats(int[] position, int distinct) {
    this.position = position;
    this.distinct = distinct;
  }

  /** Looks at every mask. */
  public static Repeats of(Masks masks) {
    int[] position = DistinctMasks.of(masks).position();
    return new Repeats(position, Arrays.stream(position).max().orElse(-1) + 1);
  }

  /**
   * Those of the masks of a design. Uniform masks that only a device knows were drawn there,
   * because they never repeat: then nobody has to look.
   */
  public static Repeats of(Masks masks, Design design) {
    boolean drawnThere = design instanceof Design.Uniform && !masks.onHost();
    return drawnThere && UniformMasks.neverRepeat(masks.features(), masks.count())
        ? new Repeats(IntStream.range(0, masks.count()).toArray(), masks.count())
        : of(masks);
  }

  /** Number of rows. */
  public int rows() {
    return position.length;
  }

  /** Number of different masks. */
  public int distinct() {
    return distinct;
  }

  /** The number of a row's mask among the different ones, in order of first appearance. */
  public int position(int row) {
    return position[row];
  }

  /** Those among some of the rows. */
  public Repeats select(int[] rows) {
    int[] number = new int[distinct];
    Arrays.fill(number, -1);
    int[] some = new int[rows.length];
    int count = 0;
    for (int r = 0; r < rows.length; r++) {
      int mask = position[rows[r]];
      if (number[mask] < 0) {
        number[mask] = count++;
      }
      some[r] = number[mask];
    }
    return new Repeats(some, count);
  }
}
