package dev.ablate.explanation;

import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sets of features that a value turns on, the largest first: those whose Banzhaf interaction is
 * sure and large. Of features that only together do something that is the set of all of them, and
 * of features each of which is enough too, with the other sign; of both, smaller sets have smaller
 * interactions. Sets within one that is listed are left out.
 *
 * @param causes what was found
 */
public record Causes(List<Cause> causes) {
  /** Features of the largest set that is looked at: all masks of them are tried. */
  private static final int MOST_FEATURES = 5;

  /** Terms that are looked at. */
  private static final int TERMS = 24;

  /** Masks of the other features that everything is averaged over. */
  private static final int CONTEXTS = 256;

  /** Share of the largest below which a set is no cause. */
  private static final double SMALL = 0.05;

  /** Share of what all do together that is nearly all of it. */
  private static final double NEARLY = 0.75;

  private static final double INTERVAL = 1.959963984540054;
  private static final int STREAM = 0x43617573;

  /** Copies the list. */
  public Causes {
    causes = List.copyOf(causes);
  }

  /** How the features of a set act. */
  public enum Kind {
    /** One feature. */
    ALONE,
    /** Each does nearly all that they do together, so that leaving one out shows nothing. */
    EACH_SUFFICES,
    /** Without any one of them nearly nothing is left of what they do together. */
    ALL_NEEDED,
    /** Together they do more than by themselves. */
    MORE_TOGETHER,
    /** Together they do less than by themselves. */
    LESS_TOGETHER
  }

  /**
   * A set of features, averaged over what else is kept.
   *
   * @param features the set, ascending
   * @param kind how they act
   * @param interaction their Banzhaf interaction, in the unit of the value
   * @param together what adding all of them changes
   * @param alone {@code (features)} what adding one of them changes
   * @param leftOut {@code (features)} what leaving one of them out takes away from all
   */
  public record Cause(
      int[] features,
      Kind kind,
      double interaction,
      double together,
      double[] alone,
      double[] leftOut) {}

  /** The causes that an output shows. */
  public static Causes of(Output output) {
    List<Cause> found = new ArrayList<>();
    for (int term : terms(output)) {
      found.add(cause(output, output.spectrum().sets().get(term)));
    }
    found.sort(Comparator.comparingDouble(cause -> -Math.abs(cause.interaction())));
    List<Cause> causes = new ArrayList<>();
    for (Cause cause : found) {
      boolean large = Math.abs(cause.interaction()) >= SMALL * Math.abs(found.get(0).interaction());
      if (large && causes.stream().noneMatch(listed -> holds(listed, cause))) {
        causes.add(cause);
      }
    }
    return new Causes(causes);
  }

  /** Terms whose sign is sure, the largest interactions before a link first. */
  private static int[] terms(Output output) {
    Spectrum spectrum = output.spectrum();
    return IntStream.range(0, spectrum.size())
        .filter(s -> isSure(output, s))
        .boxed()
        .sorted(Comparator.comparingDouble(s -> -Math.abs(interaction(spectrum, s))))
        .limit(TERMS)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static boolean isSure(Output output, int term) {
    int order = output.spectrum().sets().order(term);
    double[] errors = output.standardErrors();
    double error = errors.length == 0 || Double.isNaN(errors[term]) ? 0 : errors[term];
    double coefficient = Math.abs(output.spectrum().coefficient(term));
    return order > 0 && order <= MOST_FEATURES && coefficient > INTERVAL * error;
  }

  private static double interaction(Spectrum spectrum, int term) {
    return (1 << spectrum.sets().order(term)) * spectrum.coefficient(term);
  }

  private static boolean holds(Cause listed, Cause other) {
    return Arrays.stream(other.features())
        .allMatch(i -> Arrays.binarySearch(listed.features(), i) >= 0);
  }

  private static Cause cause(Output output, int[] set) {
    double[] means = means(output, set);
    int all = means.length - 1;
    double interaction = 0;
    for (int kept = 0; kept <= all; kept++) {
      interaction += (set.length - Integer.bitCount(kept)) % 2 == 0 ? means[kept] : -means[kept];
    }
    double together = means[all] - means[0];
    double[] alone = new double[set.length];
    double[] leftOut = new double[set.length];
    Arrays.setAll(alone, i -> means[1 << i] - means[0]);
    Arrays.setAll(leftOut, i -> means[all] - means[all ^ 1 << i]);
    return new Cause(set, kind(together, alone, leftOut), interaction, together, alone, leftOut);
  }

  private static Kind kind(double together, double[] alone, double[] leftOut) {
    if (alone.length == 1) {
      return Kind.ALONE;
    }
    if (Arrays.stream(alone).allMatch(one -> one * together >= NEARLY * together * together)) {
      return Kind.EACH_SUFFICES;
    }
    if (Arrays.stream(leftOut).allMatch(one -> one * together >= NEARLY * together * together)) {
      return Kind.ALL_NEEDED;
    }
    double parts = Arrays.stream(alone).sum();
    return Math.abs(together) > Math.abs(parts) ? Kind.MORE_TOGETHER : Kind.LESS_TOGETHER;
  }

  /** {@code (2^features of the set)} predicted values by which of them are kept. */
  private static double[] means(Output output, int[] set) {
    int features = output.spectrum().features();
    int patterns = 1 << set.length;
    boolean[][] rows = new boolean[CONTEXTS * patterns][features];
    for (int c = 0; c < CONTEXTS; c++) {
      Philox.Stream random = Philox.row(0, STREAM, c);
      for (int i = 0; i < features; i++) {
        boolean kept = random.nextInt(2) == 1;
        for (int p = 0; p < patterns; p++) {
          rows[c * patterns + p][i] = kept;
        }
      }
      for (int p = 0; p < patterns; p++) {
        for (int i = 0; i < set.length; i++) {
          rows[c * patterns + p][set[i]] = (p >>> i & 1) != 0;
        }
      }
    }
    double[] values = output.predict(Masks.of(rows));
    double[] means = new double[patterns];
    for (int v = 0; v < values.length; v++) {
      means[v % patterns] += values[v] / CONTEXTS;
    }
    return means;
  }
}
