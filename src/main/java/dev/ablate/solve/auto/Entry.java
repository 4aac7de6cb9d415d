package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.Gain;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A contender: its trial, and what its fits of some rows leave of rows that they have not seen. The
 * trial is of the first division; those of further ones only add to what is known of the contender.
 */
final class Entry {
  /** How a contender fits other rows than those of its trial. */
  interface Refit {
    /** A trial of some outputs, by the numbers that they have in the one before. */
    Trial of(Trial before, int[] places, Problem train, Problem held);
  }

  private final String name;
  private final Refit refit;
  private final Trial trial;
  private final Entry base;
  private Trial latest;
  private int[] latestOutputs;
  private final int[] place;

  /** By division {@code (outputs)} what is left of the held-out rows; null of who had no part. */
  private final List<double[][]> left = new ArrayList<>();

  /**
   * A contender that has not been scored.
   *
   * @param name name of the contender
   * @param refit fits further divisions
   * @param trial its trial of the outputs that it competes for
   * @param competes those outputs, ascending
   * @param outputs number of all outputs
   */
  Entry(String name, Refit refit, Trial trial, int[] competes, int outputs) {
    this(name, refit, trial, competes, outputs, null);
  }

  /**
   * The same of one that goes on from another.
   *
   * @param base a contender that goes first in every division, or null
   */
  Entry(String name, Refit refit, Trial trial, int[] competes, int outputs, Entry base) {
    this.base = base;
    this.name = name;
    this.refit = refit;
    this.trial = trial;
    this.latest = trial;
    this.latestOutputs = competes;
    this.place = new int[outputs];
    Arrays.fill(place, -1);
    for (int k = 0; k < competes.length; k++) {
      place[competes[k]] = k;
    }
  }

  String name() {
    return name;
  }

  Trial trial() {
    return trial;
  }

  /** The trial of the latest division, of some outputs that had a part in it. */
  Trial latest(int[] outputs) {
    int[] numbers = IntStream.of(outputs).map(o -> Arrays.binarySearch(latestOutputs, o)).toArray();
    return new PartOfTrial(latest, numbers);
  }

  /** The contender that it goes on from, or null. */
  Entry base() {
    return base;
  }

  /** Whether it competes for an output. */
  boolean competes(int output) {
    return place[output] >= 0;
  }

  /** The most held-out rows of an output that any contender was scored on. */
  static int mostRows(List<Entry> entries, int output) {
    return entries.stream()
        .filter(e -> e.competes(output))
        .mapToInt(e -> e.left(output).length)
        .max()
        .orElseThrow();
  }

  /** The outputs that it competes for. */
  int[] competes() {
    return IntStream.range(0, place.length).filter(this::competes).toArray();
  }

  /** The trial's number of an output that it competes for. */
  int place(int output) {
    return place[output];
  }

  /** What the trial found for an output that it competes for. */
  Spectrum spectrum(int output) {
    return trial.spectrum(place[output]);
  }

  /** What is between that spectrum and the values. */
  Link link(int output) {
    return trial.link(place[output]);
  }

  /** Scores the trial on the rows that it has not seen. */
  Entry scored(Problem held) {
    int[] competes = competes();
    try (Problem some = held.outputs(competes)) {
      score(trial, competes, some);
    }
    return this;
  }

  /**
   * Fits the rows of a further division, and scores on those that it leaves out.
   *
   * @param some the outputs that are still open, ascending
   */
  void again(int[] some, Problem train, Problem held) {
    int[] own = IntStream.of(some).filter(this::competes).toArray();
    if (own.length > 0) {
      try (Problem trainOf = train.outputs(own);
          Problem heldOf = held.outputs(own)) {
        latest = refit.of(trial, IntStream.of(own).map(o -> place[o]).toArray(), trainOf, heldOf);
        latestOutputs = own;
        score(latest, own, heldOf);
      }
    }
  }

  private void score(Trial fitted, int[] outputs, Problem held) {
    double[][] fold = new double[place.length][];
    for (int k = 0; k < outputs.length; k++) {
      fold[outputs[k]] = held.left(fitted.spectrum(k), fitted.link(k), k);
    }
    left.add(fold);
  }

  /** The sum of the squares of {@link #left}. */
  double error(int output) {
    return Gain.squares(left(output));
  }

  /** What it leaves of an output that it competes for, all divisions one after another. */
  double[] left(int output) {
    return left.stream()
        .filter(fold -> fold[output] != null)
        .flatMapToDouble(fold -> Arrays.stream(fold[output]))
        .toArray();
  }
}
