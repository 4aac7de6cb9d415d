package dev.ablate.backend.host;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding.Decoded;
import dev.ablate.backend.Decoding.Settings;
import dev.ablate.backend.PeelingRules;
import dev.ablate.backend.Sets;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** One problem: its bins, what is left in them, and the terms taken out so far. */
final class HostPeeling {
  private static final int BLOCK = 16;

  private final Workers workers;
  private final CodedBins bins;
  private final Settings settings;
  private final int[] parityTable;
  private final int delays;
  private final double[] numbers;
  private final double[] energy;
  private final double zero;
  private final double[] logSets;
  private final TreeMap<int[], Double> terms = new TreeMap<>(Sets::compare);

  /**
   * The bins of one problem.
   *
   * @param transforms holds {@code (groups, delays, 2^b) row-major} from {@code from} on
   */
  HostPeeling(
      Workers workers,
      CodedBins bins,
      Settings settings,
      int[] parityTable,
      double[] transforms,
      int from) {
    this.workers = workers;
    this.bins = bins;
    this.settings = settings;
    this.parityTable = parityTable;
    this.delays = bins.delays();
    this.numbers = new double[bins.groups() * bins.points() * delays];
    this.energy = new double[bins.groups() * bins.points()];
    this.logSets = PeelingRules.logSets(bins.features(), bins.code().errors());
    gather(transforms, from);
    this.zero = PeelingRules.ROUNDING * Arrays.stream(energy).max().orElse(0);
  }

  /** Brings the numbers of each bin together: {@code (groups, 2^b, delays) row-major}. */
  private void gather(double[] transforms, int from) {
    int points = bins.points();
    workers.forEach(
        bins.groups(),
        c -> {
          for (int p = 0; p < delays; p++) {
            int row = from + (c * delays + p) * points;
            for (int j = 0; j < points; j++) {
              double u = transforms[row + j];
              numbers[(c * points + j) * delays + p] = u;
              energy[c * points + j] += u * u;
            }
          }
        });
  }

  /** Decodes changed bins and peels until nothing changes. */
  Decoded run() {
    boolean[] changed = new boolean[energy.length];
    Arrays.fill(changed, true);
    int rounds = 0;
    boolean progress = true;
    while (progress && rounds < PeelingRules.MAX_ROUNDS) {
      Work.done((double) rounds / PeelingRules.MAX_ROUNDS);
      rounds++;
      List<Candidate> candidates = candidates(changed, floor(rounds));
      Arrays.fill(changed, false);
      progress = false;
      for (Candidate candidate : candidates) {
        Work.check();
        progress |= peel(candidate, changed);
      }
    }
    Sets sets = Sets.of(terms.keySet());
    return new Decoded(
        sets, terms.values().stream().mapToDouble(Double::doubleValue).toArray(), rounds);
  }

  /** A term that a bin decoded to, with the share of the bin's energy that it leaves. */
  private record Candidate(int bin, int[] set, double left) {}

  /** The energy below which a round decodes no bin. */
  private double floor(int round) {
    if (round == 1 && settings.everyBin()) {
      return zero;
    }
    double[] sorted = energy.clone();
    Arrays.sort(sorted);
    return Math.max(zero, PeelingRules.LOUD * sorted[PeelingRules.quietRank(sorted.length)]);
  }

  private List<Candidate> candidates(boolean[] changed, double floor) {
    int[] todo =
        IntStream.range(0, energy.length).filter(b -> changed[b] && energy[b] > floor).toArray();
    Candidate[] found = new Candidate[todo.length];
    workers.forBlocks(
        todo.length,
        BLOCK,
        (from, to) -> {
          HostBinDecoder decoder = new HostBinDecoder(bins, parityTable, settings.patterns());
          long[] signature = new long[bins.words()];
          for (int i = from; i < to; i++) {
            int bin = todo[i];
            int[] set =
                decoder.decode(
                    bin / bins.points(), bin % bins.points(), numbers, bin * delays, energy[bin]);
            if (set != null) {
              bins.signature(set, set.length, signature, 0);
              found[i] = new Candidate(bin, set, left(bin, signature));
            }
          }
        });
    return Arrays.stream(found)
        .filter(candidate -> candidate != null && candidate.left < settings.residual())
        .sorted(Comparator.comparingDouble(Candidate::left).thenComparingInt(Candidate::bin))
        .toList();
  }

  private double left(int bin, long[] signature) {
    double sum = HostDecodingSigns.sum(signature, 0, numbers, bin * delays, delays);
    return 1 - sum * sum / (delays * energy[bin]);
  }

  /**
   * Takes a term out of all its bins if what is in them now still speaks for it. The coefficient
   * weighs each group by the inverse of the energy that is left in its bin.
   */
  private boolean peel(Candidate candidate, boolean[] changed) {
    int[] set = candidate.set;
    long[] signature = new long[bins.words()];
    bins.signature(set, set.length, signature, 0);
    if (energy[candidate.bin] <= zero || left(candidate.bin, signature) >= settings.residual()) {
      return false;
    }
    int groups = bins.groups();
    int[] at = new int[groups];
    double[] mean = new double[groups];
    double weights = 0;
    double sum = 0;
    for (int c = 0; c < groups; c++) {
      at[c] = c * bins.points() + bins.bin(c, set, set.length);
      mean[c] = HostDecodingSigns.sum(signature, 0, numbers, at[c] * delays, delays) / delays;
      double weight = 1 / Math.max(energy[at[c]] - delays * mean[c] * mean[c], zero);
      weights += weight;
      sum += weight * mean[c];
    }
    double coefficient = sum / weights;
    double evidence = 0;
    for (int c = 0; c < groups; c++) {
      double after = energy[at[c]] - delays * coefficient * (2 * mean[c] - coefficient);
      evidence += 0.5 * delays * Math.log(Math.max(energy[at[c]], zero) / Math.max(after, zero));
    }
    if (evidence < settings.evidence() + logSets[set.length]) {
      return false;
    }
    for (int c = 0; c < groups; c++) {
      energy[at[c]] =
          HostDecodingSigns.subtract(signature, 0, coefficient, numbers, at[c] * delays, delays);
      changed[at[c]] = true;
    }
    terms.merge(set, coefficient, Double::sum);
    return true;
  }
}
