package dev.ablate.model.onnx;

import dev.ablate.model.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Language models of real architectures with random weights, which lie beside the project. */
public final class CausalFolders {
  private static final Path FOLDER =
      Path.of(System.getProperty("ablate.shared", "../shared")).resolve("models");

  private CausalFolders() {}

  /** The folder of a model; the test is skipped where it is missing. */
  public static Path folder(String name) {
    Path folder = FOLDER.resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(folder), "no model in " + folder);
    return folder;
  }

  /** Opens a graph in a file. */
  static OnnxCausal openGraph(Path graph, int maxTokens) {
    GraphSource source = GraphSource.in(graph);
    SampleRows sample =
        new SampleRows(new int[0], new int[] {5, 9, 14, 22, 11, 20, 17, 28, 3}, new int[0]);
    try (InputStream in = Files.newInputStream(graph)) {
      return new OnnxCausal(source, GraphScan.of(in), List.of(), sample, maxTokens);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tokenizer of a folder. */
  static TextTokenizer tokenizer(Path folder) {
    Path file = folder.resolve("tokenizer.json");
    try {
      return TextTokenizer.of(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
