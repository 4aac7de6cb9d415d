package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.R2Kind;
import dev.ablate.index.Index;
import dev.ablate.solve.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Interactions in the JSON that shapiq's {@code InteractionValues.load} reads; see docs/formats.md.
 */
public final class ShapiqFile {
  /** The shapiq whose format this is. */
  private static final String SHAPIQ_VERSION = "1.6.0";

  private ShapiqFile() {}

  /**
   * Writes one output's interactions.
   *
   * @param path ends with {@code .json}, or shapiq does not load it
   * @param output what to write
   * @param provenance where it comes from
   * @throws InputException if shapiq has no such index, or the file cannot be written
   */
  public static void write(Path path, Output output, Provenance provenance) {
    requireWritable(path, output.interactions().index());
    if (!Double.isFinite(baseline(output))) {
      throw new InputException(
          path + ": the value with nothing kept is no double; scale the values");
    }
    AtomicFiles.write(path, out -> Json.write(out, json -> write(json, output, provenance)));
  }

  /**
   * Checks that a file can be written, before long work begins.
   *
   * @throws InputException if it cannot, or shapiq would not load it
   */
  public static void requireWritable(Path path, Index index) {
    indexName(index);
    if (!path.toString().endsWith(".json")) {
      throw new InputException(
          path + " does not end with .json and shapiq would not load it: name it so");
    }
    AtomicFiles.requireWritable(path);
  }

  private static void write(JsonGenerator json, Output output, Provenance provenance)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("object_name", "InteractionValues");
    json.writeStringField("data_type", "interaction_values");
    json.writeStringField("version", SHAPIQ_VERSION);
    json.writeStringField("created_from", "Ablate " + provenance.version());
    json.writeStringField("description", output.value() + " of " + output.target());
    json.writeObjectFieldStart("parameters");
    json.writeEndObject();
    json.writeStringField("timestamp", Instant.now().toString());
    writeMetadata(json, output, provenance);
    writeData(json, output.interactions());
    json.writeEndObject();
  }

  private static void writeMetadata(JsonGenerator json, Output output, Provenance provenance)
      throws IOException {
    Index index = output.interactions().index();
    boolean estimated = !Method.EXACT.is(output.method().ran()) || isUncertain(output);
    json.writeObjectFieldStart("metadata");
    json.writeNumberField("n_players", output.spectrum().features());
    json.writeStringField("index", indexName(index));
    json.writeNumberField("max_order", maxOrder(output));
    json.writeNumberField("min_order", hasEmptySet(index) ? 0 : 1);
    json.writeBooleanField("estimated", estimated);
    json.writeNumberField("estimation_budget", budget(output.fit(), provenance));
    json.writeNumberField("baseline_value", baseline(output));
    json.writeEndObject();
  }

  /** Whether a transform is not the whole game's: of repeats that differ, or of too few masks. */
  private static boolean isUncertain(Output output) {
    int features = output.spectrum().features();
    return output.fit().r2Kind() == R2Kind.FITTED
        || output.standardErrors().length > 0
        || features >= Integer.SIZE - 1
        || output.fit().masks() < 1L << features;
  }

  /** Masks that the values come from: the game's, a journal's, or those of a table. */
  private static long budget(Fit fit, Provenance provenance) {
    Long recalled = provenance.report().journalMasks();
    long asked = fit.evaluated() + (recalled == null ? 0 : recalled);
    return asked > 0 ? asked : fit.masks();
  }

  private static void writeData(JsonGenerator json, Interactions interactions) throws IOException {
    json.writeObjectFieldStart("data");
    if (hasEmptySet(interactions.index())) {
      json.writeNumberField("Empty", emptyValue(interactions));
    }
    List<Interaction> inOrder =
        interactions.values().stream()
            .filter(interaction -> interaction.order() > 0)
            .sorted(Comparator.comparing(Interaction::features, Sets::compare))
            .toList();
    for (Interaction interaction : inOrder) {
      String key =
          IntStream.of(interaction.features())
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(","));
      json.writeNumberField(key, interaction.value());
    }
    json.writeEndObject();
  }

  /** More than there are features makes no sense to shapiq. */
  private static int maxOrder(Output output) {
    return Math.min(output.interactions().order(), output.spectrum().features());
  }

  /**
   * What shapiq keeps beside the interactions: {@code f(none)}, or for the indices where it takes
   * the empty set's value for the baseline, that value.
   */
  private static double baseline(Output output) {
    return switch (output.interactions().index()) {
      case BII, FBII -> emptyValue(output.interactions());
      default -> output.none();
    };
  }

  private static boolean hasEmptySet(Index index) {
    return index != Index.SV && index != Index.BV;
  }

  private static double emptyValue(Interactions interactions) {
    return interactions.values().stream()
        .filter(interaction -> interaction.order() == 0)
        .mapToDouble(Interaction::value)
        .sum();
  }

  private static String indexName(Index index) {
    return switch (index) {
      case MOEBIUS -> "Moebius";
      case SV -> "SV";
      case BV -> "BV";
      case SII -> "SII";
      case BII -> "BII";
      case K_SII -> "k-SII";
      case STII -> "STII";
      case FSII -> "FSII";
      case FBII -> "FBII";
      case FOURIER ->
          throw new InputException(
              "shapiq has no index "
                  + index.label()
                  + ": choose another "
                  + InputException.setting("index")
                  + ", such as k-sii or fbii");
    };
  }
}
