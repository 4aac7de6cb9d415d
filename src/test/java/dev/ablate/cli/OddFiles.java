package dev.ablate.cli;

import dev.ablate.model.TinyModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Small valid files of every format, and the commands that read them. A word {@code @name} stands
 * for a file of the folder.
 */
final class OddFiles {
  private static final Path READ = Path.of("src/test/resources/dev/ablate/io");
  private static final String SOLVE = "solve --backend host --json @out.json ";
  private static final String EXPLAIN = "explain --backend host --model @model ";
  private static final String PREDICT = "predict --backend host --out @out.npy --json @out.json ";

  /** A file and a command that reads it; JSON files may change as trees. */
  record Kind(String file, boolean json, String command) {
    List<String> words() {
      return List.of(command.split(" "));
    }
  }

  /** Every file that a command reads, several times where there are several ways to read it. */
  static final List<Kind> KINDS =
      List.of(
          new Kind("masks.npy", false, SOLVE + "--masks @masks.npy --values @values.npy"),
          new Kind("values.npy", false, SOLVE + "--masks @masks.npy --values @values.npy"),
          new Kind("two.npy", false, SOLVE + "--masks @masks.npy --values @two.npy"),
          new Kind(
              "packed.npy", false, SOLVE + "--masks @packed.npy --values @values.npy --features 4"),
          new Kind("stored.npz", false, SOLVE + "--masks @stored.npz:m --values @stored.npz:v"),
          new Kind("deflated.npz", false, SOLVE + "--masks @deflated.npz:m --values @values.npy"),
          new Kind(
              "exhaustive.json",
              true,
              SOLVE + "--masks @masks.npy --values @values.npy --design @exhaustive.json"),
          new Kind(
              "foreign.json",
              true,
              SOLVE + "--masks @masks.npy --values @values.npy --design @foreign.json"),
          new Kind(
              "uniform/design.json",
              true,
              SOLVE
                  + "--masks @uniform/masks.npy --values @values.npy"
                  + " --design @uniform/design.json --method gp"),
          new Kind(
              "coded/design.json",
              true,
              SOLVE
                  + "--masks @coded/masks.npy --values @coded/values.npy"
                  + " --design @coded/design.json --method spex"),
          new Kind("contest.json", true, PREDICT + "--explanation @contest.json --masks @ten.npy"),
          new Kind("targets.json", true, PREDICT + "--explanation @targets.json --masks @pair.npy"),
          new Kind("ten.npy", false, PREDICT + "--explanation @contest.json --masks @ten.npy"),
          new Kind("texts.jsonl", true, EXPLAIN + "--input @texts.jsonl --out @out"),
          new Kind(
              "journal", false, EXPLAIN + "--text never,fails --resume @journal --json @out.json"),
          new Kind("model/config.json", true, EXPLAIN + "--text never,fails --json @out.json"),
          new Kind("model/special_tokens_map.json", true, EXPLAIN + "--text never,fails"),
          new Kind("model/tokenizer_config.json", true, EXPLAIN + "--text never,fails"));

  private OddFiles() {}

  /** Writes all of them. */
  static void write(Path folder) throws IOException {
    int[][] every = Cli.everyMask(4);
    double[] values = new double[16];
    Arrays.setAll(values, i -> i % 5 + (i > 7 ? 0.25 : 0));
    byte[] masks = Files.readAllBytes(Cli.masks(folder.resolve("masks.npy"), every));
    byte[] single = Files.readAllBytes(Cli.values(folder.resolve("values.npy"), values));
    Cli.npy(folder.resolve("two.npy"), "<f8", false, "(16, 2)", Cli.doubles(twice(values)));
    byte[] words = new byte[128];
    for (int m = 0; m < 16; m++) {
      words[8 * m] = (byte) m;
    }
    Cli.npy(folder.resolve("packed.npy"), "<u8", false, "(16, 1)", words);
    Map<String, byte[]> members = Map.of("m.npy", masks, "v.npy", single);
    Files.write(folder.resolve("stored.npz"), archive(members, ZipEntry.STORED));
    Files.write(folder.resolve("deflated.npz"), archive(members, ZipEntry.DEFLATED));
    design(folder, "exhaustive");
    design(folder, "foreign");
    Cli.run("design", "--features", 12, "--budget", 16, "--out", folder.resolve("uniform"));
    Path coded = folder.resolve("coded");
    Cli.run("design", "--features", 5, "--method", "spex", "--budget", 120, "--out", coded);
    double[] many = new double[120];
    Arrays.setAll(many, i -> i * i % 7);
    Cli.values(coded.resolve("values.npy"), many);
    Cli.masks(folder.resolve("pair.npy"), Cli.everyMask(2));
    Files.copy(READ.resolve("contest.json"), folder.resolve("contest.json"));
    Files.copy(READ.resolve("targets.json"), folder.resolve("targets.json"));
    int[][] ten = new int[6][10];
    Random bits = new Random(10);
    Arrays.stream(ten).forEach(row -> Arrays.setAll(row, i -> bits.nextInt(2)));
    Cli.masks(folder.resolve("ten.npy"), ten);
    Files.writeString(
        folder.resolve("texts.jsonl"), "{\"text\": \"never fails\", \"id\": \"a\"}\n");
    Path model = TinyModels.copyTo(Files.createDirectory(folder.resolve("model")));
    Files.writeString(
        model.resolve("special_tokens_map.json"),
        "{\"mask_token\": \"[MASK]\", \"unk_token\": {\"content\": \"[UNK]\", \"lstrip\": false}}");
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"model_max_length\": 512, \"pad_token\": \"[PAD]\"}");
    Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
  }

  private static double[] twice(double[] values) {
    double[] both = new double[2 * values.length];
    Arrays.setAll(both, i -> values[i / 2] * (i % 2 == 0 ? 1 : -1));
    return both;
  }

  private static void design(Path folder, String kind) throws IOException {
    Files.writeString(
        folder.resolve(kind + ".json"),
        "{\"format\": \"ablate-design/1\", \"kind\": \""
            + kind
            + "\", \"features\": 4, \"masks\": 16}");
  }

  private static byte[] archive(Map<String, byte[]> members, int method) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (String name : members.keySet().stream().sorted().toList()) {
        byte[] content = members.get(name);
        ZipEntry entry = new ZipEntry(name);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setMethod(method);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
