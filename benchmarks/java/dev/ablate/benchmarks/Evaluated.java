package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.run.Designs;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;

/**
 * A game on uniform masks, and on fresh ones to score on. Every mask is evaluated once.
 *
 * @param uniform uniform masks, whose beginnings serve smaller budgets
 * @param planned one for each design that was asked for besides
 * @param testMasks {@code (rows, features)}, none of them among the uniform ones
 * @param testValues {@code (rows)}
 */
record Evaluated(Samples uniform, List<Samples> planned, Masks testMasks, double[] testValues) {
  /**
   * Evaluates a game.
   *
   * @param truth scores: the game without noise, or the game itself
   * @param count how many uniform masks
   * @param tests how many fresh masks
   * @param designs further tables of masks
   */
  static Evaluated of(
      Game game,
      Game truth,
      int count,
      int tests,
      List<? extends Design> designs,
      long seed,
      Backend backend) {
    int n = game.features();
    Masks masks = UniformMasks.draw(backend.sampling(), n, count, seed, UniformMasks.Use.FIT, null);
    Masks fresh =
        UniformMasks.draw(backend.sampling(), n, tests, seed, UniformMasks.Use.TEST, masks);
    List<Masks> tables = new ArrayList<>(List.of(masks));
    designs.forEach(design -> tables.add(Designs.masks(design, backend)));
    if (truth == game) {
      tables.add(fresh);
    }
    List<Values> values = values(game, tables);
    List<Samples> planned = new ArrayList<>();
    for (int d = 0; d < designs.size(); d++) {
      planned.add(new Samples(tables.get(d + 1), values.get(d + 1), designs.get(d)));
    }
    Values scored =
        truth == game ? values.get(values.size() - 1) : values(truth, List.of(fresh)).get(0);
    return new Evaluated(foreign(masks, values.get(0)), planned, fresh, scored.column(0));
  }

  private static List<Values> values(Game game, List<Masks> tables) {
    Masks all = Masks.concat(tables.toArray(Masks[]::new));
    DistinctMasks distinct = DistinctMasks.of(all);
    Values once = Values.zeros(distinct.masks().count(), game.outputs());
    game.evaluate(distinct.masks(), once);
    List<Values> values = new ArrayList<>();
    int from = 0;
    for (Masks table : tables) {
      int[] rows = java.util.Arrays.copyOfRange(distinct.position(), from, from + table.count());
      values.add(once.select(rows));
      from += table.count();
    }
    return values;
  }

  /** Samples whose design nobody may lean on. */
  static Samples foreign(Masks masks, Values values) {
    return new Samples(masks, values, new Design.Foreign(masks.features(), masks.count()));
  }

  /** The first uniform masks; all where there are no more. */
  Samples first(int count) {
    return first(uniform, count);
  }

  /** The first of some samples; all where there are no more. */
  static Samples first(Samples samples, int count) {
    int rows = Math.min(count, samples.masks().count());
    return foreign(samples.masks().range(0, rows), samples.values().range(0, rows));
  }

  /** R² of a solution on the fresh masks. */
  double r2(Solution solution, Backend backend) {
    return R2.of(testValues, solution.predict(testMasks, backend));
  }

  /** R² of a spectrum on the fresh masks. */
  double r2(Spectrum spectrum, Backend backend) {
    return R2.of(testValues, spectrum.evaluate(testMasks, backend));
  }
}
