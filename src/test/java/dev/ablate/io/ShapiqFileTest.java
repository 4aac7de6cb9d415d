package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.RunReport;
import dev.ablate.index.Index;
import dev.ablate.spectrum.Spectrum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapiqFileTest {
  /** 2 - x0 + 4 x1 x11, as a spectrum. */
  private static final Spectrum SPECTRUM =
      new Spectrum(
          12,
          Sets.of(
              List.of(
                  new int[] {}, new int[] {0}, new int[] {1}, new int[] {11}, new int[] {1, 11})),
          new double[] {2.5, 0.5, -1, -1, 1});

  private static final Provenance PROVENANCE =
      new Provenance("0.1", "abc", 0, "host", "CPU", null, "17", null, RunReport.NONE);

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "sv, SV, 1, 1, 2, ",
    "bv, BV, 1, 1, 2, ",
    "k-sii, k-SII, 2, 0, 2, 2",
    "stii, STII, 2, 0, 2, 2",
    "fsii, FSII, 2, 0, 2, 2",
    "moebius, Moebius, 2, 0, 2, 2",
    "bii, BII, 2, 0, 2.5, 2.5",
    "fbii, FBII, 2, 0, 2, 2",
  })
  void metadataIsShapiqs(
      String index, String name, int maxOrder, int minOrder, double baseline, Double empty)
      throws IOException {
    JsonNode json = write(index, 2);
    assertEquals("InteractionValues", json.get("object_name").asText());
    assertEquals("interaction_values", json.get("data_type").asText());
    for (String key :
        List.of("version", "created_from", "description", "parameters", "timestamp")) {
      assertTrue(json.has(key), key);
    }
    JsonNode metadata = json.get("metadata");
    assertEquals(12, metadata.get("n_players").asInt());
    assertEquals(name, metadata.get("index").asText());
    assertEquals(maxOrder, metadata.get("max_order").asInt());
    assertEquals(minOrder, metadata.get("min_order").asInt());
    assertFalse(metadata.get("estimated").asBoolean());
    assertEquals(4096, metadata.get("estimation_budget").asLong());
    assertEquals(baseline, metadata.get("baseline_value").asDouble());
    assertEquals(empty != null, json.get("data").has("Empty"));
    if (empty != null) {
      assertEquals(empty, json.get("data").get("Empty").asDouble());
    }
  }

  @Test
  void setsAreKeysInOrder() throws IOException {
    JsonNode data = write("k-sii", 2).get("data");
    Iterable<String> names = data::fieldNames;
    assertEquals(
        List.of("Empty", "0", "1,11"), StreamSupport.stream(names.spliterator(), false).toList());
    assertEquals(-1, data.get("0").asDouble());
    assertEquals(4, data.get("1,11").asDouble());
  }

  @Test
  void siiKeepsBothItsEmptyValueAndTheBaseline() throws IOException {
    JsonNode json = write("sii", 2);
    assertEquals(2, json.at("/metadata/baseline_value").asDouble());
    assertEquals(2 - 1 / 2.0 + 4 / 3.0, json.at("/data/Empty").asDouble(), 1e-12);
  }

  @Test
  void ordersBeyondTheFeaturesAreCutBack() throws IOException {
    assertEquals(12, write("stii", 40).at("/metadata/max_order").asInt());
  }

  @Test
  void whatShapiqDoesNotKnowIsRefused() {
    InputException index = assertThrows(InputException.class, () -> write("fourier", 2));
    assertTrue(index.getMessage().contains("fourier"), index.getMessage());
    Path wrong = folder.resolve("out.txt");
    assertThrows(InputException.class, () -> ShapiqFile.requireWritable(wrong, Index.SV));
  }

  private JsonNode write(String index, int order) throws IOException {
    Output output =
        new Output(
            "positive",
            "log-odds",
            new Method("exact", "exact", "none"),
            SPECTRUM,
            Interactions.of(Index.parse(index).interactions(SPECTRUM, order)),
            new Fit(
                Double.NaN,
                R2Kind.NONE,
                0,
                4096,
                4096,
                SPECTRUM.all(),
                SPECTRUM.none(),
                Fit.Seconds.ZERO));
    Path file = folder.resolve("shapiq.json");
    ShapiqFile.write(file, output, PROVENANCE);
    return new ObjectMapper().readTree(Files.readString(file));
  }
}
