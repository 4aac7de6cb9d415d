package dev.ablate.benchmarks.peers;

import dev.ablate.benchmarks.exact.Asked;
import dev.ablate.benchmarks.exact.SmallSets;
import dev.ablate.index.Index;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Permutation sampling (Castro and others 2009; Tsai and others for interactions): features join in
 * a random order, and each run of neighbours in it is worth its discrete derivative at those before
 * it.
 */
public final class Permutations implements Peer {
  private final String name;
  private final boolean reversed;

  /**
   * Permutation sampling.
   *
   * @param reversed whether every order is followed by its reverse
   */
  public Permutations(String name, boolean reversed) {
    this.name = name;
    this.reversed = reversed;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean gives(Asked asked) {
    return asked.index() == Index.SII || asked.index() == Index.SV;
  }

  @Override
  public int least(int features, Asked asked) {
    return 2 + (reversed ? 2 : 1) * (features - 1);
  }

  @Override
  public double[] estimate(LookedUp game, int masks, Asked asked, RandomGenerator random) {
    int n = game.features();
    int[] sets = SmallSets.of(n, asked.order());
    int[] position = SmallSets.positions(n, sets);
    double[] sums = new double[sets.length];
    int[] counts = new int[sets.length];
    int[] order = IntStream.range(0, n).toArray();
    int rounds = (masks - 2) / cost(n, asked.order());
    for (int round = 0; round < rounds; round++) {
      if (reversed && round % 2 == 1) {
        reverse(order);
      } else {
        shuffle(order, random);
      }
      for (int s = 1; s <= asked.order(); s++) {
        int before = 0;
        for (int at = 0; at + s <= n; at++) {
          int set = 0;
          for (int k = 0; k < s; k++) {
            set |= 1 << order[at + k];
          }
          sums[position[set]] += derivative(game, set, before);
          counts[position[set]]++;
          before |= 1 << order[at];
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
    }
    return sums;
  }

  /**
   * Values of one round: for single features those of the masks on the way, whose ends are known
   * where nothing else is asked for; for sets all parts of each, whatever others share with it.
   */
  private static int cost(int n, int order) {
    return order == 1
        ? n - 1
        : n + 1 + IntStream.rangeClosed(2, order).map(s -> (1 << s) * (n - s + 1)).sum();
  }

  private static double derivative(LookedUp game, int set, int before) {
    double sum = 0;
    int part = set;
    while (true) {
      double value = game.value(before | part);
      sum += Integer.bitCount(set ^ part) % 2 == 0 ? value : -value;
      if (part == 0) {
        return sum;
      }
      part = (part - 1) & set;
    }
  }

  private static void shuffle(int[] order, RandomGenerator random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }

  private static void reverse(int[] order) {
    for (int i = 0, j = order.length - 1; i < j; i++, j--) {
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
}
