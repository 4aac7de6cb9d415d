package dev.ablate.benchmarks;

import static dev.ablate.benchmarks.MadeGraph.number;
import static dev.ablate.benchmarks.MadeGraph.numbers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Models of random weights in 16 bits: transformers as Hugging Face tools export them, with a
 * tokenizer that knows the words {@code w0}, {@code w1} and so on.
 *
 * @param layers how many
 * @param width numbers of a position
 * @param heads of attention, each with an equal part of the width
 * @param vocabulary different tokens, special ones included
 * @param places most tokens of a row
 */
record MadeModel(int layers, int width, int heads, int vocabulary, int places) {
  /** The encoder that figures are owed of, a classifier of two labels. */
  static final MadeModel ENCODER = new MadeModel(12, 768, 12, 30_522, 512);

  /** The language model that figures are owed of. */
  static final MadeModel CAUSAL = new MadeModel(18, 2048, 16, 32_000, 2048);

  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final int CLS = 2;
  private static final int SEP = 3;
  private static final int LABELS = 2;
  private static final double SMALL = 0.02;
  private static final double HIDDEN = -10_000;

  /** A text of so many words. */
  String text(int words) {
    SplittableRandom random = new SplittableRandom(words);
    List<String> text = new ArrayList<>();
    for (int w = 0; w < words; w++) {
      text.add("w" + random.nextInt(vocabulary - SPECIAL.size()));
    }
    return String.join(" ", text);
  }

  /** Additions and multiplications of rows of so many tokens, the embeddings and heads left out. */
  double operations(long rows, double tokens) {
    double weights = 12.0 * layers * width * width;
    double attention = 2.0 * layers * width * tokens;
    return 2 * rows * tokens * (weights + attention);
  }

  /**
   * Writes a classifier.
   *
   * @return how many weights it has
   */
  long writeEncoder(Path folder) {
    MadeGraph graph = new MadeGraph();
    String x = embedded(graph);
    x = norm(graph, x);
    String hidden = padding(graph);
    for (int l = 0; l < layers; l++) {
      x = norm(graph, graph.node("Add", x, attention(graph, x, hidden)));
      x = norm(graph, graph.node("Add", x, perceptron(graph, x)));
    }
    String first = graph.node("Gather", List.of(number("axis", 1)), x, graph.longs(true, 0));
    graph.output("logits", linear(graph, first, width, LABELS), "batch", "" + LABELS);
    graph.write(folder);
    writeFiles(folder, "bert", "BertForSequenceClassification");
    return graph.weights();
  }

  /**
   * Writes a language model, and beside it a graph over the same weights that gives the logits
   * behind the last position of each row alone.
   *
   * @param last the file of that graph
   * @return how many weights it has
   */
  long writeCausal(Path folder, Path last) {
    MadeGraph all = causal(false);
    all.write(folder);
    causal(true).writeGraph(last);
    writeFiles(folder, "gpt2", "GPT2LMHeadModel");
    return all.weights();
  }

  private MadeGraph causal(boolean last) {
    MadeGraph graph = new MadeGraph();
    String x = embedded(graph);
    String hidden = graph.node("Add", padding(graph), later(graph));
    for (int l = 0; l < layers; l++) {
      x = graph.node("Add", x, attention(graph, norm(graph, x), hidden));
      x = graph.node("Add", x, perceptron(graph, norm(graph, x)));
    }
    x = norm(graph, x);
    if (last) {
      x = graph.node("Gather", List.of(number("axis", 1)), x, graph.longs(false, -1));
    }
    String head = graph.random(1 / Math.sqrt(width), width, vocabulary);
    graph.output(
        "logits", graph.node("MatMul", x, head), "batch", last ? "1" : "sequence", "" + vocabulary);
    return graph;
  }

  private String embedded(MadeGraph graph) {
    String ids = graph.input("input_ids");
    String places = graph.input("position_ids");
    String words = graph.node("Gather", graph.random(1, vocabulary, width), ids);
    String where = graph.node("Gather", graph.random(SMALL, this.places, width), places);
    return graph.node("Add", words, where);
  }

  /** What is added to scores of padding, {@code (batch, 1, 1, sequence)}. */
  private static String padding(MadeGraph graph) {
    String attention = graph.input("attention_mask");
    String kept = graph.node("Cast", List.of(number("to", 10)), attention);
    String gone = graph.node("Sub", graph.halves(0, 1), kept);
    String hidden = graph.node("Mul", gone, graph.halves(0, HIDDEN));
    return graph.node("Unsqueeze", hidden, graph.longs(false, 1, 2));
  }

  /** What is added to scores of later tokens, {@code (sequence, sequence)}. */
  private static String later(MadeGraph graph) {
    String shape = graph.node("Shape", "input_ids");
    String length =
        graph.node("Gather", List.of(number("axis", 0)), shape, graph.longs(false, 1, 1));
    String square = graph.node("Expand", graph.halves(0, HIDDEN), length);
    return graph.node("Trilu", List.of(number("upper", 1)), square, graph.longs(true, 1));
  }

  private static String norm(MadeGraph graph, String x, int width) {
    return graph.node(
        "LayerNormalization",
        List.of(number("axis", -1)),
        x,
        graph.halves(width, 1),
        graph.halves(width, 0));
  }

  private String norm(MadeGraph graph, String x) {
    return norm(graph, x, width);
  }

  private static String linear(MadeGraph graph, String x, int from, int to) {
    String product = graph.node("MatMul", x, graph.random(1 / Math.sqrt(from), from, to));
    return graph.node("Add", product, graph.random(SMALL, to));
  }

  private String attention(MadeGraph graph, String x, String hidden) {
    int size = width / heads;
    String shape = graph.longs(false, 0, 0, heads, size);
    String queries = parts(graph, x, shape, numbers("perm", 0L, 2L, 1L, 3L));
    String keys = parts(graph, x, shape, numbers("perm", 0L, 2L, 3L, 1L));
    String values = parts(graph, x, shape, numbers("perm", 0L, 2L, 1L, 3L));
    String scores = graph.node("MatMul", queries, keys);
    String scaled = graph.node("Mul", scores, graph.halves(0, 1 / Math.sqrt(size)));
    String shares =
        graph.node("Softmax", List.of(number("axis", -1)), graph.node("Add", scaled, hidden));
    String found = graph.node("MatMul", shares, values);
    String behind = graph.node("Transpose", List.of(numbers("perm", 0L, 2L, 1L, 3L)), found);
    String joined = graph.node("Reshape", behind, graph.longs(false, 0, 0, width));
    return linear(graph, joined, width, width);
  }

  private String parts(MadeGraph graph, String x, String shape, AttributeProto order) {
    String all = graph.node("Reshape", linear(graph, x, width, width), shape);
    return graph.node("Transpose", List.of(order), all);
  }

  private String perceptron(MadeGraph graph, String x) {
    String up = linear(graph, x, width, 4 * width);
    String error = graph.node("Erf", graph.node("Div", up, graph.halves(0, Math.sqrt(2))));
    String gate = graph.node("Mul", up, graph.node("Add", error, graph.halves(0, 1)));
    return linear(graph, graph.node("Mul", gate, graph.halves(0, 0.5)), 4 * width, width);
  }

  private void writeFiles(Path folder, String type, String architecture) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of(architecture));
    config.put("model_type", type);
    config.put("vocab_size", vocabulary);
    config.put("max_position_embeddings", places);
    config.put("pad_token_id", 0);
    config.put("pad_token", "[PAD]");
    config.put("unk_token", "[UNK]");
    config.put("mask_token", "[MASK]");
    if (type.equals("bert")) {
      config.put("id2label", Map.of("0", "no", "1", "yes"));
    } else {
      config.put("bos_token_id", CLS);
    }
    write(folder.resolve("config.json"), config);
    write(folder.resolve("tokenizer.json"), tokenizer(type.equals("bert")));
  }

  private Map<String, Object> tokenizer(boolean edges) {
    Map<String, Integer> words = new LinkedHashMap<>();
    SPECIAL.forEach(token -> words.put(token, words.size()));
    for (int w = 0; words.size() < vocabulary; w++) {
      words.put("w" + w, words.size());
    }
    List<Object> added = new ArrayList<>();
    for (String token : SPECIAL) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", words.get(token));
      one.put("content", token);
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        one.put(flag, false);
      }
      one.put("special", true);
      added.add(one);
    }
    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("version", "1.0");
    tokenizer.put("truncation", null);
    tokenizer.put("padding", null);
    tokenizer.put("added_tokens", added);
    tokenizer.put("normalizer", null);
    tokenizer.put("pre_tokenizer", Map.of("type", "WhitespaceSplit"));
    tokenizer.put("post_processor", edges ? edges() : null);
    tokenizer.put("decoder", null);
    tokenizer.put("model", Map.of("type", "WordLevel", "vocab", words, "unk_token", "[UNK]"));
    return tokenizer;
  }

  private static Map<String, Object> edges() {
    List<Object> single =
        List.of(
            Map.of("SpecialToken", Map.of("id", "[CLS]", "type_id", 0)),
            Map.of("Sequence", Map.of("id", "A", "type_id", 0)),
            Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 0)));
    Map<String, Object> tokens = Map.of("[CLS]", edge("[CLS]", CLS), "[SEP]", edge("[SEP]", SEP));
    return Map.of(
        "type", "TemplateProcessing", "single", single, "pair", single, "special_tokens", tokens);
  }

  private static Map<String, Object> edge(String token, int id) {
    return Map.of("id", token, "ids", List.of(id), "tokens", List.of(token));
  }

  private static void write(Path file, Map<String, Object> content) {
    try {
      Files.write(file, new ObjectMapper().writeValueAsBytes(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
