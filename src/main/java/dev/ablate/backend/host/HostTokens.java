package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Tokens;
import java.util.Arrays;

/** Rows of tokens on the host's cores. */
final class HostTokens implements Tokens {
  private static final int BLOCK = 64;
  private final Workers workers;

  HostTokens(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Distinct distinct(Text text, Buffer masks, int count) {
    HostTokenRows rows = new HostTokenRows(text, masks);
    // The length in the highest bits of a key, behind them as much of the hash as there is room.
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(text.longest());
    long[] keys = new long[count];
    int[] lengths = new int[count];
    workers.forBlocks(
        count,
        BLOCK,
        (from, to) -> {
          int[] row = new int[text.longest()];
          for (int m = from; m < to; m++) {
            lengths[m] = rows.write(m, row);
            long hash = HostTokenRows.hash(row, lengths[m]);
            keys[m] = (long) lengths[m] << (Long.SIZE - bits) | hash >>> bits;
          }
        });
    int[] order = order(keys);
    boolean[] heads = heads(text, rows, keys, order);
    return numbered(text, lengths, order, heads);
  }

  /** The positions of keys in ascending order as unsigned numbers, equal ones as they stand. */
  private static int[] order(long[] keys) {
    long[] sorted = new long[keys.length];
    // Signed numbers are in the order of unsigned ones when the first bit is the other one.
    Arrays.setAll(sorted, m -> keys[m] ^ Long.MIN_VALUE);
    Arrays.parallelSort(sorted);
    int[] taken = new int[keys.length];
    int[] order = new int[keys.length];
    for (int m = 0; m < keys.length; m++) {
      int place = first(sorted, keys[m] ^ Long.MIN_VALUE);
      order[place + taken[place]++] = m;
    }
    return order;
  }

  /** Where a number that is there stands first. */
  private static int first(long[] sorted, long number) {
    int low = 0;
    int high = sorted.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Which masks, in order, leave another row than the one before. */
  private boolean[] heads(Text text, HostTokenRows rows, long[] keys, int[] order) {
    boolean[] heads = new boolean[order.length];
    workers.forBlocks(
        order.length,
        BLOCK,
        (from, to) -> {
          int[] own = new int[text.longest()];
          int[] other = new int[text.longest()];
          for (int i = from; i < to; i++) {
            heads[i] =
                i == 0
                    || keys[order[i]] != keys[order[i - 1]]
                    || !rows.sameMask(order[i], order[i - 1])
                        && !same(own, rows.write(order[i], own), other, rows, order[i - 1]);
          }
        });
    return heads;
  }

  private static boolean same(int[] own, int length, int[] other, HostTokenRows rows, int mask) {
    return Arrays.equals(own, 0, length, other, 0, rows.write(mask, other));
  }

  private static Distinct numbered(Text text, int[] lengths, int[] order, boolean[] heads) {
    int[] firsts = new int[order.length];
    int[] rowOf = new int[order.length];
    int[] rowsOfLength = new int[text.longest() + 1];
    int[] masksOfLength = new int[text.longest() + 1];
    int count = 0;
    for (int i = 0; i < order.length; i++) {
      int length = lengths[order[i]];
      if (heads[i]) {
        firsts[count++] = order[i];
        rowsOfLength[length]++;
      }
      rowOf[order[i]] = count - 1;
      masksOfLength[length]++;
    }
    int[] found = Arrays.copyOf(firsts, count);
    int[] lengthsOfRows = new int[count];
    Arrays.setAll(lengthsOfRows, r -> lengths[found[r]]);
    return new Distinct(
        HostBuffer.of(found),
        HostBuffer.of(lengthsOfRows),
        HostBuffer.of(rowOf),
        rowsOfLength,
        masksOfLength);
  }

  @Override
  public void fill(
      Text text,
      Buffer masks,
      Distinct distinct,
      int first,
      int count,
      Buffer tail,
      Batch batch,
      int at,
      int places) {
    HostTokenRows rows = new HostTokenRows(text, masks);
    int[] firsts = distinct.firsts().toHost().ints();
    int[] behind = tail.toHost().ints();
    int width = batch.width();
    int all = batch.past() + width;
    workers.forBlocks(
        places,
        BLOCK,
        (from, to) -> {
          int[] row = new int[Math.max(width, text.longest())];
          int[] seen = new int[all];
          int[] positions = new int[width];
          Arrays.setAll(positions, t -> batch.past() + t);
          for (int p = from; p < to; p++) {
            int length = rows.write(firsts[first + (p < count ? p : 0)], row);
            System.arraycopy(behind, 0, row, length, behind.length);
            length += behind.length;
            Arrays.fill(row, length, width, batch.filler());
            Arrays.fill(seen, 0, batch.past() + length, 1);
            Arrays.fill(seen, batch.past() + length, all, 0);
            put(row, width, batch.ids(), at + p);
            put(seen, all, batch.attention(), at + p);
            put(positions, width, batch.positions(), at + p);
          }
        });
  }

  /** Writes a row of a tensor of whole numbers, which there need not be. */
  private static void put(int[] from, int width, Buffer tensor, int row) {
    if (tensor == null) {
      return;
    }
    int at = Math.multiplyExact(row, width);
    if (tensor.element() == Buffer.Element.I32) {
      System.arraycopy(from, 0, tensor.toHost().ints(), at, width);
    } else {
      long[] to = tensor.toHost().words();
      for (int t = 0; t < width; t++) {
        to[at + t] = from[t];
      }
    }
  }

  @Override
  public void ask(
      Distinct distinct,
      int first,
      int count,
      Buffer offsets,
      Buffer tokens,
      int width,
      int at,
      Buffer places,
      Buffer targets,
      long from) {
    int[] lengths = distinct.lengths().toHost().ints();
    int[] behind = offsets.toHost().ints();
    int[] asked = tokens.toHost().ints();
    long[] toPlaces = places.toHost().words();
    long[] toTargets = targets.toHost().words();
    int to = Math.toIntExact(from);
    for (int r = 0; r < count; r++) {
      long last = (long) (at + r) * width + lengths[first + r] - 1;
      for (int a = 0; a < asked.length; a++) {
        toPlaces[to] = last + behind[a];
        toTargets[to++] = asked[a];
      }
    }
  }

  @Override
  public void askOwn(
      Distinct distinct,
      int first,
      int count,
      Batch batch,
      int at,
      Buffer places,
      Buffer targets,
      long from) {
    int[] lengths = distinct.lengths().toHost().ints();
    HostBuffer ids = batch.ids().toHost();
    long[] toPlaces = places.toHost().words();
    long[] toTargets = targets.toHost().words();
    int to = Math.toIntExact(from);
    for (int r = 0; r < count; r++) {
      int row = (at + r) * batch.width();
      for (int t = 1; t < batch.width(); t++) {
        boolean own = t < lengths[first + r];
        toPlaces[to] = own ? row + t - 1 : row;
        toTargets[to++] = own ? id(ids, row + t) : 0;
      }
    }
  }

  private static long id(HostBuffer ids, int at) {
    return ids.element() == Buffer.Element.I32 ? ids.ints()[at] : ids.words()[at];
  }
}
