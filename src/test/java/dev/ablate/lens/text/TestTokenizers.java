package dev.ablate.lens.text;

import dev.ablate.model.TextTokenizer;
import dev.ablate.model.TinyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Small tokenizers of each family, written as {@code tokenizer.json}. */
final class TestTokenizers {
  private static final String METASPACE =
      "{'type': 'Metaspace', 'replacement': '\u2581', 'prepend_scheme': 'always', 'split': true}";

  private TestTokenizers() {}

  /** Each family by name. */
  static Map<String, TextTokenizer> all() {
    Map<String, TextTokenizer> all = new LinkedHashMap<>();
    try {
      Path tiny = TinyModels.directory().resolve("tokenizer.json");
      all.put("word pieces", TextTokenizer.of(Files.readAllBytes(tiny), "word pieces"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.put("bytes", bytes(""));
    all.put(
        "bytes with merges",
        bytes("'\u00e4 \u00bd', '\u0142 \u00e5', '\u00cc \u0123', '\u010a \u010a'"));
    all.put("unigram", unigram());
    all.put("byte fallback", byteFallback());
    return all;
  }

  private static TextTokenizer of(
      String name, String normalizer, String preTokenizer, String model) {
    String json =
        "{'version': '1.0', 'truncation': null, 'padding': null, 'added_tokens': [],"
            + (" 'normalizer': " + normalizer + ", 'pre_tokenizer': " + preTokenizer)
            + (", 'post_processor': null, 'decoder': null, 'model': " + model + "}");
    return TextTokenizer.of(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), name);
  }

  /** As GPT-2: a character outside ASCII is several tokens, or shares one with its neighbour. */
  private static TextTokenizer bytes(String merges) {
    List<String> vocabulary = new ArrayList<>();
    for (int b = 0, shifted = 256; b < 256; b++) {
      boolean printable = b > 32 && b < 127 || b > 160 && b != 173;
      vocabulary.add(Character.toString(printable ? b : shifted++));
    }
    for (String merge : merges.isEmpty() ? new String[0] : merges.split(", ")) {
      vocabulary.add(merge.replace("'", "").replace(" ", ""));
    }
    String entries =
        java.util.stream.IntStream.range(0, vocabulary.size())
            .mapToObj(id -> "'" + quoted(vocabulary.get(id)) + "': " + id)
            .collect(Collectors.joining(", "));
    return of(
        "bytes",
        "null",
        "{'type': 'ByteLevel', 'add_prefix_space': false, 'trim_offsets': true, 'use_regex': true}",
        "{'type': 'BPE', 'vocab': {" + entries + "}, 'merges': [" + merges + "]}");
  }

  /** A quotation mark is written as its number, because these files are written with others. */
  private static String quoted(String piece) {
    return piece.equals("'") || piece.equals("\"") || piece.equals("\\")
        ? String.format("\\u%04x", (int) piece.charAt(0))
        : piece;
  }

  /** As XLM-R and T5: pieces of several characters, compatibility forms, one unknown token. */
  private static TextTokenizer unigram() {
    String pieces =
        Stream.of(
                "\u2581",
                "a",
                "b",
                "1",
                ".",
                ",",
                "ab",
                "\u2581a",
                "\u4f60\u597d",
                "\u597d\u4e16",
                "\u4e16\u754c",
                "\u2581\u4e16",
                "fi",
                "\u0e20\u0e32",
                "\u3042\u3044",
                "e\u0301")
            .map(piece -> "['" + piece + "', -" + (3 + piece.length() % 2) + ".5]")
            .collect(Collectors.joining(", "));
    return of(
        "unigram",
        "{'type': 'Sequence', 'normalizers': [{'type': 'NFKC'}, {'type': 'Lowercase'}]}",
        METASPACE,
        "{'type': 'Unigram', 'unk_id': 0, 'byte_fallback': false, 'vocab': [['<unk>', 0.0], "
            + pieces
            + "]}");
  }

  /** As Llama: no word borders before the merges, bytes for what is unknown. */
  private static TextTokenizer byteFallback() {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    vocabulary.put("<unk>", 0);
    for (int b = 0; b < 256; b++) {
      vocabulary.put(String.format("<0x%02X>", b), vocabulary.size());
    }
    for (String piece : List.of("\u2581", "a", "b", ".", "ab", "b\u2581", "b\u2581a", "\u4f60")) {
      vocabulary.put(piece, vocabulary.size());
    }
    String entries =
        vocabulary.entrySet().stream()
            .map(entry -> "'" + entry.getKey() + "': " + entry.getValue())
            .collect(Collectors.joining(", "));
    return of(
        "byte fallback",
        "{'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '\u2581'},"
            + " {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '\u2581'}]}",
        "null",
        "{'type': 'BPE', 'unk_token': '<unk>', 'fuse_unk': true, 'byte_fallback': true, 'vocab': {"
            + entries
            + "}, 'merges': ['a b', 'b \u2581', 'b\u2581 a']}");
  }

  /**
   * The tokenizers of real models, each once; the test is skipped where their folder is missing.
   */
  static Map<String, TextTokenizer> ofRealModels() {
    Path folder = Path.of(System.getProperty("ablate.shared", "../shared")).resolve("models");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no models in " + folder);
    Map<String, TextTokenizer> all = new TreeMap<>();
    List<String> seen = new ArrayList<>();
    try (Stream<Path> models = Files.list(folder).sorted()) {
      for (Path model : models.toList()) {
        Path file = model.resolve("tokenizer.json");
        if (Files.isRegularFile(file) && !seen.contains(Files.readString(file))) {
          seen.add(Files.readString(file));
          String name = model.getFileName().toString();
          all.put(name, TextTokenizer.of(Files.readAllBytes(file), name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }
}
