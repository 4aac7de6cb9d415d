package dev.ablate.mask;

import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which rows of a table have equal masks, and which masks are complements of each other. Repeats of
 * a mask are its weight: they are no evidence of their own, and folds keep them together. They keep
 * a mask and its complement together too, which share all that they say of sizes: a fit that has
 * seen the one is no stranger to the other.
 */
public final class Repeats {
  private final int[] position;
  // By the number of a mask.
  private final int[] unit;
  private final int units;
  private final BitSet ends;
  private final boolean paired;

  private Repeats(int[] position, int[] unit, int units, BitSet ends, boolean paired) {
    this.paired = paired;
    this.position = position;
    this.unit = unit;
    this.units = units;
    this.ends = ends;
  }

  /** Looks at every mask. */
  public static Repeats of(Masks masks) {
    return of(masks, false);
  }

  private static Repeats of(Masks masks, boolean drawnInPairs) {
    int words = masks.words();
    long[] all = masks.hostWords();
    int[] position = new int[masks.count()];
    int[] unit = new int[masks.count()];
    int units = 0;
    BitSet ends = new BitSet();
    MaskTable distinct = new MaskTable(words);
    for (int r = 0; r < position.length; r++) {
      Work.check();
      int mask = distinct.count();
      position[r] = distinct.add(all, r * words);
      if (position[r] == mask) {
        long[] other = Arrays.copyOfRange(all, r * words, (r + 1) * words);
        boolean none = Arrays.stream(other).allMatch(word -> word == 0);
        PairedMasks.complement(other, masks.features());
        ends.set(mask, none || Arrays.stream(other).allMatch(word -> word == 0));
        int before = distinct.find(other, 0);
        unit[mask] = before >= 0 ? unit[before] : units++;
      }
    }
    int[] unitOf = Arrays.copyOf(unit, distinct.count());
    boolean paired = drawnInPairs || looksPaired(masks.features(), unitOf.length, units);
    return new Repeats(position, unitOf, units, ends, paired);
  }

  /** Most masks have their complement, and no chance brings so many together. */
  private static boolean looksPaired(int features, int distinct, int units) {
    boolean few = features > Integer.SIZE || distinct <= 1L << features - 1;
    return few && 4 * units <= 3 * distinct;
  }

  /**
   * Those of the masks of a design. Uniform masks that only a device knows were drawn there,
   * because they never repeat: then nobody has to look.
   */
  public static Repeats of(Masks masks, Design design) {
    boolean drawnThere =
        !masks.onHost() && UniformMasks.neverRepeat(masks.features(), masks.count());
    int rows = masks.count();
    if (drawnThere && design instanceof Design.Uniform) {
      int[] own = IntStream.range(0, rows).toArray();
      return new Repeats(own, own, rows, new BitSet(), false);
    }
    if (drawnThere && design instanceof Design.Paired) {
      BitSet ends = new BitSet();
      ends.set(0, Math.min(2, rows));
      int[] pairs = IntStream.range(0, rows).map(row -> row / 2).toArray();
      return new Repeats(IntStream.range(0, rows).toArray(), pairs, rows - rows / 2, ends, true);
    }
    return of(masks, design instanceof Design.Paired);
  }

  /** Number of rows. */
  public int rows() {
    return position.length;
  }

  /** Number of different masks. */
  public int distinct() {
    return unit.length;
  }

  /** The number of a row's mask among the different ones, in order of first appearance. */
  public int position(int row) {
    return position[row];
  }

  /** Number of units: a mask and its complement, or a mask whose complement is not there. */
  public int units() {
    return units;
  }

  /** Whether masks come with their complements, by design or by what they look like. */
  public boolean paired() {
    return paired;
  }

  /** Whether all rows are pairs of a mask and its complement, one after another, but the last. */
  public boolean adjacent() {
    boolean adjacent = distinct() == rows();
    for (int r = 0; adjacent && r + 1 < rows(); r += 2) {
      adjacent = unit(r) == unit(r + 1);
    }
    return adjacent;
  }

  /** The number of a row's unit, in order of first appearance. */
  public int unit(int row) {
    return unit[position[row]];
  }

  /** Whether a row keeps nothing, or everything. */
  public boolean isEnd(int row) {
    return ends.get(position[row]);
  }

  /** Those among some of the rows. */
  public Repeats select(int[] rows) {
    int[] masks = new int[distinct()];
    int[] numbers = new int[units];
    Arrays.fill(masks, -1);
    Arrays.fill(numbers, -1);
    int[] some = new int[rows.length];
    int[] unitOf = new int[distinct()];
    BitSet endsOf = new BitSet();
    int count = 0;
    int unitCount = 0;
    for (int r = 0; r < rows.length; r++) {
      int mask = position[rows[r]];
      if (masks[mask] < 0) {
        int number = numbers[unit[mask]];
        numbers[unit[mask]] = number < 0 ? unitCount++ : number;
        unitOf[count] = numbers[unit[mask]];
        endsOf.set(count, ends.get(mask));
        masks[mask] = count++;
      }
      some[r] = masks[mask];
    }
    return new Repeats(some, Arrays.copyOf(unitOf, count), unitCount, endsOf, paired);
  }
}
