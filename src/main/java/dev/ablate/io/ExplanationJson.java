package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Causes;
import dev.ablate.explanation.ExampleFindings;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.game.Input;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/** Explanations as JSON, format {@code ablate-explanation/1}; see docs/formats.md. */
public final class ExplanationJson {
  static final String FORMAT = "ablate-explanation/1";

  private ExplanationJson() {}

  /**
   * Writes a file.
   *
   * @throws InputException if it cannot be written
   */
  public static void write(Path path, Explanation explanation) {
    InputException.required(explanation, "the explanation to write");
    AtomicFiles.write(
        InputException.required(path, "the file to write"), out -> write(out, explanation));
  }

  /** Writes to a stream, which stays open. */
  public static void write(OutputStream out, Explanation explanation) throws IOException {
    Json.write(out, json -> write(json, explanation));
  }

  /**
   * Reads a file; keys it does not know are passed over.
   *
   * @throws InputException if it is no explanation; the message says where
   */
  public static Explanation read(Path path) {
    InputException.required(path, "the file to read");
    return ExplanationParser.parse(new JsonReader(Json.read(path, FORMAT), path.toString()));
  }

  /**
   * Reads a text; keys it does not know are passed over.
   *
   * @param where what the text is, for messages
   * @throws InputException if it is no explanation; the message says where
   */
  public static Explanation parse(String text, String where) {
    InputException.required(text, "the text to read");
    return ExplanationParser.parse(new JsonReader(Json.parse(text, where, FORMAT), where));
  }

  private static void write(JsonGenerator json, Explanation explanation) throws IOException {
    json.writeStartObject();
    json.writeStringField("format", FORMAT);
    json.writeNumberField("features", explanation.features());
    json.writePOJOField("feature_names", explanation.featureNames());
    writeInput(json, explanation.input());
    if (explanation.outputs().size() == 1) {
      writeOutput(json, explanation.outputs().get(0), explanation.input());
    } else {
      boolean examples = explanation.input() instanceof Input.Examples;
      if (examples && ExampleFindings.together(explanation.outputs())) {
        FindingsJson.write(json, ExampleFindings.over(explanation.outputs()));
      }
      json.writeArrayFieldStart("outputs");
      for (Output output : explanation.outputs()) {
        json.writeStartObject();
        writeOutput(json, output, explanation.input());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    writeProvenance(json, explanation.provenance());
    json.writeEndObject();
  }

  private static void writeInput(JsonGenerator json, Input input) throws IOException {
    Map<String, Object> record = input.record();
    if (!record.isEmpty()) {
      json.writePOJOField("input", record);
    }
  }

  /** Writes the keys from target to fit into the object that is open. */
  private static void writeOutput(JsonGenerator json, Output output, Input input)
      throws IOException {
    json.writeStringField("target", output.target());
    json.writeStringField("value", output.value());
    json.writeObjectFieldStart("method");
    json.writeStringField("asked", output.method().asked());
    json.writeStringField("ran", output.method().ran());
    json.writeStringField("refine", output.method().refine());
    json.writeEndObject();
    writeLink(json, output.link());
    writeSpectrum(json, output);
    writeInteractions(json, output.interactions());
    if (input instanceof Input.Examples) {
      FindingsJson.write(json, ExampleFindings.of(output));
    }
    if (input instanceof Input.Text text && text.isOfParts()) {
      CausesJson.write(json, Causes.of(output));
    }
    writeFit(json, output.fit());
    VerificationJson.write(json, output.verification());
  }

  /** Nothing where the spectrum is that of the values. */
  private static void writeLink(JsonGenerator json, Link link) throws IOException {
    if (link.isIdentity()) {
      return;
    }
    json.writeObjectFieldStart("link");
    json.writeStringField("function", link.label());
    if (link.kind() == Link.Kind.LOGIT) {
      json.writeNumberField("low", link.low());
      json.writeNumberField("high", link.high());
      json.writeNumberField("margin", link.margin());
    }
    json.writeEndObject();
  }

  private static void writeSpectrum(JsonGenerator json, Output output) throws IOException {
    Spectrum spectrum = output.spectrum();
    double[] errors = output.standardErrors();
    json.writeArrayFieldStart("spectrum");
    for (int i = 0; i < spectrum.size(); i++) {
      json.writeStartObject();
      Json.writeSet(json, spectrum.sets().get(i));
      json.writeNumberField("coefficient", spectrum.coefficient(i));
      if (errors.length > 0 && Double.isFinite(errors[i])) {
        json.writeNumberField("standard_error", errors[i]);
      }
      if (!output.foundBy().isEmpty()) {
        json.writePOJOField("found_by", output.foundBy().get(i));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeInteractions(JsonGenerator json, Interactions interactions)
      throws IOException {
    json.writeObjectFieldStart("interactions");
    json.writeStringField("index", interactions.index().label());
    json.writeNumberField("order", interactions.order());
    json.writeArrayFieldStart("values");
    for (Interaction interaction : interactions.values()) {
      json.writeStartObject();
      Json.writeSet(json, interaction.features());
      json.writeNumberField("value", interaction.value());
      if (interaction.standardError() != null) {
        Json.writeNumber(json, "standard_error", interaction.standardError());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeFit(JsonGenerator json, Fit fit) throws IOException {
    json.writeObjectFieldStart("fit");
    Json.writeNumber(json, "r2", fit.r2());
    json.writeStringField("r2_kind", fit.r2Kind().toString());
    json.writeNumberField("r2_masks", fit.r2Masks());
    if (fit.r2BySizeMasks() > 0) {
      Json.writeNumber(json, "r2_by_size", fit.r2BySize());
      json.writeNumberField("r2_by_size_masks", fit.r2BySizeMasks());
    }
    json.writeNumberField("masks", fit.masks());
    json.writeNumberField("evaluated", fit.evaluated());
    Json.writeNumber(json, "all", fit.all());
    Json.writeNumber(json, "none", fit.none());
    json.writeObjectFieldStart("seconds");
    json.writeNumberField("plan", fit.seconds().plan());
    json.writeNumberField("evaluate", fit.seconds().evaluate());
    json.writeNumberField("solve", fit.seconds().solve());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeProvenance(JsonGenerator json, Provenance provenance)
      throws IOException {
    json.writeObjectFieldStart("provenance");
    json.writeStringField("version", provenance.version());
    json.writeStringField("commit", provenance.commit());
    json.writeNumberField("seed", provenance.seed());
    json.writeStringField("backend", provenance.backend());
    json.writeStringField("device", provenance.device());
    json.writeStringField("driver", provenance.driver());
    json.writeStringField("java", provenance.java());
    json.writeStringField("model_sha256", provenance.modelSha256());
    json.writePOJOField("settings", ReportWriter.write(provenance.report()));
    json.writeEndObject();
  }
}
