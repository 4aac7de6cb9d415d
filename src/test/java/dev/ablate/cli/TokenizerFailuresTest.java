package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.model.TinyModels;
import dev.ablate.model.TinyTokenizer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer over which the library panics ends one text, or one command, never the process. */
class TokenizerFailuresTest {
  @TempDir private Path folder;

  private Path model(byte[] tokenizer) throws IOException {
    Path model = TinyModels.copyTo(Files.createDirectory(folder.resolve("model")));
    Files.write(model.resolve("tokenizer.json"), tokenizer);
    return model;
  }

  private static void assertRefused(Cli.Result result, String reason) {
    assertEquals(2, result.status(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains("tokenizer.json"), result.err());
    assertTrue(result.err().contains(reason), result.err());
  }

  @Test
  void aFileThatPanicsEndsTheCommandWithOneLine() throws IOException {
    Path model =
        model(
            TinyTokenizer.with(
                "normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"!!!\"}"));
    Path json = folder.resolve("explained.json");
    Cli.Result result = Cli.run("explain", "--model", model, "--text", "good film", "--json", json);
    assertRefused(result, "is no tokenizer");
    assertFalse(Files.exists(json));
  }

  @Test
  void aTokenizerThatPanicsOverEveryTextEndsTheCommandWithOneLine() throws IOException {
    // A table without a single unit.
    Path model =
        model(
            TinyTokenizer.with(
                "normalizer",
                "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAAAA==\"}"));
    assertRefused(
        Cli.run("explain", "--model", model, "--text", "good film"), "index out of bounds");
  }

  @Test
  void aTextThatPanicsLeavesTheOthers() throws IOException {
    Path model = model(TinyTokenizer.replacing("(x+x+)+y", ""));
    Path input =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            "{\"text\": \"good film\"}\n{\"text\": \""
                + "x".repeat(40)
                + "\"}\n{\"text\": \"bad film\"}\n");
    Path out = folder.resolve("out");
    Cli.Result result = Cli.run("explain", "--model", model, "--input", input, "--out", out);
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains("line 2"), result.err());
    assertTrue(result.err().contains("retry-limit-in-match"), result.err());
    assertTrue(Files.exists(out.resolve("1.json")), result.err());
    assertFalse(Files.exists(out.resolve("2.json")));
    assertTrue(Files.exists(out.resolve("3.json")), result.err());
  }

  @Test
  void aHugeFileIsRefusedUnread() throws IOException {
    Path model = model(TinyTokenizer.plain());
    Path tokenizer = model.resolve("tokenizer.json");
    try (RandomAccessFile file = new RandomAccessFile(tokenizer.toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    assertRefused(
        Cli.run("explain", "--model", model, "--text", "good film"), "more than 134217728 bytes");
  }

  @Test
  void numbersThatTheNetworkCannotTakeAreRefused() throws IOException {
    String tokenizer = new String(TinyTokenizer.plain(), StandardCharsets.UTF_8);
    Path model =
        model(
            tokenizer
                .replaceFirst("\"never\": ?\\d+", "\"never\": 4294967295")
                .getBytes(StandardCharsets.UTF_8));
    assertRefused(
        Cli.run("explain", "--model", model, "--text", "good film"),
        "\"never\" a number that is not one of 0 to 2147483647");
  }
}
