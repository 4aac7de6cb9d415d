package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MaskProgressTest {
  private static final String TERMINAL = "ablate.stderr.terminal";

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream err = System.err;
  private long now;

  @BeforeEach
  void catchErrors() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    System.setProperty(TERMINAL, "true");
  }

  @AfterEach
  void restore() {
    System.setErr(err);
    System.clearProperty(TERMINAL);
  }

  private String shown() {
    return written.toString(StandardCharsets.UTF_8);
  }

  /** The bar draws by itself once it is closed, if not before. */
  @Test
  void solvingIsShownWhereItTakesLong() {
    try (MaskProgress progress = new MaskProgress(() -> now)) {
      progress.solving("trees", 0.1);
      now = TimeUnit.SECONDS.toNanos(9);
      progress.solving("trees", 0.45);
      progress.solving("interactions", 0.6);
    }
    assertTrue(shown().contains("solving"), shown());
    assertTrue(shown().contains("60/100%"), shown());
    assertTrue(shown().contains("interactions"), shown());
    // The bar ends its line where it had drawn itself before.
    assertFalse(shown().strip().contains("\n"), "one line: " + shown());
  }

  @Test
  void whatIsOverInAMomentIsNotShown() {
    try (MaskProgress progress = new MaskProgress(() -> now)) {
      for (int i = 0; i <= 10; i++) {
        now = TimeUnit.MILLISECONDS.toNanos(100 * i);
        progress.solving("trees", i / 10.0);
      }
    }
    assertEquals("", shown());
  }

  @Test
  void whereNobodyLooksWhatIsShortSaysNothing() {
    System.setProperty(TERMINAL, "false");
    try (MaskProgress progress = new MaskProgress(() -> now)) {
      progress.expect(10);
      progress.solving("trees", 0.1);
      now = TimeUnit.SECONDS.toNanos(9);
      progress.solving("trees", 0.45);
    }
    assertEquals("", shown());
  }

  /** Masks for 12 s, then solving: lines after 10 s, 30 s later, and each tenth of a long run. */
  @Test
  void whereNobodyLooksALongRunSaysALineNowAndThen() {
    System.setProperty(TERMINAL, "false");
    try (MaskProgress progress = new MaskProgress(() -> now)) {
      progress.expect(400);
      for (int s = 1; s <= 12; s++) {
        now = TimeUnit.SECONDS.toNanos(s);
        progress.done(20);
      }
      for (int s = 13; s <= 1013; s++) {
        now = TimeUnit.SECONDS.toNanos(s);
        progress.solving("trees", (s - 13) / 1000.0);
      }
    }
    List<String> lines = shown().lines().toList();
    assertEquals("ablate: 200 of 400 masks, 0:10 so far, about 0:10 left", lines.get(0));
    assertEquals("ablate: solving 3 %, trees, 0:40 so far", lines.get(1));
    assertEquals("ablate: solving 6 %, trees, 1:10 so far, about 15:43 left", lines.get(2));
    // 10, 40, ..., 310 s, and each tenth more up to 1013 s.
    assertEquals(11 + 12, lines.size(), shown());
  }
}
