package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Link;
import java.util.List;

/**
 * The values of a function that was fitted before a link. Their weighted sums over all masks have
 * no closed form: up to {@link Readout#LISTED} features all masks are listed, beyond that a
 * function that was fitted to the values at many masks stands in.
 *
 * @param before the function before the link
 * @param link what is between it and the values
 * @param distiller makes the function that stands in
 */
public record LinkedSurrogate(Surrogate before, Link link, Distiller distiller)
    implements Surrogate {
  /** Fits a function without a link to one with a link. */
  @FunctionalInterface
  public interface Distiller {
    /** A function of nearly the same values. */
    Surrogate of(Surrogate linked, Backend backend);
  }

  @Override
  public int features() {
    return before.features();
  }

  @Override
  public double[] at(Masks masks, Backend backend) {
    return link.inverse(before.at(masks, backend));
  }

  @Override
  public double[] weighed(Sets sets, SizeRule rule, Backend backend) {
    return features() <= Readout.LISTED
        ? new Table(features(), at(Masks.exhaustive(features()), backend)).weighed(sets, rule)
        : distilled(backend).weighed(sets, rule, backend);
  }

  @Override
  public double work() {
    return before.work();
  }

  @Override
  public List<double[]> possible(Backend backend) {
    return before.possible(backend).stream().map(link::inverse).toList();
  }

  /** Sets that count before the link, those that it brings in aside. */
  @Override
  public Sets candidates(int order, int most) {
    return before.candidates(order, most);
  }

  @Override
  public Surrogate distilled(Backend backend) {
    return features() <= Readout.LISTED ? this : distiller.of(this, backend);
  }
}
