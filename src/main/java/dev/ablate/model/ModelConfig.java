package dev.ablate.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What {@code config.json} says about a text classifier, completed by the tokenizer's own small
 * files where those are present.
 *
 * @param labels the labels in the order of the logits; empty if the file names none
 * @param maskTokens spellings that the mask token may have, the likeliest first
 * @param unkTokens spellings that the token for unknown words may have
 * @param padTokens spellings that the padding token may have
 * @param padId the number of the padding token, if {@code config.json} says it
 * @param maxTokens most tokens an input may have, special tokens included
 */
record ModelConfig(
    List<String> labels,
    List<String> maskTokens,
    List<String> unkTokens,
    List<String> padTokens,
    OptionalInt padId,
    int maxTokens) {
  private static final String CONFIG = "config.json";

  /** The files that are read, where they are; the later complete the first. */
  static final List<String> FILES =
      List.of(CONFIG, "special_tokens_map.json", "tokenizer_config.json");

  /** These put the first token at position {@code pad + 1}. */
  private static final Set<String> SHIFTED_POSITIONS =
      Set.of("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "longformer", "mpnet");

  /**
   * Reads {@code config.json} and, if they are there, {@code special_tokens_map.json} and {@code
   * tokenizer_config.json}.
   *
   * @throws InputException if one of them is no JSON object, or the labels are not numbered from 0
   */
  static ModelConfig read(ModelFiles files) {
    List<JsonNode> sources = new ArrayList<>();
    for (String file : FILES) {
      if (files.has(file)) {
        sources.add(json(files, file));
      }
    }
    JsonNode config = sources.get(0);
    JsonNode tokenizer = sources.get(sources.size() - 1);
    return new ModelConfig(
        labels(config.path("id2label"), files.where(CONFIG)),
        spellings(sources, "mask_token", List.of("[MASK]", "<mask>")),
        spellings(sources, "unk_token", List.of("[UNK]", "<unk>")),
        spellings(sources, "pad_token", List.of("[PAD]", "<pad>")),
        config.path("pad_token_id").isInt()
            ? OptionalInt.of(config.path("pad_token_id").intValue())
            : OptionalInt.empty(),
        Math.min(positions(config), limit(tokenizer.path("model_max_length"))));
  }

  private static JsonNode json(ModelFiles files, String file) {
    try {
      JsonNode root = new ObjectMapper().readTree(files.read(file));
      if (!root.isObject()) {
        throw new InputException(
            files.where(file) + " holds no JSON object; write it with save_pretrained()");
      }
      return root;
    } catch (JacksonException e) {
      throw new InputException(
          files.where(file) + " is no JSON: " + e.getOriginalMessage() + "; save the model again",
          e);
    } catch (IOException e) {
      throw new InputException("cannot read " + files.where(file) + ": " + e.getMessage(), e);
    }
  }

  private static List<String> labels(JsonNode id2label, String where) {
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < id2label.size(); id++) {
      JsonNode label = id2label.path(Integer.toString(id));
      if (!label.isTextual()) {
        throw new InputException(
            where
                + " has "
                + id2label.size()
                + " labels in id2label but none with the number "
                + id
                + "; number them from 0 without gaps");
      }
      labels.add(label.textValue());
    }
    return List.copyOf(labels);
  }

  /** What the files say first, then the usual spellings. */
  private static List<String> spellings(List<JsonNode> sources, String key, List<String> usual) {
    List<String> spellings = new ArrayList<>();
    for (JsonNode source : sources) {
      JsonNode token = source.path(key);
      String spelling = (token.isObject() ? token.path("content") : token).asText("");
      if (!spelling.isEmpty()) {
        spellings.add(spelling);
      }
    }
    spellings.addAll(usual);
    return List.copyOf(spellings);
  }

  private static int positions(JsonNode config) {
    int positions = limit(config.path("max_position_embeddings"));
    boolean shifted = SHIFTED_POSITIONS.contains(config.path("model_type").asText());
    return shifted && positions < Integer.MAX_VALUE
        ? positions - config.path("pad_token_id").asInt(1) - 1
        : positions;
  }

  /** A positive limit; a missing one, or one as absurd as exports write for "none", is no limit. */
  private static int limit(JsonNode number) {
    double limit = number.asDouble(0);
    return limit >= 1 && limit < Integer.MAX_VALUE ? (int) limit : Integer.MAX_VALUE;
  }
}
