package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.List;

/** Evaluates masks with a game, equal masks once, and checks what comes back. */
final class Evaluator {
  private static final int NAMED_FEATURES = 12;

  private final Game game;
  private final Backend backend;
  private final Progress progress;
  private long evaluated;

  Evaluator(Game game, Backend backend, Progress progress) {
    this.game = game;
    this.backend = backend;
    this.progress = progress;
  }

  /** Masks that were evaluated, repeats not counted. */
  long evaluated() {
    return evaluated;
  }

  /**
   * The values of several tables of masks, in one batch. A game that works on the backend's device
   * gets its masks there and leaves its values there; it evaluates repeated masks again, which
   * costs it less than to find them.
   *
   * @return values for each table, in the memory of the backend for such a game, or on the host
   * @throws InputException if a value is NaN or infinite; the message names the mask
   */
  List<Values> evaluate(Masks... tables) {
    boolean resident = !backend.name().equals("host") && game.accepts(backend);
    return resident ? onDevice(tables) : onHost(tables);
  }

  private List<Values> onDevice(Masks... tables) {
    for (Masks masks : tables) {
      evaluated += masks.count();
    }
    progress.expect(evaluated);
    List<Values> values = new ArrayList<>();
    for (Masks masks : tables) {
      Masks there = masks.on(backend);
      values.add(game.evaluate(there, backend, progress));
      if (there != masks) {
        there.close();
      }
    }
    return values;
  }

  private List<Values> onHost(Masks... tables) {
    Values all = evaluate(Masks.concat(tables));
    List<Values> values = new ArrayList<>();
    int from = 0;
    for (Masks masks : tables) {
      values.add(all.range(from, from + masks.count()));
      from += masks.count();
    }
    return values;
  }

  private Values evaluate(Masks masks) {
    DistinctMasks distinct = DistinctMasks.of(masks);
    Masks once = distinct.masks();
    Values values = Values.zeros(once.count(), game.outputs());
    progress.expect(once.count());
    game.evaluate(once, values, progress);
    check(once, values);
    evaluated = once.count();
    return once == masks ? values : values.select(distinct.position());
  }

  private void check(Masks masks, Values values) {
    for (int r = 0; r < masks.count(); r++) {
      for (int o = 0; o < values.outputs(); o++) {
        if (!Double.isFinite(values.get(r, o))) {
          throw new InputException(
              "the model returned "
                  + values.get(r, o)
                  + " for "
                  + game.outputNames().get(o)
                  + " on the mask that keeps "
                  + describe(masks, r)
                  + ": values must be finite; try --value logit or check the model");
        }
      }
    }
  }

  private String describe(Masks masks, int row) {
    StringBuilder kept = new StringBuilder();
    int count = 0;
    for (int i = 0; i < masks.features(); i++) {
      if (masks.kept(row, i) && ++count <= NAMED_FEATURES) {
        kept.append(count == 1 ? "" : ", ").append(game.featureNames().get(i));
      }
    }
    if (count == 0) {
      return "nothing";
    }
    return kept + (count > NAMED_FEATURES ? " and " + (count - NAMED_FEATURES) + " more" : "");
  }
}
