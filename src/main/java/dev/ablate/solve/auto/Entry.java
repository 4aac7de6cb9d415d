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
    /** A trial of the same outputs. */
    Trial of(Trial before, Problem train, Problem held);
  }

  private final String name;
  private final Refit refit;
  private final Trial trial;
  private Trial latest;
  private final int[] place;
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
    this.name = name;
    this.refit = refit;
    this.trial = trial;
    this.latest = trial;
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

  /** The trial of the latest division. */
  Trial latest() {
    return latest;
  }

  /** Whether it competes for an output. */
  boolean competes(int output) {
    return place[output] >= 0;
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
    try (Problem some = held.outputs(competes())) {
      score(trial, some);
    }
    return this;
  }

  /** Fits the rows of a further division, and scores on those that it leaves out. */
  void again(Problem train, Problem held) {
    try (Problem trainOf = train.outputs(competes());
        Problem heldOf = held.outputs(competes())) {
      latest = refit.of(trial, trainOf, heldOf);
      score(latest, heldOf);
    }
  }

  private void score(Trial fitted, Problem held) {
    int outputs = held.outputs();
    double[][] fold = new double[outputs][];
    for (int o = 0; o < outputs; o++) {
      fold[o] = held.left(fitted.spectrum(o), fitted.link(o), o);
    }
    left.add(fold);
  }

  /** The sum of the squares of {@link #left}. */
  double error(int output) {
    return Gain.squares(left(output));
  }

  /** What it leaves of an output that it competes for, all divisions one after another. */
  double[] left(int output) {
    return left.stream().flatMapToDouble(fold -> Arrays.stream(fold[place[output]])).toArray();
  }
}
