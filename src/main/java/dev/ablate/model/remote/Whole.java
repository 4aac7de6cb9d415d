package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Parts that every answer has; one without them is broken, and the next may be whole. */
final class Whole {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

  private Whole() {}

  /** The first choice. */
  static JsonNode choice(JsonNode reply) {
    JsonNode choice = reply.path("choices").path(0);
    if (!choice.isObject()) {
      throw new Passing("sent an answer without choices");
    }
    return choice;
  }

  /** A number, which some write as a text; NaN for none. */
  static double number(JsonNode value) {
    if (value.isTextual() && NUMBER.matcher(value.textValue()).matches()) {
      return Double.parseDouble(value.textValue());
    }
    return value.isNumber() ? value.doubleValue() : Double.NaN;
  }

  /** A text; none where a server writes null for it. */
  static String text(JsonNode value) {
    if (!value.isTextual() && !value.isNull()) {
      throw new Passing("sent an answer without a text");
    }
    return value.isNull() ? "" : value.textValue();
  }
}
