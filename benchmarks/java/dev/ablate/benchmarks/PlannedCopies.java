package dev.ablate.benchmarks;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

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
}
