package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import java.util.List;

/** A fitted function of masks. It lies on the host, and needs a backend to be evaluated only. */
public interface Surrogate {
  /** Number of features. */
  int features();

  /** {@code (masks)} what it predicts, in the unit of the values. */
  double[] at(Masks masks, Backend backend);

  /**
   * A weighted sum of its values for each of some sets.
   *
   * @param sets the sets
   * @param rule how values are weighed
   * @return {@code (sets)}
   */
  double[] weighed(Sets sets, SizeRule rule, Backend backend);

  /** How many sums over its rows {@link #weighed} takes a set and a node; 0 where it has none. */
  double work();

  /** The same function, or one of nearly the same values whose weighted sums are to be had. */
  default Surrogate distilled(Backend backend) {
    return this;
  }

  /**
   * Functions that could stand in the place of this one as far as its prior knows: what was fitted,
   * and on top of it what is missed of a function that the prior draws when that is fitted from the
   * same rows. Rows that all fits share are no reason for them to be alike. Of few features alone,
   * as all masks are listed.
   *
   * @return {@code (2^features)} values of each; none where there is no prior, or the work is much
   */
  default List<double[]> possible(Backend backend) {
    return List.of();
  }

  /** The sets of an order up to a limit that it has most to say of, where not all can be listed. */
  Sets candidates(int order, int most);
}
