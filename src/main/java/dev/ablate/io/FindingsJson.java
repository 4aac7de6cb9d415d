package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Interaction;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is found of training examples, as JSON; it follows from the rest and is not read again. */
final class FindingsJson {
  private FindingsJson() {}

  static void write(JsonGenerator json, ExampleFindings findings) throws IOException {
    json.writeObjectFieldStart("findings");
    json.writeStringField("index_alone", findings.alone().index().label());
    json.writeStringField("index_pairs", findings.pairs().index().label());
    for (Map.Entry<String, List<Interaction>> kind : findings.kinds().entrySet()) {
      json.writeArrayFieldStart(kind.getKey());
      for (Interaction found : kind.getValue()) {
        json.writeStartObject();
        Json.writeSet(json, found.features());
        json.writeNumberField("value", found.value());
        if (found.standardError() != null) {
          Json.writeNumber(json, "low", found.low());
          Json.writeNumber(json, "high", found.high());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeNumberField("unsure_alone", findings.unsureAlone());
    json.writeNumberField("unsure_pairs", findings.unsurePairs());
    json.writeEndObject();
  }
}
