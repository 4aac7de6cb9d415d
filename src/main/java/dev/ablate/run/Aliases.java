package dev.ablate.run;

import dev.ablate.code.Philox;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.MaskTable;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Solution;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Features that some masks cannot tell apart (aliased, in the design of experiments): equal in
 * every mask, opposite in every mask, or the same all through. Of equivalent explanations the
 * simplest speaks of the first of each group alone.
 *
 * @param features number of features
 * @param kept the features that an explanation speaks of, ascending, at least one
 * @param notes a line for each kind of alias
 */
record Aliases(int features, int[] kept, List<String> notes) {
  /** Words of a column's hash. */
  private static final int KEYS = 2;

  private static final int STREAM = 0x414C4941;

  /** Groups that a line lists. */
  private static final int LISTED = 5;

  /** Features of a group that a line lists. */
  private static final int MEMBERS = 8;

  /** Looks at every mask. */
  static Aliases of(Masks masks) {
    int features = masks.features();
    long[] columns = new long[KEYS * features];
    long[] whole = new long[KEYS];
    hash(masks, columns, whole);
    MaskTable shapes = new MaskTable(KEYS);
    List<List<Integer>> groups = new ArrayList<>();
    boolean[] flipped = new boolean[features];
    for (int i = 0; i < features; i++) {
      // A column and its opposite have one shape: the one that begins with 0.
      flipped[i] = masks.kept(0, i);
      for (int k = 0; k < KEYS; k++) {
        columns[KEYS * i + k] ^= flipped[i] ? whole[k] : 0;
      }
      int group = shapes.add(columns, KEYS * i);
      if (group == groups.size()) {
        groups.add(new ArrayList<>());
      }
      groups.get(group).add(i);
    }
    int constant = shapes.find(new long[KEYS], 0);
    int[] kept =
        IntStream.range(0, groups.size())
            .filter(g -> g != constant)
            .map(g -> groups.get(g).get(0))
            .sorted()
            .toArray();
    return new Aliases(
        features, kept.length == 0 ? new int[1] : kept, notes(groups, flipped, constant));
  }

  /**
   * Hashes columns without turning the masks: each row has random numbers, and a column is the
   * exclusive or of those of its rows. Different columns are taken for equal once in 2^128.
   *
   * @param columns receives {@code (features, KEYS)}
   * @param whole receives {@code (KEYS)} that of a column of ones
   */
  private static void hash(Masks masks, long[] columns, long[] whole) {
    Philox.Stream random = Philox.stream(0, STREAM);
    long[] rows = masks.hostWords();
    long[] row = new long[KEYS];
    for (int r = 0; r < masks.count(); r++) {
      Work.check();
      for (int k = 0; k < KEYS; k++) {
        row[k] = (long) random.nextInt() << 32 | random.nextInt() & 0xFFFFFFFFL;
        whole[k] ^= row[k];
      }
      for (int w = 0; w < masks.words(); w++) {
        for (long rest = rows[r * masks.words() + w]; rest != 0; rest &= rest - 1) {
          int at = KEYS * (64 * w + Long.numberOfTrailingZeros(rest));
          for (int k = 0; k < KEYS; k++) {
            columns[at + k] ^= row[k];
          }
        }
      }
    }
  }

  private static List<String> notes(List<List<Integer>> groups, boolean[] flipped, int constant) {
    List<String> equal = new ArrayList<>();
    List<String> opposite = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      List<Integer> group = groups.get(g);
      if (g != constant && group.size() > 1) {
        boolean same = group.stream().allMatch(i -> flipped[i] == flipped[group.get(0)]);
        (same ? equal : opposite).add(listed(group, " and "));
      }
    }
    List<String> notes = new ArrayList<>();
    if (constant >= 0) {
      List<Integer> group = groups.get(constant);
      boolean one = group.size() == 1;
      notes.add(
          (one ? "feature " : "features ")
              + listed(group, " and ")
              + (one ? " is" : " are")
              + " the same in all masks: nothing shows the effect of "
              + (one ? "it" : "any of them"));
    }
    add(notes, equal, "are the same in every mask");
    add(notes, opposite, "are the same or opposite in every mask");
    return notes;
  }

  private static void add(List<String> notes, List<String> groups, String how) {
    if (!groups.isEmpty()) {
      String more =
          groups.size() > LISTED ? ", and " + (groups.size() - LISTED) + " more groups," : "";
      notes.add(
          "features "
              + groups.stream().limit(LISTED).collect(Collectors.joining("; "))
              + more
              + " "
              + how
              + ": their effects cannot be told apart, and the first of them stands for all");
    }
  }

  private static String listed(List<Integer> group, String last) {
    int shown = Math.min(group.size(), MEMBERS);
    String first =
        group.stream().limit(shown - 1).map(Object::toString).collect(Collectors.joining(", "));
    String end =
        shown < group.size()
            ? (group.size() - shown + 1) + " more"
            : group.get(shown - 1).toString();
    return first.isEmpty() ? end : first + last + end;
  }

  /** Whether an explanation can speak of every feature. */
  boolean none() {
    return kept.length == features;
  }

  /** The masks with the kept features alone. */
  Masks reduced(Masks masks) {
    return places().of(MaskRows.of(masks));
  }

  /** A solution of reduced masks, in terms of all features. */
  Solution restored(Solution solution) {
    return places().restored(solution);
  }

  private Places places() {
    return new Places(features, kept);
  }
}
