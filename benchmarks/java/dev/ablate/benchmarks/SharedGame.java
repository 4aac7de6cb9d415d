package dev.ablate.benchmarks;

import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import java.nio.file.Path;

/**
 * An evaluated game of {@code ../shared/games}.
 *
 * @param masks {@code (rows, features)}
 * @param values {@code (rows,)}
 */
record SharedGame(Masks masks, Values values) {
  /** Reads the masks and values to fit on. */
  static SharedGame read(String name) {
    Path folder = Path.of("..", "shared", "games", name);
    return new SharedGame(
        MaskFile.read(folder.resolve("masks.npy")), ValueFile.read(folder.resolve("values.npy")));
  }
}
