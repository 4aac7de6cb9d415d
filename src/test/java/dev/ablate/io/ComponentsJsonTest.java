package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Input;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Components of a network as the input of an explanation. */
class ComponentsJsonTest {
  private static final String FILE =
      """
      {"format": "ablate-explanation/1", "features": 3, "feature_names": ["L0H1", "L1MLP", "L1N7"],
       "input": {"heads": [2, 0], "components": [
         {"kind": "head", "layer": 0, "number": 1}, {"kind": "mlp", "layer": 1, "number": 0},
         {"kind": "neuron", "layer": 1, "number": 7}]},
       "target": "yes", "value": "logit",
       "method": {"asked": "auto", "ran": "exact", "refine": "none"},
       "spectrum": [], "interactions": {"index": "fbii", "order": 2, "values": []},
       "fit": {"r2": 1, "r2_kind": "exact", "r2_masks": 0, "masks": 4, "evaluated": 4, "all": 0,
               "none": 0, "seconds": {"plan": 0, "evaluate": 0, "solve": 0}},
       "provenance": {"version": "1", "commit": null, "seed": 7, "backend": "host"}}
      """;

  private static final Input.Components INPUT =
      new Input.Components(
          List.of(2, 0),
          List.of(
              new Input.Component(Input.Component.HEAD, 0, 1),
              new Input.Component(Input.Component.MLP, 1, 0),
              new Input.Component(Input.Component.NEURON, 1, 7)));

  @Test
  void componentsComeBack() throws IOException {
    Explanation read = ExplanationJson.parse(FILE, "hand");
    assertEquals(INPUT, read.input());
    assertEquals(2, INPUT.layers());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, read);
    assertEquals(
        INPUT, ExplanationJson.parse(out.toString(StandardCharsets.UTF_8), "again").input());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"number\": 1 | \"number\": 2 | head 2 of layer 0 among 2 layers of [2, 0] heads",
        "\"layer\": 1, \"number\": 7 | \"layer\": 2, \"number\": 7 | neuron 7 of layer 2",
        "\"layer\": 0 | \"layer\": -1 | input, components[0]: layer must be a whole number from 0",
        "\"kind\": \"mlp\" | \"kind\": 3 | input, components[1]: kind must be a text",
        "[2, 0] | 2 | input: heads must be a list",
        "[2, 0] | [2, -1] | input: heads must be made of numbers from 0",
        "\"L1N7\"] | \"L1N7\", \"x\"] | 4 feature names for 3 features",
        "\"features\": 3, \"feature_names\": [\"L0H1\", | \"features\": 2, \"feature_names\": ["
            + " | 3 places for 2 features",
      })
  void badFilesAreNamed(String from, String to, String says) {
    String bad = FILE.replace(from, to);
    InputException refused =
        assertThrows(InputException.class, () -> ExplanationJson.parse(bad, "hand"));
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
    assertTrue(refused.getMessage().startsWith("hand"), refused.getMessage());
  }
}
