package dev.ablate.solve.boost;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Boosting.Run;
import dev.ablate.backend.Boosting.Settings;
import dev.ablate.backend.Trees;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Forests with given settings on all rows. */
public final class BoostedForests {
  /** One run whose spectrum holds good candidates for a lasso, without any choosing. */
  public static final Settings CANDIDATES = new Settings(5, 31, 20, 1000, 0.05, 0);

  private BoostedForests() {}

  /**
   * Fits every output with the same settings.
   *
   * @param masks {@code (rows, features)}
   * @param values {@code (rows, outputs)}, finite
   * @return one forest an output, for the caller to close
   */
  public static List<Trees> fit(Backend backend, Masks masks, Values values, Settings settings) {
    return fit(backend, masks, values, Collections.nCopies(values.outputs(), settings));
  }

  /** Fits every output with its own settings; otherwise as above. */
  public static List<Trees> fit(
      Backend backend, Masks masks, Values values, List<Settings> settings) {
    long[] all = Folds.all(masks.count());
    long[] none = new long[all.length];
    List<Run> runs =
        IntStream.range(0, values.outputs())
            .mapToObj(o -> new Run(settings.get(o), all, none, o))
            .toList();
    return backend
        .boosting()
        .fit(
            masks.buffer(),
            masks.count(),
            masks.features(),
            values.buffer(),
            values.outputs(),
            runs)
        .stream()
        .map(Fitted::forest)
        .toList();
  }
}
