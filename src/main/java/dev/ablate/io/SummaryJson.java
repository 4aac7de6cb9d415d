package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Verification;
import dev.ablate.json.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One line of {@code summary.jsonl}, format {@code ablate-summary/1}; see docs/formats.md. */
public final class SummaryJson {
  static final String FORMAT = "ablate-summary/1";

  /** How every line begins, whatever comes after. */
  static final String BEGIN = "{\"format\":\"ablate-summary/";

  /** Interactions a line. */
  private static final int TOP = 5;

  private static final int LEAST_ORDER = 2;

  /** A feature may be a paragraph. */
  private static final int LONGEST_NAME = 80;

  private SummaryJson() {}

  /** An interaction of one of several outputs. */
  private record Named(Output output, Interaction interaction) {
    double magnitude() {
      return Math.abs(interaction.value());
    }
  }

  /** The line of an input that was explained, with its line feed. */
  public static byte[] line(SummaryEntry entry, Explanation explanation) {
    return line(
        json -> {
          begin(json, entry);
          json.writeStringField("file", entry.file());
          json.writeNumberField("features", explanation.features());
          json.writePOJOField(
              "outputs", explanation.outputs().stream().map(Output::target).toList());
          Fit lowest = explanation.lowestFit();
          Json.writeNumber(json, "r2", lowest.r2());
          json.writeStringField("r2_kind", lowest.r2Kind().toString());
          if (lowest.r2BySizeMasks() > 0) {
            Json.writeNumber(json, "r2_by_size", lowest.r2BySize());
          }
          writeTop(json, explanation);
          json.writeNumberField("masks", lowest.masks());
          json.writeNumberField("evaluated", lowest.evaluated());
          Long known = explanation.provenance().report().journalMasks();
          if (known != null) {
            json.writeNumberField("journal_masks", known);
          }
          Verification verification = explanation.lowestVerification();
          if (verification != null) {
            json.writeNumberField("verify_masks", verification.masks());
            json.writeNumberField("verify_evaluated", verification.evaluated());
            Json.writeNumber(json, "verify_correlation", verification.correlation());
          }
          Fit.Seconds seconds = lowest.seconds();
          json.writeNumberField("seconds", seconds.plan() + seconds.evaluate() + seconds.solve());
          json.writeStringField("request_sha256", entry.requestSha256());
          json.writeStringField("file_sha256", entry.fileSha256());
        });
  }

  /** The line of an input that could not be explained, with its line feed. */
  public static byte[] line(SummaryEntry entry, String error) {
    return line(
        json -> {
          begin(json, entry);
          json.writeStringField("error", error);
          json.writeStringField("request_sha256", entry.requestSha256());
        });
  }

  /** What a line is about; null where it is no whole line of this format. */
  static SummaryEntry read(byte[] line) {
    JsonNode node;
    try {
      node = StrictJson.read(new ByteArrayInputStream(line), "a line");
    } catch (InputException | IOException e) {
      // A kill or a full disk cut it short.
      return null;
    }
    boolean ours = node.path("format").asText().equals(FORMAT);
    String id = node.path("id").textValue();
    String request = node.path("request_sha256").textValue();
    return ours && id != null && request != null
        ? new SummaryEntry(
            id,
            node.path("line").intValue(),
            request,
            node.path("file").textValue(),
            node.path("file_sha256").textValue())
        : null;
  }

  private static byte[] line(Json.Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Json.writeLine(
          bytes,
          json -> {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
          });
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void begin(JsonGenerator json, SummaryEntry entry) throws IOException {
    json.writeStringField("format", FORMAT);
    json.writeStringField("id", entry.id());
    json.writeNumberField("line", entry.line());
  }

  /** The largest interactions of at least two features, over all outputs. */
  private static void writeTop(JsonGenerator json, Explanation explanation) throws IOException {
    List<Named> top =
        explanation.outputs().stream()
            .flatMap(SummaryJson::largest)
            .sorted(Comparator.comparingDouble(named -> -named.magnitude()))
            .limit(TOP)
            .toList();
    json.writeArrayFieldStart("top");
    for (Named named : top) {
      int[] features = named.interaction().features();
      json.writeStartObject();
      if (explanation.outputs().size() > 1) {
        json.writeStringField("target", named.output().target());
      }
      Json.writeSet(json, features);
      json.writePOJOField(
          "names",
          Arrays.stream(features)
              .mapToObj(explanation.featureNames()::get)
              .map(name -> OneLine.brief(name, LONGEST_NAME))
              .toList());
      json.writeNumberField("value", named.interaction().value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static Stream<Named> largest(Output output) {
    return output.interactions().values().stream()
        .filter(interaction -> interaction.order() >= LEAST_ORDER)
        .limit(TOP)
        .map(interaction -> new Named(output, interaction));
  }
}
