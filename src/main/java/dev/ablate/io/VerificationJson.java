package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import java.io.IOException;
import java.util.function.Function;

/** What verified an output, as the object {@code verification} of an explanation. */
final class VerificationJson {
  private static final String KEY = "verification";

  private VerificationJson() {}

  /** Writes the key into the object that is open; nothing for null. */
  static void write(JsonGenerator json, Verification verification) throws IOException {
    if (verification == null) {
      return;
    }
    json.writeObjectFieldStart(KEY);
    json.writeNumberField("masks", verification.masks());
    if (verification.fitted() != null) {
      json.writeNumberField("fitted", verification.fitted());
    }
    json.writeNumberField("evaluated", verification.evaluated());
    if (verification.journalMasks() != null) {
      json.writeNumberField("journal_masks", verification.journalMasks());
    }
    json.writeNumberField("seconds", verification.seconds());
    Json.writeNumber(json, "correlation", verification.correlation());
    Json.writeNumber(json, "correlation_beyond", verification.correlationBeyond());
    Json.writeNumber(json, "error", verification.error());
    json.writeArrayFieldStart("checks");
    for (Verification.Check check : verification.checks()) {
      json.writeStartObject();
      Interaction interaction = check.interaction();
      Json.writeSet(json, interaction.features());
      json.writeNumberField("value", interaction.value());
      if (interaction.standardError() != null) {
        Json.writeNumber(json, "standard_error", interaction.standardError());
      }
      write(json, "removed", check.removed());
      write(json, "alone", check.alone());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String key, Verification.Side side)
      throws IOException {
    json.writeObjectFieldStart(key);
    write(json, "value", side.value());
    write(json, "together", side.together());
    write(json, "parts", side.parts());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String key, Compared compared) throws IOException {
    if (compared == null) {
      return;
    }
    json.writeObjectFieldStart(key);
    Json.writeNumber(json, "predicted", compared.predicted());
    Json.writeNumber(json, "measured", compared.measured());
    json.writeEndObject();
  }

  /**
   * Reads the key of an output; null where it is missing.
   *
   * @param interaction reads an interaction of an object
   */
  static Verification read(JsonReader output, Function<JsonReader, Interaction> interaction) {
    if (!output.has(KEY)) {
      return null;
    }
    JsonReader json = output.object(KEY);
    return new Verification(
        json.count("masks", 0),
        json.has("fitted") ? (Integer) json.count("fitted", 0) : null,
        json.atLeast("evaluated", 0),
        json.has("journal_masks") ? (Long) json.atLeast("journal_masks", 0) : null,
        json.number("seconds"),
        json.numberOrNaN("correlation"),
        json.numberOrNaN("correlation_beyond"),
        json.numberOrNaN("error"),
        json.list(
            "checks",
            check ->
                new Verification.Check(
                    interaction.apply(check),
                    side(check.object("removed")),
                    side(check.object("alone")))));
  }

  private static Verification.Side side(JsonReader json) {
    boolean together = json.has("together");
    return new Verification.Side(
        compared(json.object("value")),
        together ? compared(json.object("together")) : null,
        together ? compared(json.object("parts")) : null);
  }

  private static Compared compared(JsonReader json) {
    return new Compared(json.numberOrNaN("predicted"), json.numberOrNaN("measured"));
  }
}
