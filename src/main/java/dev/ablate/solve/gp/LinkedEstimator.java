package dev.ablate.solve.gp;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.Gain;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refit;
import dev.ablate.solve.surrogate.LinkedSurrogate;
import dev.ablate.solve.surrogate.Surrogate;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A process of what values are before a link: of the links that they admit, the one whose process
 * predicts held-out values best. Only outputs that admit a link can be fitted.
 */
public final class LinkedEstimator implements Estimator {
  private final GaussianProcessEstimator process;

  /**
   * An estimator.
   *
   * @param process fits what is before the link
   */
  public LinkedEstimator(GaussianProcessEstimator process) {
    this.process = process;
  }

  @Override
  public String name() {
    return "linked-" + process.name();
  }

  @Override
  public String ran() {
    return process.ran();
  }

  /** Whether an output admits a link. */
  public static boolean admits(Problem train, Problem held, int output) {
    return !Links.of(train, held, output).isEmpty();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    List<Part> parts = new ArrayList<>();
    for (int o = 0; o < train.outputs(); o++) {
      Part best = null;
      for (Link link : Links.of(train, held, o)) {
        Part part = part(link, null, train, held, o);
        best = best == null || part.error < best.error ? part : best;
      }
      parts.add(best);
    }
    return new LinkedTrial(parts);
  }

  /** Under the links of the earlier trial. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    List<Part> parts = IntStream.of(places).mapToObj(((LinkedTrial) before).parts::get).toList();
    return new LinkedTrial(
        IntStream.range(0, parts.size())
            .mapToObj(o -> part(parts.get(o).link, parts.get(o).trial, train, held, o))
            .toList());
  }

  private Part part(Link link, Trial before, Problem train, Problem held, int output) {
    try (Problem trainOf = train.linked(output, link);
        Problem heldOf = held.linked(output, link)) {
      Trial trial =
          before == null
              ? process.estimate(trainOf, heldOf)
              : process.again(before, new int[1], trainOf, heldOf);
      double error = Gain.squares(held.left(trial.spectrum(0), link, output));
      return new Part(link, trial, error);
    }
  }

  /**
   * A process of one output.
   *
   * @param trial what is before the link
   * @param error sum of squares that it leaves of held-out values
   */
  private record Part(Link link, Trial trial, double error) {}

  private final class LinkedTrial implements Trial {
    private final List<Part> parts;

    LinkedTrial(List<Part> parts) {
      this.parts = List.copyOf(parts);
    }

    @Override
    public Spectrum spectrum(int output) {
      return parts.get(output).trial.spectrum(0);
    }

    @Override
    public Link link(int output) {
      return parts.get(output).link;
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      return IntStream.range(0, outputs.length)
          .mapToObj(k -> fitted(parts.get(outputs[k]), all, k))
          .toList();
    }

    private Fitted fitted(Part part, Problem all, int at) {
      Link link = part.link;
      try (Problem linked = all.linked(at, link)) {
        Fitted fit = part.trial.onAll(linked, new int[] {0}).get(0);
        Distillation distillation = new Distillation(process, all.features(), all.seed());
        return new Fitted(
            fit.spectrum(),
            fit.standardErrors(),
            fit.foundBy(),
            fit.ran(),
            fit.refine(),
            fit.report(),
            fit.notes(),
            new LinkedSurrogate(fit.function(), link, distillation),
            again(fit, link, distillation),
            link);
      }
    }

    private static Refit again(Fitted fit, Link link, Distillation distillation) {
      return rows -> {
        try (Problem linked = rows.linked(0, link)) {
          Surrogate before = fit.again(linked);
          return new LinkedSurrogate(before, link, distillation);
        }
      };
    }
  }
}
