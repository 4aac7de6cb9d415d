package dev.ablate.solve.gp;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.Gain;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A process, behind a link for each output where held-out rows are clearly better with one. */
public final class ProcessOrLinked implements Estimator {
  private final GaussianProcessEstimator process;
  private final LinkedEstimator linked;

  /** An estimator that fits the same process with a link and without. */
  public ProcessOrLinked(GaussianProcessEstimator process) {
    this.process = process;
    this.linked = new LinkedEstimator(process);
  }

  @Override
  public String name() {
    return process.name();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    Trial plain = process.estimate(train, held);
    if (held == null) {
      return plain;
    }
    List<Part> parts = new ArrayList<>();
    for (int o = 0; o < train.outputs(); o++) {
      parts.add(part(plain, train, held, o));
    }
    return new PartedTrial(parts);
  }

  private Part part(Trial plain, Problem train, Problem held, int output) {
    if (!LinkedEstimator.admits(train, held, output)) {
      return new Part(plain, output);
    }
    try (Problem trainOf = train.outputs(output);
        Problem heldOf = held.outputs(output)) {
      Trial behind = linked.estimate(trainOf, heldOf);
      double[] without = held.left(plain.spectrum(output), plain.link(output), output);
      return Gain.justifiesLink(without, heldOf.left(behind.spectrum(0), behind.link(0), 0))
          ? new Part(behind, 0)
          : new Part(plain, output);
    }
  }

  /**
   * Who fits an output.
   *
   * @param place the trial's number of the output; one with a link knows no other
   */
  private record Part(Trial trial, int place) {}

  private record PartedTrial(List<Part> parts) implements Trial {
    @Override
    public Spectrum spectrum(int output) {
      return parts.get(output).trial.spectrum(parts.get(output).place);
    }

    @Override
    public Link link(int output) {
      return parts.get(output).trial.link(parts.get(output).place);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      return IntStream.range(0, outputs.length).mapToObj(k -> fitted(all, k, outputs[k])).toList();
    }

    private Fitted fitted(Problem all, int at, int output) {
      Part part = parts.get(output);
      try (Problem one = all.outputs(at)) {
        return part.trial.onAll(one, new int[] {part.place}).get(0);
      }
    }
  }
}
