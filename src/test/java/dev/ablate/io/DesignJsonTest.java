package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DesignJsonTest {
  @TempDir private Path folder;

  @Test
  void designsComeBack() {
    Path file = folder.resolve("design.json");
    for (Design design :
        List.of(
            new Design.Uniform(64, 3072, Long.MIN_VALUE),
            new Design.Paired(MaskSampling.UNIFORM, 64, 3072, 5),
            new Design.Paired(MaskSampling.SIZE, 1, 2, -5),
            new Design.Paired(MaskSampling.BOTH, 1000, 7, Long.MAX_VALUE),
            new Design.Exhaustive(10),
            new Design.Coded(1000, 3, 8, 5, 56, 42),
            new Design.Joined(
                new Design.Paired(MaskSampling.UNIFORM, 64, 1032, 5),
                new Design.Coded(64, 3, 3, 5, 36, 5)),
            new Design.Foreign(1_000_000, 5_000_000_000L))) {
      DesignJson.write(file, design);
      assertEquals(design, DesignJson.read(file));
    }
  }

  @Test
  void badDesignsAreRefused() throws IOException {
    String good =
        "{\"format\": \"ablate-design/1\", \"kind\": \"coded\", \"features\": 64, \"masks\": 864,"
            + " \"seed\": 1, \"groups\": 3, \"dimension\": 3, \"errors\": 5, \"delays\": 36}";
    assertEquals(new Design.Coded(64, 3, 3, 5, 36, 1), DesignJson.read(write(good)));
    refuse(good.replace("864", "865"), "865");
    refuse(good.replace("\"errors\": 5", "\"errors\": 100000"), "errors");
    refuse(good.replace("\"dimension\": 3", "\"dimension\": 40"), "dimension");
    refuse(good.replace("36}", "37}"), "37 delays");
    refuse(good.replace("coded", "clever"), "clever");
    refuse(good.replace("design/1", "design/2"), "design/2");
    refuse(good.replace("\"seed\": 1,", ""), "seed");
    refuse(good + "{}", "more after the end");
    refuse(good + "garbage", "no JSON");
    refuse(good.replace("\"seed\"", "\"features\": 64, \"seed\""), "Duplicate field 'features'");
    refuse(good.replace("864", "-864"), "masks must be at least 1");
    refuse(good.replace("864", "1e400"), "masks must be a whole number");
    refuse(good.replace("64,", "2147483648,"), "features must be a whole number from 1 to");
    refuse(
        "{\"format\": \"ablate-design/1\", \"kind\": \"exhaustive\", \"features\": 63, \"masks\":"
            + " 1}",
        "features must be a whole number from 1 to 62");
    String paired =
        "{\"format\": \"ablate-design/1\", \"kind\": \"paired-size\", \"features\": 3, \"masks\":"
            + " 8, \"seed\": 1}";
    assertEquals(new Design.Paired(MaskSampling.SIZE, 3, 8, 1), DesignJson.read(write(paired)));
    refuse(paired.replace("8,", "9,"), "says 9 masks and its design has 8");
    refuse(paired.replace(", \"seed\": 1", ""), "seed");
    refuse(paired.replace("paired-size", "paired-sizes"), "paired-sizes");
    refuse("[]", "format");
    refuse("", "format");
  }

  private void refuse(String text, String says) throws IOException {
    Path file = write(text);
    InputException refused = assertThrows(InputException.class, () -> DesignJson.read(file));
    String message = refused.getMessage();
    assertTrue(message.contains(says), message);
    assertEquals(2, message.split("design\\.json", -1).length, "the path once: " + message);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("design.json"), text);
  }
}
