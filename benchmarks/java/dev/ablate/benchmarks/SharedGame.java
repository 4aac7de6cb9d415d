package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Sets;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

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

  /** The spectrum that was planted; null for a game that was measured on a model. */
  Spectrum truth() {
    if (!about.has("terms")) {
      return null;
    }
    List<int[]> sets = new ArrayList<>();
    List<Double> coefficients = new ArrayList<>();
    for (JsonNode term : about.get("terms")) {
      sets.add(
          StreamSupport.stream(term.get(0).spliterator(), false)
              .mapToInt(JsonNode::asInt)
              .toArray());
      coefficients.add(term.get(1).asDouble());
    }
    return new Spectrum(
        masks.features(),
        Sets.of(sets),
        coefficients.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** R² of the authors' ProxySPEX on the test pair. */
  double peerR2() {
    return about.get("spectral_explain_proxyspex").get("r2").asDouble();
  }
}
