package dev.ablate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import dev.ablate.io.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code --json}: the result for programs, to a file or in place of the text for people. */
final class JsonOption {
  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description = "writes the result as JSON; - prints it instead of the text")
  private String target;

  /** Whether JSON takes the place of the text. */
  boolean toStandardOutput() {
    return "-".equals(target);
  }

  /** Whether the option was given. */
  boolean isSet() {
    return target != null;
  }

  /** The file that was named; null where there is none. */
  Path file() {
    if (target == null || toStandardOutput()) {
      return null;
    }
    try {
      return Path.of(target);
    } catch (InvalidPathException e) {
      throw new InputException("--json " + target + ": is no path (" + e.getReason() + ")", e);
    }
  }

  /** Its folder, but for that of a device or descriptor; none where there is no file. */
  List<Path> folders() {
    return folders(file());
  }

  /** The folders of files, some of which may be null, but for those of devices and descriptors. */
  static List<Path> folders(Path... files) {
    return Stream.of(files)
        .filter(Objects::nonNull)
        .map(file -> file.resolveSibling(""))
        .filter(
            folder ->
                !folder.toAbsolutePath().startsWith("/dev")
                    && !folder.toAbsolutePath().startsWith("/proc"))
        .toList();
  }

  /** Fails now rather than after long work if the file cannot be written, or is read. */
  void check(CommandFiles files) {
    files.writes("--json", file());
    check();
  }

  /** Fails if the file cannot be written. */
  void check() {
    if (file() != null) {
      AtomicFiles.requireWritable(file());
    }
  }

  /** Writes the result where it was asked for, if it was. */
  void write(JsonNode result, CommandSpec spec) {
    write(
        out -> out.write((result.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8)), spec);
  }

  /** Writes UTF-8 text where it was asked for, if it was. */
  void write(AtomicFiles.Writer writer, CommandSpec spec) {
    if (toStandardOutput()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        writer.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      spec.commandLine().getOut().print(bytes.toString(StandardCharsets.UTF_8));
      spec.commandLine().getOut().flush();
    } else if (target != null) {
      // It may be where standard output goes too: what was printed comes first.
      spec.commandLine().getOut().flush();
      AtomicFiles.write(file(), writer);
    }
  }
}
