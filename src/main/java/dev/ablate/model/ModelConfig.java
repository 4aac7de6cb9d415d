package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What {@code config.json} says about a model of texts, completed by the tokenizer's own small
 * files where those are present.
 *
 * @param labels the labels in the order of the logits, no two alike; empty if the file names none
 * @param problem how the labels relate; null if the file does not say
 * @param maskTokens spellings that the mask token may have, the likeliest first
 * @param unkTokens spellings that the token for unknown words may have
 * @param padTokens spellings that the padding token may have
 * @param padId the number of the padding token by {@code config.json}, if it names one
 * @param maxTokens most tokens an input may have, special tokens included
 * @param architectures what it calls the network; empty if it does not say
 * @param vocabulary how many tokens the network knows; the largest number if the file does not say
 */
record ModelConfig(
    List<String> labels,
    LabelKind problem,
    List<String> maskTokens,
    List<String> unkTokens,
    List<String> padTokens,
    OptionalInt padId,
    int maxTokens,
    List<String> architectures,
    int vocabulary) {
  /** That of a model without files. */
  static final ModelConfig NONE =
      new ModelConfig(
          List.of(),
          null,
          List.of(),
          List.of(),
          List.of(),
          OptionalInt.empty(),
          Integer.MAX_VALUE,
          List.of(),
          Integer.MAX_VALUE);

  private static final String CONFIG = "config.json";

  /** The files that are read, where they are; the later complete the first. */
  static final List<String> FILES =
      List.of(CONFIG, "special_tokens_map.json", "tokenizer_config.json");

  /** What architectures call the number of positions that they know; the first that is there. */
  private static final List<String> POSITIONS =
      List.of("max_position_embeddings", "n_positions", "n_ctx");

  /**
   * Reads {@code config.json} and, if they are there, {@code special_tokens_map.json} and {@code
   * tokenizer_config.json}.
   *
   * @throws InputException if one of them is no JSON object, if a value in it has the wrong type,
   *     or if the labels are not numbered from 0
   */
  static ModelConfig read(ModelFiles files) {
    List<ConfigFile> sources =
        FILES.stream().filter(files::has).map(file -> ConfigFile.read(files, file)).toList();
    ConfigFile config = sources.get(0);
    ConfigFile tokenizer = sources.get(sources.size() - 1);
    int positions =
        POSITIONS.stream()
            .filter(config::has)
            .findFirst()
            .map(config::limit)
            .orElse(Integer.MAX_VALUE);
    return new ModelConfig(
        labels(config),
        problem(config),
        spellings(sources, "mask_token", List.of("[MASK]", "<mask>")),
        spellings(sources, "unk_token", List.of("[UNK]", "<unk>")),
        spellings(sources, "pad_token", List.of("[PAD]", "<pad>")),
        config.tokenNumber("pad_token_id"),
        Math.min(positions, tokenizer.limit("model_max_length")),
        architectures(config),
        config.limit("vocab_size"));
  }

  /** As transformers reads them: every label has the number of its logit as its key. */
  private static List<String> labels(ConfigFile config) {
    JsonNode id2label = config.get("id2label");
    if (id2label.isMissingNode()) {
      return List.of();
    }
    if (!id2label.isObject()) {
      throw config.wrong(
          "id2label", "an object such as {\"0\": \"negative\", \"1\": \"positive\"}");
    }
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < id2label.size(); id++) {
      JsonNode label = id2label.path(Integer.toString(id));
      if (label.isMissingNode()) {
        throw new InputException(
            config.where()
                + " has "
                + id2label.size()
                + " labels in id2label but none with the number "
                + id
                + "; number them from 0 without gaps");
      }
      // Older versions of transformers wrote numbers here.
      if (!label.isTextual() && !label.isNumber() && !label.isBoolean()) {
        throw new InputException(
            config.where()
                + " has "
                + ConfigFile.shown(label)
                + " as the label "
                + id
                + " in id2label, which is no text; write its name");
      }
      labels.add(label.asText());
    }
    return DistinctNames.of(labels);
  }

  private static List<String> architectures(ConfigFile config) {
    List<String> names = new ArrayList<>();
    config.get("architectures").forEach(name -> names.add(name.asText()));
    return List.copyOf(names);
  }

  private static LabelKind problem(ConfigFile config) {
    JsonNode problem = config.get("problem_type");
    if (problem.isMissingNode()) {
      return null;
    }
    return switch (problem.asText()) {
      case "single_label_classification" -> LabelKind.EXCLUSIVE;
      case "multi_label_classification" -> LabelKind.INDEPENDENT;
      case "regression" -> LabelKind.NUMBERS;
      default ->
          throw config.wrong(
              "problem_type",
              "single_label_classification, multi_label_classification or regression");
    };
  }

  /** How the labels of a model with so many logits relate: a single one stands for yes or no. */
  LabelKind kind(int logits) {
    boolean exclusive = problem == null || problem == LabelKind.EXCLUSIVE;
    return exclusive ? (logits == 1 ? LabelKind.INDEPENDENT : LabelKind.EXCLUSIVE) : problem;
  }

  /** What the files say first, then the usual spellings. */
  private static List<String> spellings(List<ConfigFile> sources, String key, List<String> usual) {
    List<String> spellings = new ArrayList<>();
    for (ConfigFile source : sources) {
      source.token(key).ifPresent(spellings::add);
    }
    spellings.addAll(usual);
    return List.copyOf(spellings);
  }
}
