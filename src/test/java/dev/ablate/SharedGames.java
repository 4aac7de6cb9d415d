package dev.ablate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The evaluated games of the shared folder; a test is skipped where the folder is missing. */
public final class SharedGames {
  /** Every game. */
  public static final String[] NAMES = {
    "forest-breast-cancer-30",
    "forest-digits-64",
    "planted-hierarchical-64",
    "planted-noisy-256",
    "planted-peaks-64"
  };

  private SharedGames() {}

  /**
   * One game.
   *
   * @param masks {@code (masks, features)} to fit on
   * @param values {@code (masks)}
   * @param testMasks {@code (masks, features)} to score on
   * @param testValues {@code (masks)}, without noise
   * @param about what {@code game.json} says
   */
  public record SharedGame(
      Masks masks, Values values, Masks testMasks, double[] testValues, JsonNode about) {
    /** R² of the authors' ProxySPEX on the test pair. */
    public double peerR2() {
      return about.get("spectral_explain_proxyspex").get("r2").asDouble();
    }
  }

  /** Reads a game, or skips the test. */
  public static SharedGame read(String name) {
    Path folder = Path.of(System.getProperty("ablate.shared", "../shared")).resolve("games");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no shared games in " + folder);
    Path game = folder.resolve(name);
    try {
      return new SharedGame(
          MaskFile.read(game.resolve("masks.npy")),
          ValueFile.read(game.resolve("values.npy")),
          MaskFile.read(game.resolve("test_masks.npy")),
          ValueFile.read(game.resolve("test_values.npy")).column(0),
          new ObjectMapper().readTree(game.resolve("game.json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
