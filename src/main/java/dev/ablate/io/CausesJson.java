package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.explanation.Causes;
import dev.ablate.explanation.Causes.Cause;
import java.io.IOException;
import java.util.Locale;

/** What an answer turns on, as JSON; it follows from the rest and is not read again. */
final class CausesJson {
  private CausesJson() {}

  static void write(JsonGenerator json, Causes causes) throws IOException {
    json.writeArrayFieldStart("causes");
    for (Cause cause : causes.causes()) {
      json.writeStartObject();
      Json.writeSet(json, cause.features());
      json.writeStringField("kind", cause.kind().name().toLowerCase(Locale.ROOT));
      json.writeNumberField("interaction", cause.interaction());
      json.writeNumberField("together", cause.together());
      writeNumbers(json, "alone", cause.alone());
      writeNumbers(json, "left_out", cause.leftOut());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeNumbers(JsonGenerator json, String name, double[] numbers)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (double number : numbers) {
      json.writeNumber(number);
    }
    json.writeEndArray();
  }
}
