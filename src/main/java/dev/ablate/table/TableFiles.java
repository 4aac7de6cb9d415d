package dev.ablate.table;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is said of files of tables, whatever they hold. */
final class TableFiles {
  private TableFiles() {}

  static void requireFile(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new InputException(
          (Files.exists(path) ? path + " is no file" : FileTrouble.missing(path))
              + ": check the path");
    }
  }

  static InputException unreadable(String where, IOException e) {
    return new InputException(
        "cannot read " + where + " (" + FileTrouble.reason(e) + "): check the file", e);
  }
}
