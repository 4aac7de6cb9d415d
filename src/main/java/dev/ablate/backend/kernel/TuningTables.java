package dev.ablate.backend.kernel;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Tables of tuned numbers: those of {@code kernels/tuning/}, and the user's own, which {@code
 * ablate tune} writes. A table is a properties file of whole numbers between the smallest and the
 * largest candidate of each; names without candidates are passed over.
 */
public final class TuningTables {
  private static final String FOLDER = "/dev/ablate/kernels/tuning/";

  /** Names a file that is read in place of the user's table. */
  public static final String VARIABLE = "ABLATE_TUNING";

  private static final Properties CANDIDATES = properties("candidates.properties");

  private TuningTables() {}

  /** Where the user's table of a device is, whether or not it is there. */
  public static Path userTable(String device) {
    return userTable(device, System.getenv());
  }

  /** The user's tables that are there, of whichever devices. */
  public static List<Path> userTables() {
    Path any = userTable("any");
    if (any.equals(Path.of(System.getenv().getOrDefault(VARIABLE, "")))) {
      return List.of(any);
    }
    Path folder = any.toAbsolutePath().getParent();
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder, "*.properties")) {
      List<Path> all = new ArrayList<>();
      tables.forEach(all::add);
      return all;
    } catch (IOException | DirectoryIteratorException e) {
      // No folder, no tables.
      return List.of();
    }
  }

  static Path userTable(String device, Map<String, String> environment) {
    String named = environment.get(VARIABLE);
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    String home = environment.get("XDG_CONFIG_HOME");
    Path folder =
        home != null && !home.isEmpty()
            ? Path.of(home)
            : Path.of(System.getProperty("user.home"), ".config");
    return folder.resolve("ablate").resolve("tuning").resolve(fileName(device));
  }

  /** A device's name as the name of a file: {@code NVIDIA H200} gives nvidia-h200.properties. */
  public static String fileName(String device) {
    return device.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-").replaceAll("^-|-$", "")
        + ".properties";
  }

  /**
   * The user's table of a device, empty where there is none.
   *
   * @throws InputException if the file is no table, or cannot be read
   */
  static Map<String, Integer> user(String device, Map<String, String> environment) {
    Path file = userTable(device, environment);
    if (!Files.exists(file)) {
      return Map.of();
    }
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return numbers(in, file.toString());
    } catch (IOException e) {
      throw new InputException(
          "cannot read the tuning table " + file + ": check the file or " + VARIABLE, e);
    }
  }

  /** A table of {@code kernels/tuning/}, empty where there is none. */
  static Map<String, Integer> builtIn(String fileName) {
    try (InputStream in = TuningTables.class.getResourceAsStream(FOLDER + fileName)) {
      return in == null
          ? Map.of()
          : numbers(
              new InputStreamReader(in, StandardCharsets.UTF_8), "kernels/tuning/" + fileName);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code ablate tune} tries for a number, ascending; none where nothing is listed. */
  static int[] candidates(String name) {
    String listed = CANDIDATES.getProperty(name.endsWith(".group") ? "group" : name);
    return listed == null
        ? new int[0]
        : Arrays.stream(listed.trim().split("\\s+")).mapToInt(Integer::parseInt).toArray();
  }

  private static Properties properties(String fileName) {
    Properties all = new Properties();
    try (InputStream in = TuningTables.class.getResourceAsStream(FOLDER + fileName)) {
      all.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static Map<String, Integer> numbers(Reader in, String where) throws IOException {
    Properties table = new Properties();
    try {
      table.load(in);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          where + ": " + e.getMessage() + "; mend the line or delete the file", e);
    }
    Map<String, Integer> numbers = new TreeMap<>();
    for (String name : table.stringPropertyNames()) {
      int[] candidates = candidates(name);
      String text = table.getProperty(name).trim();
      if (candidates.length == 0) {
        // A table may be older or newer than the code.
        continue;
      }
      int least = candidates[0];
      int most = candidates[candidates.length - 1];
      boolean number = text.matches("[0-9]{1,9}");
      if (!number || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
        throw new InputException(
            where
                + ": "
                + name
                + " = "
                + text
                + ": must be a whole number from "
                + least
                + " to "
                + most
                + "; mend the line or delete the file");
      }
      numbers.put(name, Integer.parseInt(text));
    }
    return numbers;
  }
}
