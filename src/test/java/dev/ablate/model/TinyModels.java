package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
      Files.copy(
          directory().resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    return directory;
  }

  /**
   * Moves the weights of a copied model out of its graph, into a file beside it. Field numbers are
   * those of {@code onnx.proto3}: model.graph 7, graph.initializer 5; of a tensor data_type 2,
   * raw_data 9, external_data 13 with key 1 and value 2, data_location 14.
   */
  public static void moveWeightsTo(Path directory, String name) throws IOException {
    Path file = directory.resolve("model.onnx");
    UnknownFieldSet model = UnknownFieldSet.parseFrom(Files.readAllBytes(file));
    UnknownFieldSet graph =
        UnknownFieldSet.parseFrom(model.getField(7).getLengthDelimitedList().get(0));
    ByteArrayOutputStream weights = new ByteArrayOutputStream();
    UnknownFieldSet.Field.Builder tensors = UnknownFieldSet.Field.newBuilder();
    for (ByteString bytes : graph.getField(5).getLengthDelimitedList()) {
      UnknownFieldSet tensor = UnknownFieldSet.parseFrom(bytes);
      List<ByteString> raw = tensor.getField(9).getLengthDelimitedList();
      UnknownFieldSet.Builder moved = tensor.toBuilder();
      // Whole numbers, such as axes, are needed before the file is read.
      boolean floats = tensor.getField(2).getVarintList().equals(List.of(1L));
      if (floats && !raw.isEmpty()) {
        UnknownFieldSet.Field.Builder entries = UnknownFieldSet.Field.newBuilder();
        entries.addLengthDelimited(entry("location", name));
        entries.addLengthDelimited(entry("offset", Integer.toString(weights.size())));
        entries.addLengthDelimited(entry("length", Integer.toString(raw.get(0).size())));
        moved.clearField(9).addField(13, entries.build());
        moved.addField(14, UnknownFieldSet.Field.newBuilder().addVarint(1).build());
        raw.get(0).writeTo(weights);
      }
      tensors.addLengthDelimited(moved.build().toByteString());
    }
    if (weights.size() == 0) {
      throw new IllegalStateException(file + " holds no raw weights");
    }
    ByteString changed =
        graph.toBuilder().clearField(5).addField(5, tensors.build()).build().toByteString();
    UnknownFieldSet.Field whole =
        UnknownFieldSet.Field.newBuilder().addLengthDelimited(changed).build();
    Files.write(directory.resolve(name), weights.toByteArray());
    Files.write(file, model.toBuilder().clearField(7).addField(7, whole).build().toByteArray());
  }

  private static ByteString entry(String key, String value) {
    return UnknownFieldSet.newBuilder()
        .addField(1, text(key))
        .addField(2, text(value))
        .build()
        .toByteString();
  }

  private static UnknownFieldSet.Field text(String text) {
    return UnknownFieldSet.Field.newBuilder()
        .addLengthDelimited(ByteString.copyFromUtf8(text))
        .build();
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
