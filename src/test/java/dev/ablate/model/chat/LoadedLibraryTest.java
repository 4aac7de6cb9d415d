package dev.ablate.model.chat;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who renders no chat does not wait for the library's classes. */
class LoadedLibraryTest {
  private static final String LIBRARY = "com.hubspot.jinjava";

  /** What the other process runs. */
  static final class Reader {
    private Reader() {}

    /** Makes a template, and renders a chat if there is an argument. */
    public static void main(String[] arguments) {
      ChatTemplate template = ChatTemplate.of("{{ messages | length }}", Map.of(), "t");
      if (arguments.length > 0) {
        System.out.println("rendered " + template.render(List.of(), List.of(), false));
      }
    }
  }

  private static String loaded(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load",
            "-cp",
            System.getProperty("java.class.path"),
            Reader.class.getName());
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void theLibraryLoadsWhenAChatIsRendered() throws IOException {
    String made = loaded();
    assertTrue(made.contains(ChatTemplate.class.getName()), made);
    assertFalse(made.contains(LIBRARY));
    String rendered = loaded("chat");
    assertTrue(rendered.contains("rendered 0"), rendered);
    assertTrue(rendered.contains(LIBRARY));
  }
}
