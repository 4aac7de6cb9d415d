package dev.ablate.benchmarks.peers;

import dev.ablate.benchmarks.exact.Asked;
import dev.ablate.benchmarks.exact.SmallSets;
import dev.ablate.index.Index;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * SVARM-IQ (Kolpaczki and others 2024): a set's index is a weighted sum of means of values, one for
 * each part of the set that a mask holds and each number of other features in it; every mask counts
 * in one mean of every set. A mean that no mask counts in is that of the empty mask.
 */
public final class SvarmIq implements Peer {
  /** So much weight for sizes that are taken before others. */
  private static final double FIRST = 1e14;

  private final boolean outerFirst;

  /**
   * SVARM-IQ.
   *
   * @param outerFirst whether for BII all masks with fewer features present, or absent, than the
   *     order are taken before others; otherwise only the two ends are
   */
  public SvarmIq(boolean outerFirst) {
    this.outerFirst = outerFirst;
  }

  @Override
  public String name() {
    return "SVARMIQ";
  }

  @Override
  public boolean gives(Asked asked) {
    return asked.index() == Index.SII || asked.index() == Index.BII;
  }

  /** With fewer masks than have to be whole, some means have none to count. */
  @Override
  public int least(int features, Asked asked) {
    return 2 * (1 + SmallSets.of(features, asked.order() - 1).length);
  }

  @Override
  public double[] estimate(LookedUp game, int masks, Asked asked, RandomGenerator random) {
    int n = game.features();
    double[] sizes = new double[n + 1];
    for (int s = 0; s <= n; s++) {
      boolean banzhaf = asked.index() == Index.BII;
      int outer = banzhaf && outerFirst ? asked.order() : 1;
      double inside = banzhaf ? 1.0 / (s * (n - s)) : 1;
      sizes[s] = s < outer || s > n - outer ? FIRST : inside;
    }
    List<Integer> drawn = new SizedDraws(n, sizes, masks, true, random).masks();
    int[] sets = SmallSets.of(n, asked.order());
    double[] result = new double[sets.length];
    for (int i = 0; i < sets.length; i++) {
      result[i] = index(game, drawn, sets[i], asked.index() == Index.BII);
    }
    return result;
  }

  private static double index(LookedUp game, List<Integer> drawn, int set, boolean banzhaf) {
    int s = Integer.bitCount(set);
    int others = game.features() - s;
    double[][] sums = new double[1 << s][others + 1];
    int[][] counts = new int[1 << s][others + 1];
    for (int mask : drawn) {
      int part = part(mask, set);
      int outside = Integer.bitCount(mask & ~set);
      sums[part][outside] += game.value(mask) - game.value(0);
      counts[part][outside]++;
    }
    double index = 0;
    for (int part = 0; part < 1 << s; part++) {
      for (int t = 0; t <= others; t++) {
        if (counts[part][t] > 0) {
          double weight =
              banzhaf ? SizedDraws.binomial(others, t) / (1 << others) : 1.0 / (others + 1);
          double mean = weight * sums[part][t] / counts[part][t];
          index += (s - Integer.bitCount(part)) % 2 == 0 ? mean : -mean;
        }
      }
    }
    return index;
  }

  /** Which of a set's members a mask holds, as bits by their order in the set. */
  private static int part(int mask, int set) {
    int part = 0;
    int bit = 0;
    for (int left = set; left != 0; left &= left - 1) {
      part |= (mask >> Integer.numberOfTrailingZeros(left) & 1) << bit++;
    }
    return part;
  }
}
