package dev.ablate.model;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where a model's graph is in its folder. */
final class GraphFile {
  /** Where exporters put it, and where the Hugging Face Hub has it. */
  private static final List<String> USUAL = List.of("model.onnx", "onnx/model.onnx");

  private static final String ENDING = ".onnx";

  private GraphFile() {}

  /**
   * The graph of a folder, as a path in it; null if there is none.
   *
   * @throws InputException if there are several and none has the usual name
   */
  static String in(Path directory) {
    for (String file : USUAL) {
      if (Files.isRegularFile(directory.resolve(file))) {
        return file;
      }
    }
    List<String> others = new ArrayList<>();
    for (String folder : List.of("", "onnx/")) {
      names(directory.resolve(folder)).forEach(name -> others.add(folder + name));
    }
    if (others.size() > 1) {
      throw new InputException(
          "the model directory "
              + directory
              + " has no model.onnx but "
              + String.join(", ", others)
              + "; name the one that is meant model.onnx");
    }
    return others.isEmpty() ? null : others.get(0);
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw unreadable(folder, e.getCause());
    }
  }

  private static InputException unreadable(Path folder, IOException e) {
    return new InputException(
        "cannot read the model directory " + folder + ": " + FileTrouble.reason(e), e);
  }

  /** What a user should know about where the graph is. */
  static List<String> notes(String graph) {
    return USUAL.contains(graph)
        ? List.of()
        : List.of("the graph is " + graph + ", the only one of the model directory");
  }

  /** A file that a graph names relative to its own folder; null if it is outside of that. */
  static String beside(String graph, String name) {
    try {
      Path path = Path.of(name).normalize();
      boolean inside = !path.isAbsolute() && !path.startsWith("..") && !path.toString().isEmpty();
      String folder = graph.substring(0, graph.lastIndexOf('/') + 1);
      return inside ? folder + path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
