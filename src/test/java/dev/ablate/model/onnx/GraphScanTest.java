package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.GraphBuilder.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphScanTest {
  private static final int EXTERNAL = 1;

  private static GraphScan scan(ByteString model) throws IOException {
    return GraphScan.of(new ByteArrayInputStream(model.toByteArray()));
  }

  /** A tensor of floats in a file, with the entries that exporters write. */
  private static ByteString tensor(String file, int location) {
    ByteString name = message(1, "location", 2, file);
    ByteString offset = message(1, "offset", 2, "64");
    return message(1, 4, 2, 1, 8, "w", 13, List.of(name, offset), 14, location);
  }

  private static ByteString inNode(int attributeField, ByteString held) {
    return message(1, message(4, "Constant", 5, message(1, "value", attributeField, held)));
  }

  /** Where a model may hold a tensor. */
  private enum Place {
    INITIALIZER,
    SPARSE_VALUES,
    SPARSE_INDICES,
    CONSTANT,
    CONSTANTS,
    SPARSE_CONSTANT,
    SUBGRAPH,
    SUBGRAPHS,
    FUNCTION,
    DEFAULT_OF_FUNCTION,
    TRAINING;

    ByteString model(ByteString tensor) {
      ByteString graph = message(5, tensor);
      return switch (this) {
        case INITIALIZER -> message(7, graph);
        case SPARSE_VALUES -> message(7, message(15, message(1, tensor)));
        case SPARSE_INDICES -> message(7, message(15, message(2, tensor)));
        case CONSTANT -> message(7, inNode(5, tensor));
        case CONSTANTS -> message(7, inNode(10, tensor));
        case SPARSE_CONSTANT -> message(7, inNode(22, message(1, tensor)));
        case SUBGRAPH -> message(7, inNode(6, inNode(6, graph)));
        case SUBGRAPHS -> message(7, inNode(11, graph));
        case FUNCTION -> message(25, message(7, message(5, message(1, "value", 5, tensor))));
        case DEFAULT_OF_FUNCTION -> message(25, message(11, message(1, "value", 5, tensor)));
        case TRAINING -> message(20, message(2, graph));
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void findsFilesOfWeightsWhereverATensorMayBe(Place place) throws IOException {
    ByteString outside = place.model(tensor("some name.bin", EXTERNAL));
    assertEquals(Set.of("some name.bin"), scan(outside).weightFiles());
    ByteString inside = place.model(tensor("left over", 0));
    assertEquals(Set.of(), scan(inside).weightFiles());
  }

  @Test
  void aFileCountsOnce() throws IOException {
    ByteString graph =
        message(5, List.of(tensor("b", EXTERNAL), tensor("a", EXTERNAL), tensor("b", EXTERNAL)));
    assertEquals(List.of("a", "b"), List.copyOf(scan(message(7, graph)).weightFiles()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM"})
  void namesOperatorsThatLookAtAllRows(String operator) throws IOException {
    ByteString node = message(1, List.of(message(4, operator), message(4, "MatMul")));
    assertEquals(Set.of(operator), scan(message(7, node)).operatorsOverRows());
    assertEquals(Set.of(operator), scan(message(7, inNode(6, node))).operatorsOverRows());
    assertEquals(
        Set.of(operator), scan(message(25, message(7, message(4, operator)))).operatorsOverRows());
    assertEquals(
        Set.of(), scan(message(7, message(1, message(4, "QuantizeLinear")))).operatorsOverRows());
  }

  @Test
  void knowsWeightsOfSixteenBits() throws IOException {
    assertTrue(scan(message(7, message(5, message(2, 10)))).isHalfPrecision());
    assertTrue(scan(message(7, message(5, message(2, 16)))).isHalfPrecision());
    assertFalse(scan(message(7, message(5, message(2, 1)))).isHalfPrecision());
  }

  @Test
  void endsWhereMessagesAreNestedWithoutEnd() {
    ByteString graph = message(2, "end");
    for (int depth = 0; depth < 2000; depth++) {
      graph = inNode(6, graph);
    }
    ByteString model = message(7, graph);
    assertThrows(IOException.class, () -> scan(model));
  }

  /** A function whose nodes call others of its domain. */
  private static ByteString function(String name, String... called) {
    List<ByteString> nodes =
        Arrays.stream(called).map(other -> message(4, other, 7, "own")).toList();
    return message(7, nodes, 1, name, 10, "own");
  }

  private static String troubleWith(ByteString... functions) throws IOException {
    GraphScan scan = scan(message(25, List.of(functions)));
    String trouble = scan.trouble();
    assertEquals(trouble, scan.trouble());
    return trouble;
  }

  private static ByteString[] chain(int length, int calls) {
    return IntStream.range(0, length)
        .mapToObj(
            k ->
                function("f" + k, Collections.nCopies(calls, "f" + (k + 1)).toArray(String[]::new)))
        .toArray(ByteString[]::new);
  }

  /** ONNX Runtime ends the process over these, or never ends. */
  @Test
  void functionsMustHaveAnEnd() throws IOException {
    assertEquals("the function f calls itself", troubleWith(function("f", "f")));
    assertTrue(troubleWith(function("f", "g"), function("g", "f")).endsWith(" calls itself"));
    ByteString inside = message(1, message(4, "f", 7, "own"));
    ByteString branch = message(4, "If", 5, message(1, "then_branch", 6, inside));
    assertEquals("the function f calls itself", troubleWith(message(1, "f", 10, "own", 7, branch)));
    assertTrue(troubleWith(chain(20_000, 1)).contains("call each other more than 100 deep"));
    assertTrue(troubleWith(chain(40, 2)).contains("unfold to more than 4194304 nodes"));
  }

  private static GraphScan nested(int graphs) throws IOException {
    ByteString graph = message(2, "innermost");
    for (int level = 1; level < graphs; level++) {
      graph = inNode(6, graph);
    }
    return scan(message(7, graph));
  }

  @Test
  void graphsAreNotNestedWithoutEnd() throws IOException {
    assertNull(nested(8).trouble());
    assertEquals("its graphs are nested 20 deep, and may be at most 8", nested(20).trouble());
  }

  @Test
  void functionsThatEndAreTaken() throws IOException {
    assertNull(troubleWith());
    assertNull(troubleWith(function("f", "g", "g"), function("g", "Add")));
    // The operator of ONNX that is written in terms of itself bears another domain.
    assertNull(scan(message(25, message(1, "Relu", 10, "own", 7, message(4, "Relu")))).trouble());
    assertNull(troubleWith(chain(90, 1)));
    assertNull(troubleWith(chain(20, 2)));
  }
}
