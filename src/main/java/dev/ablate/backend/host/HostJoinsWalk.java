package dev.ablate.backend.host;

import dev.ablate.backend.JoinHits;
import dev.ablate.backend.Joins;
import dev.ablate.work.Work;
import java.util.Arrays;

/** What one thread needs to join the sets of a key, and again for the next key. */
final class HostJoinsWalk {
  private final Joins.Search search;
  private final long[][] columns;
  private final long[] signs;
  private final int rows;
  private final int[] slices;
  private final JoinHits hits;
  private final HostJoinsTable table;
  private final int[] words;

  /** Words of the features by their number modulo {@link Joins#SHARES}. */
  private final int[][] classes = new int[Joins.SHARES][];

  private final int[] met;

  /** Signs times the parities of the probe but for its last feature. */
  private final long[] base;

  /**
   * Memory for a thread.
   *
   * @param columns bits of each feature over the rows, {@code (features, ceil(rows/64))}
   * @param signs bits of the signs over the rows, 0 past the last row
   * @param slices ascending ends of the ranges of pairs' larger members that a table holds at once
   * @param mostPairs the most pairs of a range
   */
  HostJoinsWalk(
      Joins.Search search,
      long[][] columns,
      long[] signs,
      int rows,
      int[] slices,
      int mostPairs,
      JoinHits hits) {
    this.search = search;
    this.columns = columns;
    this.signs = signs;
    this.rows = rows;
    this.slices = slices;
    this.hits = hits;
    this.table = new HostJoinsTable(search.bits(), mostPairs);
    this.words = new int[columns.length];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = new int[(columns.length - c + Joins.SHARES - 1) / Joins.SHARES];
    }
    this.met = new int[columns.length + 1];
    this.base = new long[signs.length];
  }

  /** Joins all that a key asks for. */
  void key(int k) {
    int[] keyRows = search.keys()[k];
    for (int f = 0; f < words.length; f++) {
      words[f] = word(columns[f], keyRows);
      classes[f % Joins.SHARES][f / Joins.SHARES] = words[f];
    }
    int target = word(signs, keyRows);
    int from = 0;
    for (int to : slices) {
      table.load(words, from, to);
      from = to;
      if (search.minOrder() <= 3) {
        System.arraycopy(signs, 0, base, 0, base.length);
        int count = table.lookUp(words, 0, target, met);
        for (int m = 0; m < count; m++) {
          follow(target, met[m]);
        }
      }
      if (search.minOrder() <= 4 && search.maxOrder() >= 4) {
        quadruples(target);
      }
      if (search.maxOrder() >= 5) {
        quintuples(target, (search.first() + k) % Joins.SHARES);
      }
    }
  }

  private static int word(long[] column, int[] keyRows) {
    int first = bit(column, keyRows[0]);
    int word = 0;
    for (int b = 1; b < keyRows.length; b++) {
      word |= (bit(column, keyRows[b]) ^ first) << b - 1;
    }
    return word;
  }

  private static int bit(long[] column, int row) {
    return (int) (column[row >>> 6] >>> row) & 1;
  }

  private void quadruples(int target) {
    for (int i = 0; i < words.length; i++) {
      Work.check();
      int sought = target ^ words[i];
      int count = table.lookUp(words, i + 1, sought, met);
      for (int m = 0; m < count; m++) {
        if (m == 0) {
          under(signs, columns[i]);
        }
        follow(sought, i, met[m]);
      }
    }
  }

  private void quintuples(int target, int share) {
    long[] first = new long[base.length];
    for (int i = 0; i < words.length; i++) {
      Work.check();
      for (int w = 0; w < first.length; w++) {
        first[w] = signs[w] ^ columns[i][w];
      }
      for (int j = i + 1; j < words.length; j++) {
        int c = Math.floorMod(share - i - j, Joins.SHARES);
        // The first of the class above j.
        int above = (j - c + Joins.SHARES) / Joins.SHARES;
        int sought = target ^ words[i] ^ words[j];
        int count = table.lookUp(classes[c], above, sought, met);
        for (int m = 0; m < count; m++) {
          if (m == 0) {
            under(first, columns[j]);
          }
          follow(sought, i, j, Joins.SHARES * met[m] + c);
        }
      }
    }
  }

  private void under(long[] some, long[] column) {
    for (int w = 0; w < base.length; w++) {
      base[w] = some[w] ^ column[w];
    }
  }

  /**
   * Meets the pairs that a probe lacks. A probe of one or two features stands above its pairs, so
   * that each set is met once; one of three, of which a key looks at few, among them.
   *
   * @param sought what the last feature of the probe lacks
   * @param probe the probe's features, ascending
   */
  private void follow(int sought, int... probe) {
    int last = probe[probe.length - 1];
    int word = sought ^ words[last];
    int end = table.end(word);
    for (int p = table.start(word); p < end; p++) {
      int pair = table.pair(p);
      int a = pair >>> HostJoinsTable.HALF;
      int b = pair & HostJoinsTable.LOWER;
      if ((words[a] ^ words[b]) == word && joins(probe, a, b)) {
        int sum = sum(columns[last], columns[a], columns[b]);
        if (Math.abs(sum) >= hits.least()) {
          int[] set = Arrays.copyOf(probe, probe.length + 2);
          set[probe.length] = a;
          set[probe.length + 1] = b;
          Arrays.sort(set);
          hits.add(set, sum);
        }
      }
    }
  }

  private static boolean joins(int[] probe, int a, int b) {
    if (probe.length < 3) {
      return b < probe[0];
    }
    boolean disjoint = true;
    for (int member : probe) {
      disjoint &= member != a && member != b;
    }
    return disjoint;
  }

  private int sum(long[] x, long[] y, long[] z) {
    int odd = 0;
    for (int w = 0; w < base.length; w++) {
      odd += Long.bitCount(base[w] ^ x[w] ^ y[w] ^ z[w]);
    }
    return rows - 2 * odd;
  }
}
