package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.List;

/** Checks what a game says of itself and what it returns. */
final class GameCheck {
  private GameCheck() {}

  /**
   * Checks a game before masks are drawn for it.
   *
   * @throws InputException if it has no features or outputs, or its names do not fit them
   */
  static void requireWhole(Game game) {
    if (game.features() < 1 || game.features() > Masks.MOST_FEATURES) {
      throw new InputException(
          "the game has "
              + game.features()
              + " features: it must have from 1 to "
              + Masks.MOST_FEATURES);
    }
    if (game.outputs() < 1) {
      throw new InputException(
          "the game has " + game.outputs() + " outputs: it needs at least one");
    }
    requireNames("features", game.featureNames(), game.features());
    requireNames("outputs", game.outputNames(), game.outputs());
    InputException.required(game.subject(), "the game's subject");
    Input input = game.subject().input();
    if (!input.record().isEmpty() && input.places() != game.features()) {
      throw new InputException(
          "the game's input marks "
              + input.places()
              + " places for "
              + game.features()
              + " features: it must mark one a feature");
    }
  }

  private static void requireNames(String what, List<String> names, int count) {
    InputException.required(names, "the game's list of names of its " + what);
    if (names.size() != count) {
      throw new InputException(
          "the game has " + names.size() + " names for " + count + " " + what + ": give one each");
    }
    names.forEach(name -> InputException.required(name, "a name of the game's " + what));
  }

  /**
   * Checks that the values of some masks fit in an array.
   *
   * @throws InputException if they do not
   */
  static void requireRoom(Game game, long masks) {
    if (masks * game.outputs() > JavaMemory.LONGEST) {
      throw new InputException(
          masks
              + " masks of "
              + game.outputs()
              + " outputs have more values than fit in memory: lower "
              + RunSettings.BUDGET
              + ", or explain fewer outputs");
    }
  }

  /**
   * Checks the shape of what a game left on a device.
   *
   * @throws InputException if it is null or of another shape
   */
  static Values requireShape(Game game, Masks masks, Values values) {
    InputException.required(values, "what the game returned for " + masks.count() + " masks");
    if (values.count() != masks.count() || values.outputs() != game.outputs()) {
      throw new InputException(
          "the game returned "
              + values.count()
              + " x "
              + values.outputs()
              + " values for "
              + masks.count()
              + " masks and "
              + game.outputs()
              + " outputs: it must return one each");
    }
    return values;
  }
}
