package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.explanation.R2Kind;
import dev.ablate.game.Evaluation;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.solve.Solution;
import java.util.ArrayList;
import java.util.List;

/**
 * Masks that no solver sees, perhaps none, and their values.
 *
 * @param uniform {@code (masks, features)} of which R² speaks
 * @param bySize masks of which R² by size speaks; the two may share some
 * @param kind what an R² on them is called
 */
record UnseenMasks(Evaluation.Rows uniform, Evaluation.Rows bySize, R2Kind kind) {
  /**
   * Draws the held-out masks of a run, on top of those that are fitted: a stream of the seed of its
   * own ({@link UniformMasks.Use#TEST}).
   *
   * @param seen masks of which none comes again, or null
   * @throws dev.ablate.code.InputException if they are more than fit in memory
   */
  static Masks draw(Request request, int features, int count, Backend backend, Masks seen) {
    requireMemory(request, features, count, backend);
    return UniformMasks.draw(
        backend.sampling(), features, count, request.seed(), UniformMasks.Use.TEST, seen);
  }

  /**
   * The same by size, where the index or the fitted masks weigh all sizes alike; none otherwise.
   */
  static Masks drawBySize(Request request, int features, int count, Backend backend, Masks seen) {
    if (kinds(request) == 1) {
      return Masks.none(0, features);
    }
    requireMemory(request, features, count, backend);
    return UniformMasks.drawBySize(features, count, request.seed(), UniformMasks.Use.TEST, seen);
  }

  /** How many kinds of held-out masks there are: uniform ones, and perhaps some by size. */
  static int kinds(Request request) {
    boolean bySize = request.index().weighsSizesAlike();
    return bySize || request.sampling() != MaskSampling.UNIFORM ? 2 : 1;
  }

  private static void requireMemory(Request request, int features, int count, Backend backend) {
    Designs.requireMemory(
        new Design.Uniform(features, count, request.seed()), RunSettings.TEST_MASKS, backend);
  }

  /** A pair of masks and values to test on; null for none. */
  static UnseenMasks test(Table test) {
    return test == null
        ? new UnseenMasks(null, null, R2Kind.NONE)
        : new UnseenMasks(new Evaluation.Rows(test.masks(), test.values()), null, R2Kind.TEST);
  }

  /** How well each output's spectrum predicts them; what fitting says where there are none. */
  List<Score> scores(Fits fits, Backend backend) {
    List<Score> scores = new ArrayList<>();
    for (int o = 0; o < fits.solutions().size(); o++) {
      Solution solution = fits.solutions().get(o);
      Score score =
          isEmpty(uniform)
              ? fits.own().get(o)
              : Score.onFreshMasks(solution, uniform, o, kind, backend);
      scores.add(isEmpty(bySize) ? score : score.beside(solution, bySize, o, backend));
    }
    return scores;
  }

  private static boolean isEmpty(Evaluation.Rows rows) {
    return rows == null || rows.masks().count() == 0;
  }
}
