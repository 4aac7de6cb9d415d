package dev.ablate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
          masks(game.resolve("masks.npy")),
          Values.of(values(game.resolve("values.npy"))),
          masks(game.resolve("test_masks.npy")),
          values(game.resolve("test_values.npy")),
          new ObjectMapper().readTree(game.resolve("game.json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Masks masks(Path file) throws IOException {
    ByteBuffer data = data(file);
    String header = new String(data.array(), 10, data.position() - 10);
    String[] shape = header.replaceAll("(?s).*\\(|\\).*| ", "").split(",");
    boolean[][] rows = new boolean[Integer.parseInt(shape[0])][Integer.parseInt(shape[1])];
    for (boolean[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = data.get() != 0;
      }
    }
    return Masks.of(rows);
  }

  private static double[] values(Path file) throws IOException {
    ByteBuffer data = data(file);
    double[] values = new double[data.remaining() / Double.BYTES];
    data.asDoubleBuffer().get(values);
    return values;
  }

  /** The bytes of an NPY file of version 1, positioned behind the header. */
  private static ByteBuffer data(Path file) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    return data.position(10 + data.getShort(8));
  }
}
