package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * ProxySPEX: boosted trees as a proxy, their exact spectrum, and a regression on its largest terms.
 *
 * <ul>
 *   <li>{@link Refine#LASSO}, the default: one deep run of trees, a cross-validated lasso on its
 *       largest terms and all singletons, and a screening of what the trees overlook.
 *   <li>{@link Refine#RIDGE}, as published: a grid of boosting settings, the terms that carry 95%
 *       of the energy, cross-validated ridge on them.
 *   <li>{@link Refine#NONE}: as published up to the truncation; the coefficients are the trees'.
 * </ul>
 *
 * <p>Source: Butler et al., arXiv 2505.17495; docs/design/0004-proxyspex.md has the differences to
 * the authors' code.
 */
public final class ProxySpexSolver implements Solver {
  private final Refine refine;

  /** A solver with the given refinement. */
  public ProxySpexSolver(Refine refine) {
    this.refine = refine;
  }

  @Override
  public String name() {
    return "proxyspex";
  }

  @Override
  public Design plan(int features, long budget, long seed) {
    if (budget < 1) {
      throw new InputException("proxyspex needs at least one mask: raise --budget");
    }
    return new Design.Uniform(features, budget, seed);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    if (samples.masks().count() == 0) {
      throw new InputException("proxyspex got no masks: evaluate at least one");
    }
    Masks masks =
        new Masks(
            samples.masks().buffer().toHost(), samples.masks().count(), samples.masks().features());
    List<double[]> columns = new ArrayList<>();
    List<Integer> varying = new ArrayList<>();
    for (int o = 0; o < samples.values().outputs(); o++) {
      double[] column = samples.values().column(o);
      columns.add(column);
      if (Arrays.stream(column).anyMatch(v -> v != column[0])) {
        varying.add(o);
      }
    }
    Problem problem =
        new Problem(masks, varying.stream().map(columns::get).toList(), backend, seed);
    List<Solution> fitted =
        varying.isEmpty()
            ? List.of()
            : refine == Refine.LASSO
                ? new LassoProcedure(problem).solve()
                : new GridProcedure(problem, refine).solve();
    List<Solution> solutions = new ArrayList<>();
    for (int o = 0; o < columns.size(); o++) {
      int at = varying.indexOf(o);
      solutions.add(at < 0 ? constant(masks.features(), columns.get(o)[0]) : fitted.get(at));
    }
    return solutions;
  }

  private Solution constant(int features, double value) {
    Spectrum spectrum = new Spectrum(features, Sets.of(List.of(new int[0])), new double[] {value});
    return new Solution(
        spectrum,
        name(),
        refine.word(),
        Double.NaN,
        0,
        Map.of("terms", 1),
        List.of("all values are equal: the spectrum is their value"));
  }
}
