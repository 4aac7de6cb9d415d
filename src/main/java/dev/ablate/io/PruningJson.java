package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.search.KeptCurve;
import dev.ablate.search.Pruning;
import java.io.IOException;
import java.io.OutputStream;

/** Sets of components to keep as JSON, format {@code ablate-pruning/1}; see docs/formats.md. */
public final class PruningJson {
  private static final String FORMAT = "ablate-pruning/1";

  private PruningJson() {}

  /** Writes to a stream, which stays open. */
  public static void write(OutputStream out, Pruning pruning) throws IOException {
    Json.write(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringField("format", FORMAT);
          json.writeNumberField("features", pruning.features());
          json.writePOJOField("feature_names", pruning.featureNames());
          json.writeStringField("value", pruning.value());
          json.writeStringField("goal", pruning.goal().toString());
          json.writeNumberField("fitting_examples", pruning.fitting());
          json.writeNumberField("held_out_examples", pruning.heldOut());
          json.writeNumberField("masks", pruning.masks());
          Json.writeNumber(json, "r2", pruning.r2());
          json.writePOJOField("notes", pruning.notes());
          json.writeArrayFieldStart("ways");
          for (Pruning.Way way : pruning.ways()) {
            write(json, pruning, way);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Pruning pruning, Pruning.Way way)
      throws IOException {
    KeptCurve heldOut = way.heldOut();
    json.writeStartObject();
    json.writeStringField("name", way.name());
    Json.writeNumber(json, "cpr", heldOut.isMeasurable() ? heldOut.cpr() : Double.NaN);
    Json.writeNumber(json, "cmd", heldOut.isMeasurable() ? heldOut.cmd() : Double.NaN);
    json.writeArrayFieldStart("sets");
    for (int s = 0; s < way.sets().size(); s++) {
      int[] set = way.sets().get(s);
      json.writeStartObject();
      json.writeNumberField("size", set.length);
      Json.writeNumber(json, "share", heldOut.shares()[s]);
      Json.writeSet(json, set);
      json.writePOJOField("feature_names", pruning.names(set));
      Json.writeNumber(json, "fitted", way.fitted().values()[s]);
      Json.writeNumber(json, "held_out", heldOut.values()[s]);
      if (way.accuracy() != null) {
        Json.writeNumber(json, "held_out_accuracy", way.accuracy().values()[s]);
      }
      Json.writeNumber(json, "lead", way.lead()[s]);
      Json.writeNumber(json, "lead_standard_error", way.leadErrors()[s]);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
