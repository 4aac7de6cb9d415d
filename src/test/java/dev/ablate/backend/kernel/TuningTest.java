package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.cli.OddBytes;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of tuned numbers: their layers, and that they are whole. */
class TuningTest {
  private static final Path TABLES = Path.of("kernels", "tuning");

  @TempDir private Path folder;

  private Tuning of(String userTable) throws IOException {
    Path file = Files.writeString(folder.resolve("table.properties"), userTable);
    return Tuning.forDevice("Some GPU", "sm_1", Map.of("ABLATE_TUNING", file.toString()));
  }

  @Test
  void theUsersTableGoesFirstAndTheDefaultLast() throws IOException {
    Tuning tuning = of("groups_per_unit = 5\n# a comment\nwalsh_x.group = 96\nof_old = yes\n");
    assertEquals(5, tuning.get("groups_per_unit"));
    assertEquals(96, tuning.groupSize("walsh_x"));
    assertEquals(number("default.properties", "group"), tuning.groupSize("walsh_y"));
    assertEquals(7, tuning.with(Map.of("groups_per_unit", 7)).get("groups_per_unit"));
    assertThrows(IllegalArgumentException.class, () -> tuning.get("no_such_number"));
  }

  /** Within one table a kernel's own number goes first; a table's common one beats those below. */
  @Test
  void aForcedGroupSizeBeatsAKernelsOwnNumberOfALowerTable() throws IOException {
    Tuning tuning = of("walsh_x.group = 96\ngroup = 64\n");
    assertEquals(96, tuning.groupSize("walsh_x"));
    assertEquals(64, tuning.groupSize("walsh_y"));
    assertEquals(1, tuning.with(Map.of("group", 1)).groupSize("walsh_x"));
  }

  @Test
  void theUsersTableLiesInTheFolderOfSettings() throws IOException {
    Map<String, String> environment = Map.of("XDG_CONFIG_HOME", folder.toString());
    Path table = TuningTables.userTable("NVIDIA H200 (MIG 1g)", environment);
    assertEquals(folder.resolve("ablate/tuning/nvidia-h200-mig-1g.properties"), table);
    // No table is fine, as long as none was named.
    Tuning.forDevice("NVIDIA H200 (MIG 1g)", "sm_90", environment);
    Files.createDirectories(table.getParent());
    Files.writeString(table, "groups_per_unit = 9\n");
    assertEquals(
        9, Tuning.forDevice("NVIDIA H200 (MIG 1g)", "sm_90", environment).get("groups_per_unit"));
    Path none = folder.resolve("none.properties");
    // ablate tune makes the table that is named.
    Tuning.forDevice("x", "y", Map.of("ABLATE_TUNING", none.toString()));
    // A folder is no table.
    InputException named =
        assertThrows(
            InputException.class,
            () -> Tuning.forDevice("x", "y", Map.of("ABLATE_TUNING", none.getParent().toString())));
    assertTrue(named.getMessage().contains(none.getParent().toString()), named.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "group = 0",
        "group = 100000",
        "group = many",
        "group",
        "group = 1.5",
        "group = \u0663",
        "group = 8\ngroup = 8",
        "a = \\u12"
      })
  void aBadTableIsNamed(String line) {
    String message = assertThrows(InputException.class, () -> of(line)).getMessage();
    assertTrue(message.contains("table.properties"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void whatIsNoTextIsNamed() throws IOException {
    Path latin = Files.write(folder.resolve("latin.properties"), new byte[] {'#', (byte) 0xE9});
    assertTrue(refusal(latin).contains("it is not UTF-8"), refusal(latin));
    Path endless = Path.of("/dev/zero");
    Assumptions.assumeTrue(Files.exists(endless), "there is no /dev/zero");
    assertTrue(refusal(endless).contains("too long"), refusal(endless));
  }

  private static String refusal(Path table) {
    Map<String, String> environment = Map.of("ABLATE_TUNING", table.toString());
    String message =
        assertThrows(InputException.class, () -> Tuning.forDevice("x", "y", environment))
            .getMessage();
    assertEquals(2, message.split(table.toString(), -1).length, "the path once: " + message);
    return message;
  }

  /** Whatever a table holds, it is read or named. */
  @Test
  void oddTablesAreReadOrNamed() throws IOException {
    byte[] good =
        "# by hand\ngroup = 64\nwalsh.group=32\ngroups_per_unit = 9\n"
            .getBytes(StandardCharsets.UTF_8);
    int named = 0;
    for (int seed = 1; seed <= 300; seed++) {
      Path table = folder.resolve("odd.properties");
      Files.write(table, OddBytes.of(good, new Random(seed * 0x9E3779B97F4A7C15L)));
      try {
        Tuning.forDevice("x", "y", Map.of("ABLATE_TUNING", table.toString()));
      } catch (InputException e) {
        assertTrue(e.getMessage().contains("odd.properties"), seed + ": " + e.getMessage());
        named++;
      }
    }
    assertTrue(named > 50, named + " of 300 were named");
  }

  @Test
  void candidatesOfAGroupSizeAreTheCommonOnes() {
    assertArrayEquals(TuningTables.candidates("group"), TuningTables.candidates("walsh_x.group"));
    assertEquals(0, TuningTables.candidates("no_such_number").length);
  }

  /** Every number that the code asks for is in the default table, with candidates to tune it. */
  @Test
  void everyNumberStandsInTheDefaultTable() throws IOException {
    Properties table = table("default.properties");
    Set<String> listed = table.stringPropertyNames();
    TreeSet<String> used = new TreeSet<>(Set.of("group"));
    // Names that are made of a kernel's and an ending.
    TreeSet<String> endings = new TreeSet<>(Set.of("group"));
    TreeSet<String> faults = new TreeSet<>();
    for (String code : sources()) {
      for (MatchResult get : matches("\\.get\\(\\s*\"([a-z_.]+)\"\\)", code)) {
        used.add(get.group(1));
      }
      for (MatchResult get : matches("\\.get\\(\\s*\"([a-z_.]+)\",\\s*([^;\\s]+?)\\)", code)) {
        used.add(get.group(1));
        boolean number = get.group(2).matches("[0-9]+");
        if (number && !get.group(2).equals(table.getProperty(get.group(1)))) {
          faults.add(get.group() + " where the table has " + table.getProperty(get.group(1)));
        }
      }
      matches("\\+ \"\\.([a-z_]+)\"", code).forEach(part -> endings.add(part.group(1)));
    }
    assertTrue(used.contains("groups_per_unit"), used.toString());
    TreeSet<String> kernels = kernels();
    for (String name : used) {
      boolean own = kernels.contains(name.replaceAll("\\.group$", ""));
      if (!listed.contains(name) && !own) {
        faults.add("default.properties has no " + name);
      }
    }
    for (String name : listed) {
      String kernel = name.replaceAll("\\.[a-z_]+$", "");
      String ending = name.substring(name.lastIndexOf('.') + 1);
      if (!used.contains(name) && !(kernels.contains(kernel) && endings.contains(ending))) {
        faults.add("no code asks for " + name);
      }
      if (TuningTables.candidates(name).length < 2) {
        faults.add("candidates.properties has no " + name);
      }
    }
    assertEquals(new TreeSet<String>(), faults);
  }

  /** The code around the kernels, which alone has tuned numbers. */
  private static List<String> sources() throws IOException {
    List<String> texts = new ArrayList<>();
    Path folder = Path.of("src", "main", "java", "dev", "ablate", "backend", "kernel");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        if (text.contains("tuning")) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  private static List<MatchResult> matches(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().toList();
  }

  @Test
  void everyTableHasOnlyKnownNumbers() throws IOException {
    TreeSet<String> known = new TreeSet<>(table("default.properties").stringPropertyNames());
    kernels().forEach(kernel -> known.add(kernel + ".group"));
    try (Stream<Path> files = Files.list(TABLES)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        TreeSet<String> unknown = new TreeSet<>(table(name).stringPropertyNames());
        unknown.removeAll(known);
        assertEquals(new TreeSet<String>(), unknown, name);
        long lines = Files.readAllLines(file).stream().filter(l -> l.matches("[^#]+=.*")).count();
        assertEquals(table(name).size(), lines, "a number stands twice in " + name);
        if (!name.equals("candidates.properties")) {
          assertEquals(table(name).size(), TuningTables.builtIn(name).size(), name);
        }
      }
    }
  }

  private static TreeSet<String> kernels() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    Pattern kernel =
        Pattern.compile("^KERNEL void (?:[A-Z_]+\\([^)]*\\) )?(\\w+)", Pattern.MULTILINE);
    try (Stream<Path> files = Files.list(Path.of("kernels"))) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(cl|h)")).toList()) {
        Matcher found = kernel.matcher(Files.readString(file));
        while (found.find()) {
          names.add(found.group(1));
        }
      }
    }
    return names;
  }

  private static int number(String table, String name) throws IOException {
    return Integer.parseInt(table(table).getProperty(name));
  }

  private static Properties table(String name) throws IOException {
    Properties table = new Properties();
    try (var in = Files.newBufferedReader(TABLES.resolve(name))) {
      table.load(in);
    }
    return table;
  }
}
