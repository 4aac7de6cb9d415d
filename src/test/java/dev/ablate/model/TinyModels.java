package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The models of src/test/models/make_tiny.py, and what they must answer. */
public final class TinyModels {
  private static final double PAIR = 4;
  private static final JsonNode WEIGHTS = json(directory().resolve("weights.json"));
  private static final JsonNode VOCABULARY =
      json(directory().resolve("tokenizer.json")).path("model").path("vocab");

  private TinyModels() {}

  /** The model directory with two labels. */
  public static Path directory() {
    return resource("tiny");
  }

  /** A graph that stands alone, such as {@code three-labels}. */
  public static Path graph(String name) {
    return resource("graphs").resolve(name + ".onnx");
  }

  /** Copies the model directory to a place where a test may spoil it. */
  public static Path copyTo(Path directory) throws IOException {
    for (String file : List.of("model.onnx", "tokenizer.json", "config.json")) {
      Files.copy(directory().resolve(file), directory.resolve(file));
    }
    return directory;
  }

  /** The number of a token. */
  public static int id(String token) {
    return VOCABULARY.path(token).intValue();
  }

  /** The logits by the formula in make_tiny.py. */
  public static double[] logits(List<String> tokens, int labels) {
    double[] logits = new double[labels];
    int never = 0;
    int fails = 0;
    for (int t = 0; t < tokens.size(); t++) {
      for (int c = 0; c < labels; c++) {
        logits[c] += WEIGHTS.path(tokens.get(t)).path(c).doubleValue() * (1 + t / 64.0);
      }
      never += tokens.get(t).equals("never") ? 1 : 0;
      fails += tokens.get(t).equals("fails") ? 1 : 0;
    }
    logits[Math.min(1, labels - 1)] += PAIR * never * fails;
    return logits;
  }

  private static Path resource(String name) {
    try {
      return Path.of(TinyModels.class.getResource("/dev/ablate/models/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
