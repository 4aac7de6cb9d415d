package dev.ablate.backend;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A text as lists, and masks of it.
 *
 * @param substitutes what stands for each token
 * @param empty the row of masks that leave nothing; -1 for a row without tokens
 */
record TokensCase(
    int[] ids, int[] owners, int[][] substitutes, int features, int empty, long[] masks) {
  int words() {
    return (features + 63) / 64;
  }

  int count() {
    return masks.length / words();
  }

  boolean keeps(int mask, int feature) {
    return (masks[mask * words() + feature / 64] >>> feature % 64 & 1) == 1;
  }

  List<Integer> row(int mask) {
    List<Integer> row = new ArrayList<>();
    for (int t = 0; t < ids.length; t++) {
      if (owners[t] < 0 || keeps(mask, owners[t])) {
        row.add(ids[t]);
      } else {
        IntStream.of(substitutes[t]).forEach(row::add);
      }
    }
    return row.isEmpty() && empty >= 0 ? List.of(empty) : row;
  }

  List<List<Integer>> rows() {
    return IntStream.range(0, count()).mapToObj(this::row).toList();
  }

  int longest() {
    int most = Arrays.stream(substitutes).mapToInt(own -> Math.max(1, own.length)).sum();
    return Math.max(1, most);
  }

  Tokens.Text text() {
    int[] starts = new int[ids.length + 1];
    for (int t = 0; t < ids.length; t++) {
      starts[t + 1] = starts[t] + substitutes[t].length;
    }
    return new Tokens.Text(
        HostBuffer.of(ids),
        HostBuffer.of(owners),
        HostBuffer.of(starts),
        HostBuffer.of(Arrays.stream(substitutes).flatMapToInt(IntStream::of).toArray()),
        features,
        longest(),
        empty);
  }

  private static final BigInteger FACTOR = new BigInteger("9E3779B97F4A7C15", 16);

  /**
   * A random text.
   *
   * @param words how many different tokens there are: with few, masks leave equal rows
   * @param most tokens that stand for a hidden one
   * @param stays how many of a hundred tokens always stay
   */
  static TokensCase random(
      int tokens, int features, int words, int most, int stays, int empty, int masks, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] ids = random.ints(tokens, 0, words).toArray();
    int[] owners = new int[tokens];
    int[][] substitutes = new int[tokens][];
    for (int t = 0; t < tokens; t++) {
      owners[t] = random.nextInt(100) < stays ? -1 : random.nextInt(features);
      substitutes[t] = random.ints(random.nextInt(most + 1), 0, words).toArray();
    }
    int each = (features + 63) / 64;
    long[] all = random.longs((long) masks * each).toArray();
    for (int m = 0; m < masks; m++) {
      if (m % 7 == 0) {
        Arrays.fill(all, m * each, (m + 1) * each, 0);
      } else if (m % 5 == 0) {
        System.arraycopy(all, 0, all, m * each, each);
      }
      all[(m + 1) * each - 1] &= -1L >>> (64 * each - features);
    }
    return new TokensCase(ids, owners, substitutes, features, empty, all);
  }

  static BigInteger hash(List<Integer> row) {
    BigInteger hash = BigInteger.ZERO;
    for (int id : row) {
      hash = hash.add(BigInteger.valueOf(id)).multiply(FACTOR);
    }
    return hash.mod(BigInteger.ONE.shiftLeft(64));
  }

  /** What must be found where no two rows have one hash; each row by its first mask. */
  List<List<Integer>> expectedRows() {
    int left = 64 - BigInteger.valueOf(longest()).bitLength();
    Map<List<Integer>, BigInteger> hashes = new LinkedHashMap<>();
    rows().forEach(row -> hashes.computeIfAbsent(row, own -> hash(own).shiftRight(64 - left)));
    return hashes.keySet().stream()
        .sorted(Comparator.<List<Integer>>comparingInt(List::size).thenComparing(hashes::get))
        .toList();
  }
}
