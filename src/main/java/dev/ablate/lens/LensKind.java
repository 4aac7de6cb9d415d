package dev.ablate.lens;

import dev.ablate.backend.Backend;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A kind of lens as commands and requests meet it: from what a user sets to inputs, a model and a
 * lens. A new kind stands in {@link Lenses} and touches no other package than its own.
 *
 * @param <M> the model that it asks
 * @param <I> what it takes apart
 */
public interface LensKind<M extends AutoCloseable, I> {
  /** The setting that names one input; who sets it asks for this kind. */
  Setting<String> input();

  /** What else may be set about it. */
  List<Setting<?>> settings();

  /**
   * One of many inputs.
   *
   * @param keys what a line of a file says
   * @throws dev.ablate.code.InputException if it is none; the message says what is right
   */
  I read(Map<String, Object> keys);

  /**
   * The input that {@link #input} names.
   *
   * @throws dev.ablate.code.InputException if it is none
   */
  I read(String named);

  /**
   * Opens a model.
   *
   * @param named its folder, {@code bundled:NAME} for one that comes with the program, perhaps the
   *     address of a server; null for the usual one
   * @param given what somebody set
   * @param threads how many batches may run at once, at least 1
   * @param backend where everything else runs, in whose memory the model may work; must stay open
   * @throws dev.ablate.code.InputException if it cannot be used
   */
  M open(String named, Settings given, int threads, Backend backend);

  /** How many outputs somebody asked for at least, 1 where the model decides. */
  int outputs(Settings given);

  /** Files that are read, each with the setting that names it. */
  default Map<Path, Setting<?>> reads(Settings given) {
    return Map.of();
  }

  /**
   * The lens that somebody asked for.
   *
   * @throws dev.ablate.code.InputException if a file that it reads cannot be used
   */
  Lens<M, I> lens(Settings given);
}
