package dev.ablate.solve.gp;

import dev.ablate.backend.HostBuffer;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.surrogate.LinkedSurrogate;
import dev.ablate.solve.surrogate.SpectrumSurrogate;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Processes of what values of many outputs are before a link: of the links that an output admits,
 * the one by which rows tell each other's values best. Only outputs that admit a link can be
 * fitted. Interactions of all are read off processes that share priors, without their errors.
 */
public final class SharedLinked implements Estimator {
  /** Another stream of masks than those that were evaluated. */
  private static final long SEED = 0x73686c6bL;

  /** Masks that stand for all where interactions are read off: so many times n log2 n. */
  private static final double MASKS = 4;

  private static final int MOST_MASKS = 2_000;

  /** Rows by which links are compared. */
  private static final int COMPARED_ROWS = 400;

  private final SharedProcess process;
  private final SharedProcess alike;

  /**
   * An estimator.
   *
   * @param terms number of terms to report, 0 to let held-out masks choose
   * @param mostRows most rows to fit; of more, so many are taken at random
   */
  public SharedLinked(int terms, int mostRows) {
    this.process = new SharedProcess(terms, mostRows);
    this.alike = new SharedProcess(0, mostRows, false);
  }

  @Override
  public String name() {
    return "linked-" + process.name();
  }

  @Override
  public String ran() {
    return process.ran();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    List<Link> links = links(train, held);
    int[] every = IntStream.range(0, train.outputs()).toArray();
    try (Problem trainOf = train.linked(every, links);
        Problem heldOf = held.linked(every, links)) {
      Trial trial = process.estimate(trainOf, heldOf);
      return new LinkedTrial(
          IntStream.of(every).mapToObj(o -> new Part(links.get(o), trial, o)).toList());
    }
  }

  /** Of the links that each output admits the one whose process tells values best. */
  private static List<Link> links(Problem train, Problem held) {
    List<List<Link>> admitted =
        IntStream.range(0, train.outputs()).mapToObj(o -> Links.of(train, held, o)).toList();
    Link[] best = new Link[admitted.size()];
    Work.forEach(best.length, o -> best[o] = best(train, o, admitted.get(o)));
    return List.of(best);
  }

  private static Link best(Problem train, int output, List<Link> links) {
    Link best = links.get(0);
    if (links.size() > 1) {
      double least = Double.POSITIVE_INFINITY;
      for (Link link : links) {
        double left = left(train, output, link);
        best = left < least ? link : best;
        least = Math.min(left, least);
      }
    }
    return best;
  }

  /**
   * The sum of the squares, in the unit of the values, that a process leaves of each of some rows
   * given the others, under the prior that a search starts at.
   */
  private static double left(Problem train, int output, Link link) {
    try (Problem linked = train.linked(output, link);
        Problem some = GaussianProcessEstimator.shuffled(linked, COMPARED_ROWS);
        Centred centred = some.centred();
        Given given = Given.of(centred.problem(), 0, Influences.prior(centred.problem(), 0))) {
      double[] before = some.output(0).toHost().doubles();
      double[] missed = given.posterior().leaveOneOut();
      double left = 0;
      for (int r = 0; r < missed.length; r++) {
        double error = link.inverse(before[r]) - link.inverse(before[r] - missed[r]);
        left += error * error;
      }
      return left;
    }
  }

  /** Under the links and priors of the earlier trial. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    List<Part> parts = IntStream.of(places).mapToObj(((LinkedTrial) before).parts::get).toList();
    Part[] next = new Part[parts.size()];
    for (Trial trial : trials(parts)) {
      int[] some = of(parts, trial);
      List<Link> links = links(parts, some);
      try (Problem trainOf = train.linked(some, links);
          Problem heldOf = held.linked(some, links)) {
        Trial latest = process.again(trial, numbers(parts, some), trainOf, heldOf);
        for (int k = 0; k < some.length; k++) {
          next[some[k]] = new Part(links.get(k), latest, k);
        }
      }
    }
    return new LinkedTrial(List.of(next));
  }

  /**
   * Where an output is fitted.
   *
   * @param number the trial's number of the output
   */
  private record Part(Link link, Trial trial, int number) {}

  private static List<Trial> trials(List<Part> parts) {
    return parts.stream().map(Part::trial).distinct().toList();
  }

  private static int[] of(List<Part> parts, Trial trial) {
    return IntStream.range(0, parts.size()).filter(k -> parts.get(k).trial == trial).toArray();
  }

  private static List<Link> links(List<Part> parts, int[] some) {
    return IntStream.of(some).mapToObj(k -> parts.get(k).link).toList();
  }

  private static int[] numbers(List<Part> parts, int[] some) {
    return IntStream.of(some).map(k -> parts.get(k).number).toArray();
  }

  private final class LinkedTrial implements Trial {
    private final List<Part> parts;

    LinkedTrial(List<Part> parts) {
      this.parts = parts;
    }

    @Override
    public Spectrum spectrum(int output) {
      return parts.get(output).trial.spectrum(parts.get(output).number);
    }

    @Override
    public Link link(int output) {
      return parts.get(output).link;
    }

    @Override
    public boolean readsFunctions() {
      return false;
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Part> asked = IntStream.of(outputs).mapToObj(parts::get).toList();
      Fitted[] fits = new Fitted[outputs.length];
      for (Trial trial : trials(asked)) {
        int[] some = of(asked, trial);
        try (Problem linked = all.linked(some, links(asked, some))) {
          List<Fitted> fitted = trial.onAll(linked, numbers(asked, some));
          for (int k = 0; k < some.length; k++) {
            fits[some[k]] = fitted.get(k);
          }
        }
      }
      Trial values = distilled(all, fits, asked);
      List<Fitted> linked = new ArrayList<>();
      for (int k = 0; k < fits.length; k++) {
        linked.add(linked(fits[k], asked.get(k).link, values.spectrum(k)));
      }
      return linked;
    }

    /** Processes of the values behind the links, at masks that nobody evaluated. */
    private Trial distilled(Problem all, Fitted[] fits, List<Part> of) {
      int features = all.features();
      int count =
          (int) Math.min(MOST_MASKS, MASKS * features * Math.log(features) / Math.log(2) + 1);
      Design.Paired design =
          new Design.Paired(MaskSampling.BOTH, features, count, all.seed() ^ SEED);
      Masks masks = PairedMasks.draw(all.backend(), design, null);
      double[] values = new double[Math.multiplyExact(masks.count(), fits.length)];
      for (int k = 0; k < fits.length; k++) {
        double[] own = of.get(k).link.inverse(fits[k].spectrum().evaluate(masks, all.backend()));
        for (int m = 0; m < own.length; m++) {
          values[m * fits.length + k] = own[m];
        }
      }
      Values there = new Values(HostBuffer.of(values), masks.count(), fits.length);
      Samples samples = new Samples(masks, there, design);
      try (Problem problem = Problem.of(samples, all.backend(), all.seed())) {
        return alike.estimate(problem, null);
      }
    }

    private Fitted linked(Fitted fit, Link link, Spectrum values) {
      return new Fitted(
          fit.spectrum(),
          fit.standardErrors(),
          fit.foundBy(),
          fit.ran(),
          fit.refine(),
          fit.report(),
          fit.notes(),
          new LinkedSurrogate(
              fit.function(), link, (linked, backend) -> new SpectrumSurrogate(values)),
          null,
          link);
    }
  }
}
