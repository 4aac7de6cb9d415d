package dev.ablate.lens;

import dev.ablate.game.Game;
import dev.ablate.setting.Setting;
import java.util.List;
import java.util.Map;

/**
 * What is ablated: turns an input under a model into a game. The game's subject is all that other
 * layers hear of it: the input as data to write and draw, and the settings that decide values.
 *
 * @param <M> the model that it asks
 * @param <I> what it takes apart
 */
public interface Lens<M, I> {
  /** The settings that it reads. */
  List<Setting<?>> settings();

  /**
   * What decides values beside the input and the settings, by name, such as the hashes of the
   * model's files. Equal ones give equal values.
   */
  Map<String, String> identity(M model);

  /**
   * The game of an input. It uses the model, which must stay open. A game that holds something of
   * its own is {@link AutoCloseable}, and whoever asked for it closes it.
   *
   * @throws dev.ablate.code.InputException if the input cannot be explained under this model
   */
  Game game(M model, I input);
}
