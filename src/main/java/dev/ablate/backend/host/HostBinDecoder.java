package dev.ablate.backend.host;

import dev.ablate.backend.CodedBins;
import dev.ablate.code.BchDecoder;
import java.util.Arrays;

/**
 * Decodes single bins. The signs of a bin's numbers against the first one are parity bits, and the
 * term itself is the error pattern that explains them: an error at message position {@code i} is
 * feature {@code i}. Not thread-safe: one a thread.
 */
final class HostBinDecoder {
  /** A candidate that leaves less of the bin's energy ends the search. */
  private static final double CERTAIN = 0.25;

  private final CodedBins bins;
  private final int[] parityTable;
  private final int patterns;
  private final BchDecoder decoder;
  private final int errors;
  private final HostDecodingPatterns chase;
  private final int[] weak;
  private final double[] weights;
  private final int[] syndromes;
  private final int[] flipped;
  private final int[] positions;
  private final long[] signature;

  /**
   * A decoder with its own scratch memory.
   *
   * @param parityTable see {@link BchDecoder#parityTable}
   * @param patterns sign patterns tried a bin, at least 1
   */
  HostBinDecoder(CodedBins bins, int[] parityTable, int patterns) {
    this.bins = bins;
    this.parityTable = parityTable;
    this.patterns = patterns;
    this.decoder = new BchDecoder(bins.code());
    this.errors = bins.code().errors();
    int items = Math.min(Math.min(2 * errors, bins.delays()), 30);
    this.chase = new HostDecodingPatterns(items, patterns);
    this.weak = new int[items];
    this.weights = new double[items];
    this.syndromes = new int[errors];
    this.flipped = new int[errors];
    this.positions = new int[errors];
    this.signature = new long[bins.words()];
  }

  /**
   * The term that explains most of a bin among all that decoding offers.
   *
   * @param group the bin's group
   * @param bin the bin's number in its group
   * @param numbers holds the bin's {@code P + 1} numbers
   * @param from where they start
   * @param energy the sum of their squares
   * @return the term, ascending, or null when no pattern decodes to a term of this bin
   */
  int[] decode(int group, int bin, double[] numbers, int from, double energy) {
    int delays = bins.delays();
    receive(numbers, from);
    findWeakest(numbers, from);
    chase.start(weights, patterns == 1 ? 0 : weak.length);
    int[] best = null;
    double bestFit = 0;
    for (int pattern = 0; pattern < patterns; pattern++) {
      int flips = chase.next();
      if (flips < 0) {
        break;
      }
      flip(flips);
      int count = messageErrors(decoder.decode(flipped, positions));
      if (count < 0 || bins.bin(group, positions, count) != bin) {
        continue;
      }
      bins.signature(positions, count, signature, 0);
      double sum = HostDecodingSigns.sum(signature, 0, numbers, from, delays);
      double fit = sum * sum / delays;
      if (fit > bestFit) {
        bestFit = fit;
        best = Arrays.copyOf(positions, count);
        if (energy - fit < CERTAIN * energy) {
          break;
        }
      }
    }
    if (best != null) {
      Arrays.sort(best);
    }
    return best;
  }

  /** The odd syndromes of the signs against number 0. */
  private void receive(double[] numbers, int from) {
    Arrays.fill(syndromes, 0);
    boolean first = numbers[from] < 0;
    for (int p = 1; p < bins.delays(); p++) {
      if (numbers[from + p] < 0 != first) {
        add(p, syndromes);
      }
    }
  }

  private void add(int delay, int[] to) {
    int row = (delay - 1) * errors;
    for (int j = 0; j < errors; j++) {
      to[j] ^= parityTable[row + j];
    }
  }

  /** The numbers of smallest magnitude, ascending. */
  private void findWeakest(double[] numbers, int from) {
    int count = 0;
    for (int p = 0; p < bins.delays(); p++) {
      double weight = Math.abs(numbers[from + p]);
      if (count == weak.length && weight >= weights[count - 1]) {
        continue;
      }
      int at = count < weak.length ? count++ : count - 1;
      for (; at > 0 && weights[at - 1] > weight; at--) {
        weights[at] = weights[at - 1];
        weak[at] = weak[at - 1];
      }
      weights[at] = weight;
      weak[at] = p;
    }
  }

  /** The syndromes after the signs of some weak numbers change. */
  private void flip(int flips) {
    System.arraycopy(syndromes, 0, flipped, 0, errors);
    for (int rest = flips; rest != 0; rest &= rest - 1) {
      int delay = weak[Integer.numberOfTrailingZeros(rest)];
      if (delay > 0) {
        add(delay, flipped);
      } else {
        // Another sign of number 0 changes every parity bit.
        for (int p = 1; p < bins.delays(); p++) {
          add(p, flipped);
        }
      }
    }
  }

  /** Keeps the errors at message positions, as features. */
  private int messageErrors(int count) {
    if (count < 0) {
      return -1;
    }
    int parityBits = bins.code().parityBits();
    int kept = 0;
    for (int e = 0; e < count; e++) {
      if (positions[e] >= parityBits) {
        positions[kept++] = positions[e] - parityBits;
      }
    }
    return kept;
  }
}
