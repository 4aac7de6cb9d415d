package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.search.BestSubset;
import dev.ablate.search.Goal;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/** The best sets of an explanation as JSON, format {@code ablate-best/1}; see docs/formats.md. */
public final class BestSubsetJson {
  private static final String FORMAT = "ablate-best/1";

  private BestSubsetJson() {}

  /**
   * Writes to a stream, which stays open.
   *
   * @param outputs those that were searched
   * @param found the best set of each
   */
  public static void write(
      OutputStream out,
      Explanation explanation,
      List<Output> outputs,
      Goal goal,
      List<BestSubset> found)
      throws IOException {
    Json.write(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringField("format", FORMAT);
          json.writeNumberField("features", explanation.features());
          json.writeNumberField("size", found.get(0).features().length);
          json.writeStringField("goal", goal.toString());
          json.writeArrayFieldStart("outputs");
          for (int o = 0; o < found.size(); o++) {
            write(json, explanation.featureNames(), outputs.get(o), found.get(o));
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, List<String> names, Output output, BestSubset best)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("target", output.target());
    json.writeStringField("value", output.value());
    Json.writeSet(json, best.features());
    json.writePOJOField(
        "feature_names", Arrays.stream(best.features()).mapToObj(names::get).toList());
    json.writePOJOField("idle", best.idle());
    Json.writeNumber(json, "predicted", best.value());
    Json.writeNumber(json, "bound", best.bound());
    Json.writeNumber(json, "gap", best.gap());
    json.writeBooleanField("proven", best.proven());
    json.writeStringField("search", best.search().toString());
    json.writeNumberField("nodes", best.nodes());
    Json.writeNumber(json, "all", output.all());
    Json.writeNumber(json, "none", output.none());
    json.writeEndObject();
  }
}
