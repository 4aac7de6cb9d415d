package dev.ablate.solve.proxyspex;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import java.util.List;

public final class ProxySpexSolver implements Solver {
  public ProxySpexSolver(Refine refine) {}

  @Override
  public String name() {
    return "proxyspex";
  }

  @Override
  public Design plan(int features, long budget, long seed) {
    return new Design.Uniform(features, budget, seed);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    throw new InputException("stub");
  }
}
