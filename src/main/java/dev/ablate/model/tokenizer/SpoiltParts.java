package dev.ablate.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import java.util.Set;

/**
 * Parts of a tokenizer that cannot work, which the library takes without a word and then answers
 * with nonsense, or ends the process over.
 */
final class SpoiltParts {
  private static final Set<String> MODELS = Set.of("BPE", "WordPiece", "WordLevel", "Unigram");

  private final String origin;

  private SpoiltParts(String origin) {
    this.origin = origin;
  }

  /**
   * Refuses a file with such a part.
   *
   * @throws InputException if there is one
   */
  static void refuse(TokenizerFile file, String origin) {
    SpoiltParts parts = new SpoiltParts(origin);
    parts.model(file);
    parts.addedTokens(file.parts().path("added_tokens"));
    parts.preTokenizer(file.parts().path("pre_tokenizer"));
    parts.postProcessor(file.parts().path("post_processor"));
  }

  private void model(TokenizerFile file) {
    if (!file.parts().path("model").isObject()) {
      throw spoilt("it has no model");
    }
    JsonNode kind = file.model().path("type");
    if (kind.isTextual() && !MODELS.contains(kind.textValue())) {
      throw spoilt(
          "its model is of the kind "
              + kind.textValue()
              + ", and known are BPE, WordPiece, WordLevel and Unigram");
    }
    JsonNode dropout = file.model().path("dropout");
    if (dropout.asDouble() > 0) {
      throw spoilt(
          "it leaves out merges at random (dropout "
              + dropout.asText()
              + " of its model), so that a text is another one each time; set dropout to null");
    }
  }

  private void addedTokens(JsonNode tokens) {
    for (JsonNode token : tokens) {
      id(token.path("id"), token.path("content").asText());
    }
  }

  private void preTokenizer(JsonNode part) {
    part.path("pretokenizers").forEach(this::preTokenizer);
    JsonNode length = part.path("length");
    if (part.path("type").asText().equals("FixedLength")
        && length.isNumber()
        && length.asDouble() < 1) {
      throw spoilt(
          "its pre_tokenizer cuts pieces of the length " + length + "; it needs 1 or more");
    }
  }

  private void postProcessor(JsonNode part) {
    part.path("processors").forEach(this::postProcessor);
    for (String around : new String[] {"sep", "cls"}) {
      JsonNode token = part.path(around);
      id(token.path(1), token.path(0).asText());
    }
    if (part.path("type").asText().equals("TemplateProcessing")) {
      part.path("special_tokens").properties().forEach(e -> special(e.getKey(), e.getValue()));
      template(part);
    }
  }

  private void special(String name, JsonNode token) {
    JsonNode ids = token.path("ids");
    JsonNode tokens = token.path("tokens");
    if (ids.size() != tokens.size() || ids.isEmpty()) {
      throw spoilt(
          "the special token "
              + name
              + " of its post_processor has "
              + ids.size()
              + " ids and "
              + tokens.size()
              + " tokens; it needs as many of both, and one at least");
    }
    for (int t = 0; t < ids.size(); t++) {
      id(ids.get(t), tokens.get(t).asText());
    }
  }

  private void template(JsonNode part) {
    int places = 0;
    for (JsonNode piece : part.path("single")) {
      String special = piece.path("SpecialToken").path("id").asText();
      if (piece.has("SpecialToken") && !part.path("special_tokens").has(special)) {
        throw spoilt(
            "its post_processor adds the token "
                + special
                + ", which is not among its special_tokens");
      }
      String sequence = piece.path("Sequence").path("id").asText("A");
      if (piece.has("Sequence") && !sequence.equals("A")) {
        throw spoilt("its post_processor wants a second text where there is one");
      }
      places += piece.has("Sequence") ? 1 : 0;
    }
    if (part.path("single").isArray() && places != 1) {
      throw spoilt("its post_processor has " + places + " places for the text; it needs one");
    }
  }

  private void id(JsonNode id, String token) {
    if (id.isIntegralNumber()) {
      TokenizerFile.requireId(id.canConvertToLong() ? id.longValue() : -1, token, origin);
    }
  }

  private InputException spoilt(String reason) {
    return TokenizerFile.noTokenizer(origin, reason, null);
  }
}
