package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which values that a game gave are finite, and the line about the first that is not. */
final class FiniteValues {
  private static final int NAMED_FEATURES = 12;

  private FiniteValues() {}

  /** Those of some rows all of whose values are finite. */
  static int[] rows(Values values, int[] rows) {
    return Arrays.stream(rows)
        .filter(
            r ->
                IntStream.range(0, values.outputs())
                    .allMatch(o -> Double.isFinite(values.get(r, o))))
        .toArray();
  }

  /**
   * Refuses values that are not finite.
   *
   * @param rows those to look at
   * @throws InputException if one is NaN or infinite; the message names its mask
   */
  static void require(Game game, Masks masks, Values values, int[] rows) {
    for (int row : rows) {
      require(game, masks, values, row);
    }
  }

  private static void require(Game game, Masks masks, Values values, int row) {
    for (int o = 0; o < values.outputs(); o++) {
      if (!Double.isFinite(values.get(row, o))) {
        throw new InputException(
            "the model returned "
                + values.get(row, o)
                + " for "
                + game.outputNames().get(o)
                + " on the mask that keeps "
                + describe(game, masks, row)
                + ": values must be finite; try "
                + InputException.setting("value")
                + " logit or check the model");
      }
    }
  }

  private static String describe(Game game, Masks masks, int row) {
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
