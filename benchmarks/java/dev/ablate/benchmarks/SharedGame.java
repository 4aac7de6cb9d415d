package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An evaluated game of {@code benchmarks/games}.
 *
 * @param masks {@code (rows, features)} to fit on
 * @param values {@code (rows)}
 * @param testMasks {@code (rows, features)} to score on
 * @param testValues {@code (rows)}, without noise
 * @param about what {@code game.json} says
 */
record SharedGame(
    Masks masks, Values values, Masks testMasks, double[] testValues, JsonNode about) {
  static final Path FOLDER = Path.of("benchmarks", "games");

  /** Every game. */
  static final List<String> NAMES =
      List.of(
          "forest-breast-cancer-30",
          "forest-digits-64",
          "planted-hierarchical-64",
          "planted-noisy-256",
          "planted-peaks-64");

  /** Masks and values to time, with nothing to score on. */
  static SharedGame untested(Masks masks, Values values) {
    return new SharedGame(masks, values, Masks.none(0, masks.features()), new double[0], null);
  }

  /** Reads a game. */
  static SharedGame read(String name) {
    Path folder = FOLDER.resolve(name);
    try {
      JsonNode about = new ObjectMapper().readTree(folder.resolve("game.json").toFile());
      int features = about.get("n").asInt();
      return new SharedGame(
          MaskFile.read(folder.resolve("masks.npy"), features),
          ValueFile.read(folder.resolve("values.npy")),
          MaskFile.read(folder.resolve("test_masks.npy"), features),
          ValueFile.read(folder.resolve("test_values.npy")).column(0),
          about);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** R² of the authors' ProxySPEX on the test pair. */
  double peerR2() {
    return about.get("spectral_explain_proxyspex").get("r2").asDouble();
  }
}
