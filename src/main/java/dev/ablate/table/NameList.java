package dev.ablate.table;

import dev.ablate.code.InputException;
import dev.ablate.json.Lines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names in a file: UTF-8, one a line. */
public final class NameList {
  private NameList() {}

  /**
   * Reads the names.
   *
   * @param count how many there have to be
   * @param of what has them, such as {@code features}
   * @throws InputException if there are more or fewer, one is empty, two are alike, or the file
   *     cannot be read
   */
  public static List<String> read(Path file, int count, String of) {
    TableFiles.requireFile(file);
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    try (Lines lines = new Lines(file)) {
      int empty = 0;
      for (String line = lines.next(); line != null; line = lines.next()) {
        String name = line.strip();
        empty = name.isEmpty() && empty == 0 ? lines.number() : empty;
        if (!name.isEmpty() && empty > 0) {
          throw new InputException(
              file + " line " + empty + " is empty: write a name, or delete the line");
        }
        if (!name.isEmpty()) {
          if (!seen.add(name)) {
            throw new InputException(
                file + " line " + lines.number() + ": " + name + " is named twice; rename one");
          }
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw TableFiles.unreadable(file.toString(), e);
    }
    if (names.size() != count) {
      throw new InputException(
          file + " has " + names.size() + " names for " + count + " " + of + ": write one a line");
    }
    return names;
  }
}
