package dev.ablate.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.json.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A small JSON file of a model, its values with their types.
 *
 * @param where its place, for messages
 * @param root the object in it
 */
record ConfigFile(String where, JsonNode root) {
  private static final int SHOWN = 40;

  /**
   * Reads a file.
   *
   * @throws InputException if it cannot be read or holds no JSON object
   */
  static ConfigFile read(ModelFiles files, String file) {
    JsonNode root;
    try {
      root = StrictJson.read(new ByteArrayInputStream(files.read(file)), files.where(file));
    } catch (IOException e) {
      throw new InputException(
          "cannot read " + files.where(file) + ": " + FileTrouble.reason(e), e);
    }
    if (!root.isObject()) {
      throw new InputException(
          files.where(file) + " holds no JSON object; write it with save_pretrained()");
    }
    return new ConfigFile(files.where(file), root);
  }

  /** Whether a key has a value other than null. */
  boolean has(String key) {
    return root.hasNonNull(key);
  }

  /** A value; missing where it is null. */
  JsonNode get(String key) {
    return has(key) ? root.get(key) : MissingNode.getInstance();
  }

  /** The line about a value of the wrong type. */
  InputException wrong(String key, String right) {
    return new InputException(
        where + " has " + shown(root.path(key)) + " as " + key + "; give " + right);
  }

  /** A value in a message. */
  static String shown(JsonNode value) {
    return OneLine.brief(value.toString(), SHOWN);
  }

  /**
   * A limit of at least 1. A missing one, or one as absurd as tokenizers write for "none", is no
   * limit: the largest number.
   *
   * @throws InputException if it is anything else
   */
  int limit(String key) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return Integer.MAX_VALUE;
    }
    double limit = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(limit >= 1) || limit != Math.rint(limit)) {
      throw wrong(key, "a whole number of at least 1, or leave it out");
    }
    return (int) Math.min(limit, Integer.MAX_VALUE);
  }

  /**
   * The number of a token. Negative ones stand for none.
   *
   * @throws InputException if it is no whole number
   */
  OptionalInt tokenNumber(String key) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return OptionalInt.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(key, "the number of a token, or null");
    }
    return value.intValue() < 0 ? OptionalInt.empty() : OptionalInt.of(value.intValue());
  }

  /**
   * The spelling of a token, which is a text or an object with one.
   *
   * @throws InputException if it is anything else
   */
  Optional<String> token(String key) {
    JsonNode value = get(key);
    JsonNode spelling = value.isObject() ? value.path("content") : value;
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!spelling.isTextual()) {
      throw wrong(key, "the token's spelling");
    }
    return spelling.textValue().isEmpty() ? Optional.empty() : Optional.of(spelling.textValue());
  }
}
