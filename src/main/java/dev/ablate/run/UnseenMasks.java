package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.Solution;
import java.util.ArrayList;
import java.util.List;

/**
 * Masks that no solver sees, perhaps none, and their values.
 *
 * @param masks {@code (masks, features)}
 * @param values {@code (masks, outputs)}; may be null where there are no masks
 * @param kind what an R² on them is called
 */
record UnseenMasks(Masks masks, Values values, R2Kind kind) {
  /**
   * Draws the held-out masks of a run, on top of those that are fitted: a stream of the seed of its
   * own ({@link UniformMasks.Use#TEST}).
   *
   * @param seen masks of which none comes again, or null
   * @throws dev.ablate.code.InputException if they are more than fit in memory
   */
  static Masks draw(Request request, int features, int count, Backend backend, Masks seen) {
    Designs.requireMemory(
        new Design.Uniform(features, count, request.seed()), RunSettings.TEST_MASKS, backend);
    return UniformMasks.draw(
        backend.sampling(), features, count, request.seed(), UniformMasks.Use.TEST, seen);
  }

  /** No such masks. */
  static UnseenMasks none(int features) {
    return new UnseenMasks(Masks.none(0, features), null, R2Kind.NONE);
  }

  /** How well each output's spectrum predicts them; what fitting says where there are none. */
  List<Score> scores(Fits fits, Backend backend) {
    if (masks.count() == 0) {
      return fits.own();
    }
    List<Score> scores = new ArrayList<>();
    for (int o = 0; o < fits.solutions().size(); o++) {
      Solution solution = fits.solutions().get(o);
      scores.add(Score.onFreshMasks(solution, masks, values.column(o), kind, backend));
    }
    return scores;
  }
}
