package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Correlation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Asks a game again, after the fit, on the masks that an explanation says matter most, and puts
 * what it predicted beside what was measured ({@link Verification}).
 */
final class Verifier {
  /** From so many features on an interaction is one. */
  private static final int TOGETHER = 2;

  private final Evaluator evaluator;
  private final Backend backend;
  private final Values ends;

  /**
   * A verifier for one run.
   *
   * @param ends host values {@code (2, outputs)} with nothing kept and with everything kept
   */
  Verifier(Evaluator evaluator, Backend backend, Values ends) {
    this.evaluator = evaluator;
    this.backend = backend;
    this.ends = ends;
  }

  /**
   * The same outputs with their largest interactions verified. Sets of at least two features come
   * first; where there are fewer than asked for, single features follow.
   *
   * @param count how many interactions of each output, 0 for none
   * @throws dev.ablate.code.InputException if the game returns NaN or infinity, or the masks do not
   *     fit in memory
   */
  List<Output> verify(int count, List<Output> outputs) {
    if (count == 0) {
      return outputs;
    }
    List<List<Interaction>> chosen =
        outputs.stream().map(output -> largest(output.interactions(), count)).toList();
    int[] first = new int[outputs.size() + 1];
    for (int o = 0; o < outputs.size(); o++) {
      first[o + 1] = first[o] + chosen.get(o).stream().mapToInt(Verifier::rows).sum();
    }
    if (first[outputs.size()] == 0) {
      Verification nothing =
          new Verification(0, 0, 0, null, 0, Double.NaN, Double.NaN, 0, List.of());
      return outputs.stream().map(output -> output.withVerification(nothing)).toList();
    }
    int features = outputs.get(0).spectrum().features();
    Masks table = masks(chosen.stream().flatMap(List::stream).toList(), features);
    DistinctMasks distinct = DistinctMasks.of(table);
    Stopwatch watch = new Stopwatch();
    long evaluated = evaluator.evaluated();
    long recalled = evaluator.recalled();
    Values measured = evaluator.again(distinct.masks()).select(distinct.position());
    watch.evaluated();
    List<Output> verified = new ArrayList<>();
    for (int o = 0; o < outputs.size(); o++) {
      Output output = outputs.get(o);
      Rows rows = new Rows(table.range(first[o], first[o + 1]), output, measured, first[o], o);
      List<Verification.Check> checks = rows.checks(chosen.get(o));
      verified.add(
          output.withVerification(
              new Verification(
                  distinct.masks().count(),
                  evaluator.fitted(distinct.masks()),
                  evaluator.evaluated() - evaluated,
                  evaluator.hasJournal() ? (Long) (evaluator.recalled() - recalled) : null,
                  watch.seconds().evaluate(),
                  rows.correlation(),
                  beyond(checks),
                  rows.error(),
                  checks)));
    }
    return verified;
  }

  private static List<Interaction> largest(Interactions all, int count) {
    return Stream.concat(
            all.ofOrders(TOGETHER, Integer.MAX_VALUE).values().stream(),
            all.ofOrders(1, 1).values().stream())
        .limit(count)
        .toList();
  }

  /** How many rows of the table an interaction has: its own two, and two for each of its parts. */
  private static int rows(Interaction interaction) {
    return 2 + (interaction.order() >= TOGETHER ? 2 * interaction.order() : 0);
  }

  /** For each interaction: all of it removed, it alone, then the same for each of its parts. */
  private Masks masks(List<Interaction> interactions, int features) {
    int count = interactions.stream().mapToInt(Verifier::rows).sum();
    Designs.requireMemory(new Design.Foreign(features, count), RunSettings.VERIFY, backend);
    int words = Masks.words(features);
    long[] all = new long[Math.multiplyExact(count, words)];
    long[] everything = Masks.all(features).hostWords();
    int row = 0;
    for (Interaction interaction : interactions) {
      put(interaction.features(), everything, all, row * words);
      row += 2;
      if (interaction.order() >= TOGETHER) {
        for (int feature : interaction.features()) {
          put(new int[] {feature}, everything, all, row * words);
          row += 2;
        }
      }
    }
    return new Masks(HostBuffer.of(all), count, features);
  }

  /** Writes the mask without a set, then the mask of the set alone. */
  private static void put(int[] set, long[] everything, long[] all, int at) {
    int words = everything.length;
    System.arraycopy(everything, 0, all, at, words);
    for (int feature : set) {
      long bit = 1L << feature;
      all[at + feature / Long.SIZE] &= ~bit;
      all[at + words + feature / Long.SIZE] |= bit;
    }
  }

  /** Over both ends of every set of at least two features. */
  private static double beyond(List<Verification.Check> checks) {
    List<Compared> beyond =
        checks.stream()
            .filter(check -> check.interaction().order() >= TOGETHER)
            .flatMap(check -> Stream.of(check.removed().beyond(), check.alone().beyond()))
            .toList();
    return Correlation.of(
        beyond.stream().mapToDouble(Compared::predicted).toArray(),
        beyond.stream().mapToDouble(Compared::measured).toArray());
  }

  /** The rows of one output, predicted and measured. */
  private final class Rows {
    private final double[] predicted;
    private final double[] measured;
    private final Compared everything;
    private final Compared nothing;
    // The first row of each different mask.
    private final int[] different;
    private int next;

    Rows(Masks masks, Output output, Values values, int from, int column) {
      predicted = output.predict(masks, backend);
      measured = values.range(from, from + masks.count()).column(column);
      nothing = new Compared(output.none(), ends.get(0, column));
      everything = new Compared(output.all(), ends.get(1, column));
      different = firsts(DistinctMasks.of(masks));
    }

    private static int[] firsts(DistinctMasks distinct) {
      int[] rows = new int[distinct.masks().count()];
      for (int r = 0, found = 0; found < rows.length; r++) {
        if (distinct.position()[r] == found) {
          rows[found++] = r;
        }
      }
      return rows;
    }

    List<Verification.Check> checks(List<Interaction> interactions) {
      next = 0;
      return interactions.stream().map(this::check).toList();
    }

    private Verification.Check check(Interaction interaction) {
      Compared without = take();
      Compared alone = take();
      if (interaction.order() < TOGETHER) {
        return new Verification.Check(
            interaction,
            new Verification.Side(without, null, null),
            new Verification.Side(alone, null, null));
      }
      Compared removals = new Compared(0, 0);
      Compared additions = new Compared(0, 0);
      for (int k = 0; k < interaction.order(); k++) {
        removals = removals.plus(take().minus(everything));
        additions = additions.plus(take().minus(nothing));
      }
      return new Verification.Check(
          interaction,
          new Verification.Side(without, without.minus(everything), removals),
          new Verification.Side(alone, alone.minus(nothing), additions));
    }

    private Compared take() {
      int row = next++;
      return new Compared(predicted[row], measured[row]);
    }

    double correlation() {
      return Correlation.of(each(predicted), each(measured));
    }

    /** Root mean square, in a unit in which squares are doubles. */
    double error() {
      double[] misses =
          Arrays.stream(different).mapToDouble(r -> predicted[r] - measured[r]).toArray();
      double largest = Arrays.stream(misses).map(Math::abs).max().orElse(0);
      return largest == 0
          ? 0
          : largest
              * Math.sqrt(
                  Arrays.stream(misses)
                      .map(miss -> miss / largest)
                      .map(share -> share * share)
                      .average()
                      .orElse(0));
    }

    private double[] each(double[] rows) {
      return Arrays.stream(different).mapToDouble(r -> rows[r]).toArray();
    }
  }
}
