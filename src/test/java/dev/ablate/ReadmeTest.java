package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README says what is true. */
class ReadmeTest {
  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  /** The Java example is the body of {@link ReadmeExample}, which the compiler has checked. */
  @Test
  void javaExampleIsCompiled() throws IOException {
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
    assertTrue(block.find(), "the README has no Java example");
    // The example stands in the same package as the front door and needs no import of it.
    String source =
        "import dev.ablate.Ablate;"
            + Files.readString(
                Path.of("src", "test", "java", "dev", "ablate", "ReadmeExample.java"));
    for (String line : block.group(1).lines().map(String::strip).toList()) {
      assertTrue(source.contains(line), "not in ReadmeExample: " + line);
    }
  }

  @Test
  void javaExampleFindsItsInteraction() {
    PrintStream terminal = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      ReadmeExample.run();
    } finally {
      System.setOut(terminal);
    }
    String line = printed.toString(StandardCharsets.UTF_8).strip();
    assertTrue(line.startsWith("[0, 2] "), line);
    assertEquals(3, Double.parseDouble(line.substring(7)), 0.01);
  }

  @Test
  void linkedFilesExist() throws IOException {
    Matcher link = Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(readme());
    int links = 0;
    while (link.find()) {
      assertTrue(Files.exists(Path.of(link.group(1))), "README links to " + link.group(1));
      links++;
    }
    assertTrue(links > 3, "links read: " + links);
  }

  /** CI runs the command that the README gives for the tests, nothing else hidden. */
  @Test
  void testCommandIsTheOneOfCi() throws IOException {
    String last = Files.readAllLines(Path.of(".ci", "run")).stream().reduce((a, b) -> b).orElse("");
    assertEquals("mvn -B -ntp verify", last);
    assertTrue(readme().contains(last), "the README does not name " + last);
  }
}
