package dev.ablate.benchmarks;

import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/**
 * Writes {@code benchmarks/games}: copies of the evaluated games in {@code ../shared/games} with
 * their masks packed, so that benchmarks run where only the project is.
 */
public final class PackGames {
  private PackGames() {}

  /** Packs every game and reads it back. */
  public static void main(String[] args) throws IOException {
    for (String name : SharedGame.NAMES) {
      Path from = Path.of("..", "shared", "games", name);
      Path to = SharedGame.FOLDER.resolve(name);
      Files.createDirectories(to);
      Files.copy(
          from.resolve("game.json"), to.resolve("game.json"), StandardCopyOption.REPLACE_EXISTING);
      for (String pair : List.of("", "test_")) {
        Masks masks = MaskFile.read(from.resolve(pair + "masks.npy"));
        MaskFile.writePacked(to.resolve(pair + "masks.npy"), masks);
        ValueFile.write(
            to.resolve(pair + "values.npy"), ValueFile.read(from.resolve(pair + "values.npy")));
        Masks again = MaskFile.read(to.resolve(pair + "masks.npy"), masks.features());
        if (!Arrays.equals(masks.hostWords(), again.hostWords())) {
          throw new IllegalStateException(to + " differs from " + from);
        }
      }
      System.out.println(to);
    }
  }
}
