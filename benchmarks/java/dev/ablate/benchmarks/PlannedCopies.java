package dev.ablate.benchmarks;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Copies between the memories of devices that ONNX Runtime has put into a graph.
 *
 * @param outside of inputs and outputs of the graph
 * @param inside of all else
 */
record PlannedCopies(int outside, int inside) {
  /** Those of a graph as ONNX Runtime runs it. */
  static PlannedCopies of(Path planned) throws IOException {
    GraphProto graph = ModelProto.parseFrom(Files.readAllBytes(planned)).getGraph();
    Set<String> ends = new HashSet<>();
    graph.getInputList().forEach(input -> ends.add(input.getName()));
    graph.getOutputList().forEach(output -> ends.add(output.getName()));
    int outside = 0;
    int inside = 0;
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().startsWith("Memcpy")) {
        if (ends.contains(node.getInput(0)) || ends.contains(node.getOutput(0))) {
          outside++;
        } else {
          inside++;
        }
      }
    }
    return new PlannedCopies(outside, inside);
  }

  /**
   * How many copies ran, and how many other nodes, by the profiles in a folder.
   *
   * @param folder where files are whose names begin with {@code profile}
   */
  static int[] ran(Path folder) throws IOException {
    int[] runs = new int[2];
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("profile")).toList()) {
        for (JsonNode event : new ObjectMapper().readTree(file.toFile())) {
          String operator = event.path("args").path("op_name").asText();
          if (event.path("cat").asText().equals("Node")) {
            runs[operator.startsWith("Memcpy") ? 0 : 1]++;
          }
        }
      }
    }
    return runs;
  }
}
