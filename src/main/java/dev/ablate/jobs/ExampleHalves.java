package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.lens.heads.Example;
import dev.ablate.lens.heads.Examples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Examples that choose, and others that score what was chosen. Each label has its share of both:
 * what a component says for one label and against another would else pass for what it is worth.
 *
 * @param fitting at least two, in the order of all
 * @param heldOut at least one, in the order of all
 */
record ExampleHalves(Examples fitting, Examples heldOut) {
  private static final int STREAM = 0x68616c66;

  /**
   * Parts examples.
   *
   * @param share of those that are held out, above 0 and below 1
   * @param seed draws them
   * @throws InputException if too few are left on a side
   */
  static ExampleHalves of(Examples examples, double share, long seed) {
    List<Example> all = examples.all();
    int[] order =
        IntStream.of(Philox.stream(seed, STREAM).permutation(all.size()))
            .boxed()
            .sorted(Comparator.comparing(e -> Objects.requireNonNullElse(all.get(e).label(), "")))
            .mapToInt(Integer::intValue)
            .toArray();
    boolean[] held = new boolean[order.length];
    int count = 0;
    for (int k = 0; k < order.length; k++) {
      held[order[k]] = Math.floor((k + 1) * share) > Math.floor(k * share);
      count += held[order[k]] ? 1 : 0;
    }
    if (count < 1 || order.length - count < 2) {
      throw new InputException(
          PruneSettings.HOLDOUT
              + " "
              + share
              + " of "
              + order.length
              + " examples leaves "
              + (order.length - count)
              + " to choose by and "
              + count
              + " to score: give more examples, at least two to choose by and one to score");
    }
    return new ExampleHalves(some(all, held, false), some(all, held, true));
  }

  private static Examples some(List<Example> all, boolean[] held, boolean which) {
    List<Example> some = new ArrayList<>();
    for (int e = 0; e < held.length; e++) {
      if (held[e] == which) {
        some.add(all.get(e));
      }
    }
    return new Examples(some);
  }
}
