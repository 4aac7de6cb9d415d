package dev.ablate.cli;

import dev.ablate.explanation.Explanation;
import dev.ablate.io.AtomicFiles;
import dev.ablate.view.LayerPicture;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --svg}: the components of a network and what acts together, as a picture. */
final class SvgOption {
  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "writes a picture: layers and heads as a grid, arcs between what acts together")
  private Path file;

  /** The file that was named; null where there is none. */
  Path file() {
    return file;
  }

  /** Fails now rather than after long work if the file cannot be written, or is read. */
  void check(CommandFiles files) {
    files.writes("--svg", file);
    if (file != null) {
      AtomicFiles.requireWritable(file);
    }
  }

  /** Writes the picture if it was asked for. */
  void write(Explanation explanation) {
    if (file != null) {
      AtomicFiles.write(file, out -> LayerPicture.write(out, explanation));
    }
  }
}
