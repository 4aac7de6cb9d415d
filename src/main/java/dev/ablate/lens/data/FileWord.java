package dev.ablate.lens.data;

import dev.ablate.code.InputException;
import dev.ablate.setting.Setting;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** A word that may name a file, or a column or a number in its place. */
final class FileWord {
  private FileWord() {}

  /** The file of a word; null where there is none. */
  static Path file(String word) {
    try {
      Path file = word == null ? null : Path.of(word);
      return file != null && isFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static boolean isFile(Path file) {
    String word = file.toString();
    // A member of an archive stands behind the archive's name.
    boolean member = word.contains(".npz:");
    // A folder may be called as a column is; nobody means it.
    return member || Files.exists(file) && (isTable(word) || !Files.isDirectory(file));
  }

  private static boolean isTable(String word) {
    return word.toLowerCase(Locale.ROOT).matches(".*[.](npy|npz|csv|tsv)");
  }

  /**
   * Checks a word that is no file, for whoever names a table that is not there means no column.
   *
   * @param rows the file whose column it would be
   * @throws InputException if the word ends as a table does
   */
  static void requireColumn(Setting<?> setting, String word, Path rows) {
    if (isTable(word)) {
      throw new InputException(
          setting + " " + word + ": neither a file nor a column of " + rows + "; check the path");
    }
  }
}
