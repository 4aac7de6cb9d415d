package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.game.Budget;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.Solvers;
import java.util.Arrays;
import java.util.Optional;

/**
 * A method as benchmarks name it: a method's name such as {@code auto}, perhaps with a refinement,
 * as in {@code proxyspex-ridge}; a refinement alone means ProxySPEX.
 *
 * @param label the name
 * @param method what solvers call it; may not exist
 * @param settings with the refinement
 */
record Method(String label, String method, Settings settings) {
  /** ProxySPEX as published, which others are measured against. */
  static final Method PUBLISHED = parse("proxyspex-ridge");

  /** The method of a name; whether it exists shows when it solves. */
  static Method parse(String label) {
    Optional<Refine> refine =
        Arrays.stream(Refine.values())
            .filter(r -> label.equals(r.toString()) || label.endsWith("-" + r.toString()))
            .findFirst();
    if (refine.isEmpty()) {
      return new Method(label, label, Settings.STANDARD);
    }
    String word = refine.get().toString();
    String method =
        label.equals(word) ? "proxyspex" : label.substring(0, label.length() - word.length() - 1);
    return new Method(label, method, Settings.STANDARD.with(SolverSettings.REFINE, refine.get()));
  }

  /**
   * The masks it asks for.
   *
   * @throws dev.ablate.code.InputException if the budget is too small for it, or it does not exist
   */
  Design plan(int features, long budget, long seed) {
    return Solvers.choose(asked(), features, new Budget(budget))
        .plan(features, budget, MaskSampling.UNIFORM, seed);
  }

  /**
   * Solves for the first output.
   *
   * @throws dev.ablate.code.InputException if the samples do not suit it, or it does not exist
   */
  Solution solve(Samples samples, Backend backend, long seed) {
    return Solvers.choose(asked(), samples).solve(samples, backend, seed).get(0);
  }

  private Settings asked() {
    return settings.with(SolverSettings.METHOD, dev.ablate.solve.Method.parse(method));
  }
}
