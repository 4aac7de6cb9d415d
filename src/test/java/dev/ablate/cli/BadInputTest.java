package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input: one line that says what, where and how to mend it, exit 2, nothing half-written. */
class BadInputTest {
  @TempDir private Path folder;

  /** One word of a command; {@code @name} stands for a file in the temporary folder. */
  static Stream<Arguments> bad() {
    return Stream.of(
        bad("no command of that name", "frobnicate", "frobnicate"),
        bad("no option of that name", "--colour", "explain", "--text", "x", "--colour"),
        bad("neither text nor input", "--text", "explain"),
        bad("empty text", "empty", "explain", "--text", "  "),
        bad("unknown label", "negative, positive", "explain", "--text", "good", "--target", "meh"),
        bad("unknown unit", "word, token, sentence", "explain", "--text", "good", "--unit", "line"),
        bad("unknown index", "fbii", "explain", "--text", "good", "--index", "nope"),
        bad("unknown method", "proxyspex", "explain", "--text", "good", "--method", "magic"),
        bad("unknown refinement", "lasso", "explain", "--text", "good", "--refine", "magic"),
        bad("unknown backend", "host", "explain", "--text", "good", "--backend", "tpu"),
        bad("threads below 0", "--threads", "explain", "--text", "good", "--threads", "-1"),
        bad("threads beyond reason", "1024", "devices", "--threads", "1000000"),
        bad("budget 0", "--budget", "explain", "--text", "good", "--budget", "0"),
        bad("budget no number", "--budget", "explain", "--text", "good", "--budget", "many"),
        bad("order 0", "--order", "explain", "--text", "good", "--order", "0"),
        bad("test masks below 0", "--test-masks", "explain", "--text", "x", "--test-masks", "-5"),
        bad(
            "too many test masks",
            "--test-masks",
            "explain",
            "--text",
            "x",
            "--test-masks",
            "2000000000"),
        bad(
            "too few masks for exact",
            "8",
            "explain",
            "--text",
            "a b c",
            "--method",
            "exact",
            "--budget",
            "4"),
        bad(
            "too few masks for SPEX",
            "at least",
            "explain",
            "--text",
            "a b c d e f g h i j",
            "--method",
            "spex",
            "--budget",
            "50"),
        bad("keep of no feature", "--keep", "explain", "--text", "a b", "--keep", "7"),
        bad("keep of every feature", "--keep", "explain", "--text", "a b", "--keep", "0-1"),
        bad("no model folder", "@nowhere", "explain", "--text", "good", "--model", "@nowhere"),
        bad("model folder is empty", "model.onnx", "explain", "--text", "good", "--model", "@."),
        bad(
            "JSON cannot be written",
            "@no/out.json",
            "explain",
            "--text",
            "good",
            "--json",
            "@no/out.json"),
        bad(
            "shapiq cannot be written",
            "@no/out.json",
            "explain",
            "--text",
            "good",
            "--shapiq",
            "@no/out.json"),
        bad(
            "shapiq of two targets",
            "--target",
            "explain",
            "--text",
            "good",
            "--target",
            "positive,negative",
            "--shapiq",
            "@out.json"),
        bad("no input file", "@none.jsonl", "explain", "--input", "@none.jsonl", "--out", "@out"),
        bad("input that is no JSON", "line 2", "explain", "--input", "@lines.txt", "--out", "@out"),
        bad("two objects on a line", "line 1", "explain", "--input", "@two.jsonl", "--out", "@out"),
        bad("half a character", "position 5", "explain", "--text", "good \ud800 film"),
        bad("input without folder", "--out", "explain", "--input", "@lines.txt"),
        bad("a label with a line break", "a b", "explain", "--text", "good", "--target", "a\nb"),
        bad(
            "a path with a line break",
            "cannot write",
            "explain",
            "--text",
            "good",
            "--json",
            "@a\nb/out.json"),
        bad(
            "two results in one file",
            "--shapiq",
            "explain",
            "--text",
            "good",
            "--json",
            "@out.json",
            "--shapiq",
            "@./out.json"),
        bad(
            "more masks than fit",
            "--budget",
            "explain",
            "--text",
            "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k",
            "--budget",
            "9000000000000000000"),
        bad(
            "texts without a model",
            "@nowhere",
            "explain",
            "--input",
            "@text.jsonl",
            "--out",
            "@out",
            "--model",
            "@nowhere"),
        bad("design of no features", "--features", "design", "--features", "0", "--out", "@out"),
        bad(
            "design of too many features",
            "1048576",
            "design",
            "--features",
            "2147483647",
            "--out",
            "@out"),
        bad(
            "design of too many masks",
            "--budget",
            "design",
            "--features",
            "50",
            "--budget",
            "3000000000",
            "--out",
            "@out"),
        bad(
            "design on no backend",
            "gpu",
            "design",
            "--features",
            "5",
            "--backend",
            "gpu",
            "--out",
            "@out"),
        bad(
            "design too small",
            "at least",
            "design",
            "--features",
            "50",
            "--method",
            "spex",
            "--budget",
            "10",
            "--out",
            "@out"),
        bad(
            "masks are missing",
            "@none.npy",
            "solve",
            "--masks",
            "@none.npy",
            "--values",
            "@values.npy"),
        bad(
            "masks are no NPY",
            "@lines.txt",
            "solve",
            "--masks",
            "@lines.txt",
            "--values",
            "@values.npy"),
        bad(
            "masks of another type",
            "<f8",
            "solve",
            "--masks",
            "@wide.npy",
            "--values",
            "@values.npy"),
        bad(
            "masks in Fortran order",
            "Fortran",
            "solve",
            "--masks",
            "@fortran.npy",
            "--values",
            "@values.npy"),
        bad(
            "masks cut short",
            "@short.npy",
            "solve",
            "--masks",
            "@short.npy",
            "--values",
            "@values.npy"),
        bad(
            "masks that the file cannot hold",
            "@huge.npy is cut short",
            "solve",
            "--masks",
            "@huge.npy",
            "--values",
            "@values.npy"),
        bad(
            "values that the file cannot hold",
            "@hugevalues.npy is cut short",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@hugevalues.npy"),
        bad(
            "masks that are not 0 or 1",
            "row 3",
            "solve",
            "--masks",
            "@twos.npy",
            "--values",
            "@values.npy"),
        bad(
            "values of another length",
            "16 masks but 3 values",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@three.npy"),
        bad(
            "values that are not finite",
            "row 2",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@nan.npy"),
        bad(
            "a test pair without values",
            "--test-values",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@values.npy",
            "--test-masks",
            "@masks.npy"),
        bad(
            "SPEX without its design",
            "design",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@values.npy",
            "--method",
            "spex"),
        bad(
            "design file is no design",
            "@lines.txt",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@values.npy",
            "--design",
            "@lines.txt"),
        bad(
            "design of another number of masks",
            "16 masks, but",
            "solve",
            "--masks",
            "@masks.npy",
            "--values",
            "@values.npy",
            "--design",
            "@seven.json"),
        bad(
            "predictions and JSON in one file",
            "--out",
            "predict",
            "--explanation",
            "@none.json",
            "--masks",
            "@masks.npy",
            "--out",
            "@out.npy",
            "--json",
            "@out.npy"),
        bad(
            "no explanation file",
            "@none.json",
            "predict",
            "--explanation",
            "@none.json",
            "--masks",
            "@masks.npy",
            "--out",
            "@out.npy"),
        bad(
            "explanation file is none",
            "@lines.txt",
            "predict",
            "--explanation",
            "@lines.txt",
            "--masks",
            "@masks.npy",
            "--out",
            "@out.npy"));
  }

  private static Arguments bad(String what, String named, String... words) {
    return arguments(what, named, List.of(words));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void badInputIsOneLineAndExit2(String what, String named, List<String> words) throws IOException {
    files();
    List<Path> before = listing();
    Cli.Result result = Cli.run(words.stream().map(this::resolve).toArray());
    assertEquals(2, result.status(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("ablate: "), result.err());
    assertTrue(result.err().contains(resolve(named)), result.err());
    assertEquals("", result.out());
    assertEquals(before, listing(), "something was written");
  }

  @Test
  void aTextThatFailsLeavesTheOthers() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            "\uFEFF{\"text\": \"good film\", \"id\": \"a\"}\n{\"text\": \"…\"}\n{\"text\": \"bad film\"}\n");
    Path out = folder.resolve("explained");
    Cli.Result result = Cli.run("explain", "--input", input, "--out", out, "--keep", "film");
    assertEquals(2, result.status(), result.err());
    assertTrue(Files.exists(out.resolve("a.json")), result.err());
    assertFalse(Files.exists(out.resolve("2.json")));
    assertTrue(Files.exists(out.resolve("3.json")));
    assertTrue(result.err().contains("line 2"), result.err());
  }

  @Test
  void wordsAreNeverReadFromFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("words"), "devices");
    Cli.Result result = Cli.run("@" + file);
    assertEquals(2, result.status());
    assertTrue(result.err().contains("@" + file), result.err());
  }

  @Test
  void aResultThatCannotBePrintedIsNoSuccess() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    StringWriter err = new StringWriter();
    int status =
        Main.run(new String[] {"devices"}, new PrintWriter(full), new PrintWriter(err, true));
    assertEquals(2, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains("standard output"), err.toString());
  }

  private void files() throws IOException {
    int[][] every = Cli.everyMask(4);
    Cli.masks(folder.resolve("masks.npy"), every);
    double[] values = new double[16];
    Arrays.setAll(values, i -> i);
    Cli.values(folder.resolve("values.npy"), values);
    Cli.values(folder.resolve("three.npy"), 1, 2, 3);
    values[2] = Double.NaN;
    Cli.values(folder.resolve("nan.npy"), values);
    Cli.npy(folder.resolve("wide.npy"), "<f8", false, "(4, 4)", Cli.doubles(values));
    Cli.npy(folder.resolve("fortran.npy"), "|u1", true, "(16, 4)", new byte[64]);
    Cli.npy(folder.resolve("short.npy"), "|u1", false, "(16, 4)", new byte[60]);
    Cli.npy(folder.resolve("huge.npy"), "|u1", false, "(2000000000, 4)", new byte[8]);
    Cli.npy(folder.resolve("hugevalues.npy"), "<f8", false, "(1, 260000000)", new byte[8]);
    Files.writeString(
        folder.resolve("seven.json"),
        "{\"format\": \"ablate-design/1\", \"kind\": \"foreign\", \"features\": 4, \"masks\": 7}");
    Files.writeString(folder.resolve("two.jsonl"), "{\"text\": \"a\"} {\"text\": \"b\"}\n");
    Files.writeString(folder.resolve("text.jsonl"), "{\"text\": \"good film\"}\n");
    every[3][1] = 2;
    Cli.masks(folder.resolve("twos.npy"), every);
    Files.writeString(folder.resolve("lines.txt"), "{\"text\": \"fine\"}\nnot json\n");
  }

  private List<Path> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  private String resolve(String word) {
    return word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word;
  }
}
