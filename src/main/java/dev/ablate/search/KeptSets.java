package dev.ablate.search;

import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sets to keep, one a size, in the ways that are compared: by a spectrum, by weights of single
 * features, and the best of random sets. Each is a list of sets, ascending, for {@link KeptCurve}.
 */
public final class KeptSets {
  /** Masks that a game is asked about at a time. */
  private static final int BATCH = 1_000;

  private static final int STREAM = 0x5E75;

  private KeptSets() {}

  /**
   * The best sets by a spectrum; none need hold the one before.
   *
   * @param spectrum before the link
   * @param sizes how many features each keeps, from 0 to all
   * @param work as {@link SubsetSearch#WORK} says, for each size
   */
  public static List<int[]> bySpectrum(Spectrum spectrum, int[] sizes, long work) {
    return Arrays.stream(sizes)
        .mapToObj(
            size ->
                size == 0
                    ? new int[0]
                    : SubsetSearch.best(spectrum, Link.IDENTITY, size, Goal.MAX, work).features())
        .toList();
  }

  /**
   * The features of largest weight; of equal ones those that come first.
   *
   * @param weights what keeping each feature is worth, as linear fits and lassos say
   * @param sizes how many features each keeps, from 0 to all
   */
  public static List<int[]> byWeight(double[] weights, int[] sizes) {
    int[] falling =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -weights[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return Arrays.stream(sizes)
        .mapToObj(size -> Arrays.stream(falling, 0, size).sorted().toArray())
        .toList();
  }

  /**
   * The best of random sets, by what a game says of them.
   *
   * @param game asked about every set
   * @param output which of its outputs is to be large
   * @param size how many features each keeps
   * @param count how many sets
   * @param seed draws them
   */
  public static int[] bestRandom(Game game, int output, int size, int count, long seed) {
    if (count < 1 || size < 0 || size > game.features()) {
      throw new InputException(
          count
              + " random sets of "
              + size
              + " of "
              + game.features()
              + " features: give at least one, and a size up to the features");
    }
    int[] best = null;
    double bestValue = Double.NEGATIVE_INFINITY;
    for (int from = 0; from < count; from += BATCH) {
      List<int[]> sets = new ArrayList<>();
      for (int row = from; row < Math.min(count, from + BATCH); row++) {
        int[] order = Philox.row(seed, STREAM, row).permutation(game.features());
        sets.add(Arrays.stream(order, 0, size).sorted().toArray());
      }
      Values values = values(game, sets);
      for (int row = 0; row < sets.size(); row++) {
        if (best == null || values.get(row, output) > bestValue) {
          best = sets.get(row);
          bestValue = values.get(row, output);
        }
      }
    }
    return best;
  }

  /** What a game says where each set is kept and all else ablated, {@code (sets, outputs)}. */
  public static Values values(Game game, List<int[]> sets) {
    boolean[][] rows = new boolean[sets.size()][game.features()];
    for (int row = 0; row < rows.length; row++) {
      for (int feature : sets.get(row)) {
        rows[row][feature] = true;
      }
    }
    Values values = Values.zeros(rows.length, game.outputs());
    game.evaluate(Masks.of(rows), values);
    return values;
  }
}
