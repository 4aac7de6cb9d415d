package dev.ablate.backend.host;

import dev.ablate.backend.JoinHits;
import dev.ablate.backend.Joins;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** What one thread needs to join the sets of a key, and again for the next key. */
final class HostJoinsWalk {
  /** Probes that are followed together, so that the processor waits for several places at once. */
  private static final int MET = 1 << 11;

  private static final int JOINED = 1 << 11;

  private final Joins.Search search;
  private final long[] columns;
  private final long[] signs;
  private final int rows;
  private final int[] slices;
  private final JoinHits hits;
  private final LongConsumer done;
  private final HostJoinsTable table;
  private final int[] words;

  /** Words of the features by their number modulo {@link Joins#SHARES}. */
  private final int[][] classes = new int[Joins.SHARES][];

  /** What stands for the second feature of a probe that has none: a column of zeros. */
  private final int none;

  private final HostJoinsTable.Met met;

  /** Pairs and the probes that lack them. */
  private final int[] joinedPairs = new int[JOINED];

  private final int[] joinedProbes = new int[JOINED];

  /** Signs times the parities of the smallest feature of a probe of several. */
  private final long[] base;

  /**
   * Memory for a thread.
   *
   * @param columns bits of each feature over the rows, {@code (features + 1, ceil(rows/64))}, the
   *     last of them zeros
   * @param signs bits of the signs over the rows, 0 past the last row
   * @param slices ascending ends of the ranges of pairs' larger members that a table holds at once
   * @param mostPairs the most pairs of a range
   * @param done hears of those of {@link #steps} that are done, some at a time
   */
  HostJoinsWalk(
      Joins.Search search,
      long[] columns,
      int features,
      long[] signs,
      int rows,
      int[] slices,
      int mostPairs,
      JoinHits hits,
      LongConsumer done) {
    this.search = search;
    this.columns = columns;
    this.signs = signs;
    this.rows = rows;
    this.slices = slices;
    this.hits = hits;
    this.done = done;
    this.table = new HostJoinsTable(search.bits(), mostPairs);
    this.words = new int[features];
    this.none = features << HostJoinsTable.HALF;
    for (int c = 0; c < classes.length; c++) {
      classes[c] = new int[(features - c + Joins.SHARES - 1) / Joins.SHARES];
    }
    this.met = new HostJoinsTable.Met(MET + features + 1);
    this.base = new long[signs.length];
  }

  /**
   * Steps of a key for each range of pairs, for whoever is told how far it is: what begins the sets
   * of the highest order, which take most of the time.
   */
  static double steps(Joins.Search search, int features) {
    return switch (search.maxOrder()) {
      case 5 -> features * (features - 1.0) * (features - 2) / 6;
      case 4 -> features * (features - 1.0) / 2;
      default -> 1;
    };
  }

  /** Joins all that a key asks for. */
  void key(int k) {
    int[] keyRows = search.keys()[k];
    for (int f = 0; f < words.length; f++) {
      words[f] = word(columns, f * signs.length, keyRows);
      classes[f % Joins.SHARES][f / Joins.SHARES] = words[f];
    }
    int target = word(signs, 0, keyRows);
    int from = 0;
    for (int to : slices) {
      table.load(words, from, to);
      from = to;
      if (search.minOrder() <= 3) {
        table.lookUp(words, 0, target, none, 1, met);
        follow(1, 0);
      }
      if (search.minOrder() <= 4 && search.maxOrder() >= 4) {
        quadruples(target);
      }
      if (search.maxOrder() >= 5) {
        quintuples(target, (search.first() + k) % Joins.SHARES);
      }
      if (search.maxOrder() == 3) {
        done.accept(1);
      }
    }
  }

  private static int word(long[] columns, int at, int[] keyRows) {
    int first = bit(columns, at, keyRows[0]);
    int word = 0;
    for (int b = 1; b < keyRows.length; b++) {
      word |= (bit(columns, at, keyRows[b]) ^ first) << b - 1;
    }
    return word;
  }

  private static int bit(long[] columns, int at, int row) {
    return (int) (columns[at + (row >>> 6)] >>> row) & 1;
  }

  private void quadruples(int target) {
    for (int i = 0; i < words.length; i++) {
      Work.check();
      makeRoom(2, i);
      table.lookUp(words, i + 1, target ^ words[i], none, 1, met);
      follow(2, i);
      if (search.maxOrder() == 4) {
        done.accept(words.length - 1 - i);
      }
    }
  }

  private void quintuples(int target, int share) {
    for (int i = 0; i < words.length; i++) {
      Work.check();
      for (int j = i + 1; j < words.length; j++) {
        makeRoom(3, i);
        int c = Math.floorMod(share - i - j, Joins.SHARES);
        // The first of the class above j.
        int above = (j - c + Joins.SHARES) / Joins.SHARES;
        int probe = (j << HostJoinsTable.HALF) + c;
        table.lookUp(classes[c], above, target ^ words[i] ^ words[j], probe, Joins.SHARES, met);
      }
      follow(3, i);
      long above = words.length - 1 - i;
      done.accept(above * (above - 1) / 2);
    }
  }

  private void makeRoom(int size, int i) {
    if (met.count > MET) {
      follow(size, i);
    }
  }

  /**
   * Meets the pairs that the probes lack, and forgets the probes.
   *
   * @param size features of a probe
   * @param i the smallest, where a probe has more than one
   */
  private void follow(int size, int i) {
    for (int w = 0; w < base.length; w++) {
      base[w] = signs[w] ^ (size > 1 ? columns[i * base.length + w] : 0);
    }
    int count = 0;
    for (int m = 0; m < met.count; m++) {
      int word = met.words[m];
      int end = table.end(word);
      for (int p = table.start(word); p < end; p++) {
        int pair = table.pair(p);
        joinedPairs[count] = pair;
        joinedProbes[count] = met.probes[m];
        int other = words[pair >>> HostJoinsTable.HALF] ^ words[pair & HostJoinsTable.LOWER] ^ word;
        // 1 where the words are the same, which nobody can foretell either.
        count += (other | -other) >>> 31 ^ 1;
        if (count == joinedPairs.length) {
          sumUp(size, i, count);
          count = 0;
        }
      }
    }
    sumUp(size, i, count);
    met.count = 0;
  }

  /** Sums over all rows what pairs and probes give together. */
  private void sumUp(int size, int i, int count) {
    for (int h = 0; h < count; h++) {
      int a = joinedPairs[h] >>> HostJoinsTable.HALF;
      int b = joinedPairs[h] & HostJoinsTable.LOWER;
      int j = joinedProbes[h] >>> HostJoinsTable.HALF;
      int l = joinedProbes[h] & HostJoinsTable.LOWER;
      if (joins(size, i, j, l, a, b)) {
        int sum = sum(j, l, a, b);
        if (Math.abs(sum) >= hits.least()) {
          int[] set = {a, b, l, i, j};
          set = Arrays.copyOf(set, size + 2);
          Arrays.sort(set);
          hits.add(set, sum);
        }
      }
    }
  }

  /**
   * Whether a pair is one that a probe is joined with. A probe of one or two features stands above
   * its pairs, so that each set is met once; one of three, of which a key looks at few, among them.
   */
  private static boolean joins(int size, int i, int j, int l, int a, int b) {
    if (size < 3) {
      return b < (size == 1 ? l : i);
    }
    return a != i && b != i && a != j && b != j && a != l && b != l;
  }

  private int sum(int j, int l, int a, int b) {
    int count = base.length;
    int odd = 0;
    int atJ = j * count;
    int atL = l * count;
    int atA = a * count;
    int atB = b * count;
    for (int w = 0; w < count; w++) {
      odd +=
          Long.bitCount(
              base[w] ^ columns[atJ + w] ^ columns[atL + w] ^ columns[atA + w] ^ columns[atB + w]);
    }
    return rows - 2 * odd;
  }
}
