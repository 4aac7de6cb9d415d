package dev.ablate.backend.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the system's linker finds libraries: a binding without its library need not be loaded. */
public final class SharedLibraries {
  private static final Path CACHE = Path.of("/etc/ld.so.cache");

  /** Where the linker looks last, whatever its list says. */
  private static final List<String> STANDARD =
      List.of("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64");

  private SharedLibraries() {}

  /**
   * The file that the linker takes: in the folders that Java knows, in the linker's list, or in the
   * standard folders; null if it is in none of them.
   */
  public static Path find(String name) {
    List<String> folders = Arrays.asList(System.getProperty("java.library.path", "").split(":"));
    Path found = inFolders(folders, name);
    if (found == null) {
      found = listed(name);
    }
    return found == null ? inFolders(STANDARD, name) : found;
  }

  /** Whether the linker surely finds no such library. */
  public static boolean lacks(String name) {
    return Files.isReadable(CACHE) && find(name) == null;
  }

  private static Path inFolders(List<String> folders, String name) {
    return folders.stream()
        .map(folder -> Path.of(folder.isEmpty() ? "." : folder, name))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElse(null);
  }

  private static Path listed(String name) {
    try {
      String list = Files.readString(CACHE, StandardCharsets.ISO_8859_1);
      Matcher path = Pattern.compile("(/[^\0]*/" + Pattern.quote(name) + ")\0").matcher(list);
      return path.find() ? Path.of(path.group(1)) : null;
    } catch (IOException e) {
      // Without the linker's list there is nothing to read.
      return null;
    }
  }
}
