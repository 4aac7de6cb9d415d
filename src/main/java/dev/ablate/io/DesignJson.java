package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Designs as JSON, format {@code ablate-design/1}; see docs/formats.md. */
public final class DesignJson {
  private static final String FORMAT = "ablate-design/1";
  private static final int SHOWN = 60;

  /** Beyond this the number of all masks is no number that Java counts with. */
  private static final int MOST_EXHAUSTIVE_FEATURES = Long.SIZE - 2;

  private DesignJson() {}

  /**
   * Writes a file.
   *
   * @throws InputException if it cannot be written
   */
  public static void write(Path path, Design design) {
    AtomicFiles.write(path, writer(design));
  }

  static AtomicFiles.Writer writer(Design design) {
    return out -> Json.write(out, json -> write(json, design));
  }

  private static void write(JsonGenerator json, Design design) throws IOException {
    json.writeStartObject();
    json.writeStringField("format", FORMAT);
    json.writeStringField("kind", design.kind());
    json.writeNumberField("features", design.features());
    json.writeNumberField("masks", design.masks());
    if (design instanceof Design.Joined joined) {
      json.writeNumberField("paired_masks", joined.paired().masks());
      json.writeNumberField("seed", joined.paired().seed());
      writeCode(json, joined.coded());
    } else if (design instanceof Design.Paired paired) {
      json.writeNumberField("seed", paired.seed());
    } else if (design instanceof Design.Uniform uniform) {
      json.writeNumberField("seed", uniform.seed());
    } else if (design instanceof Design.Coded coded) {
      json.writeNumberField("seed", coded.seed());
      writeCode(json, coded);
    }
    json.writeEndObject();
  }

  private static void writeCode(JsonGenerator json, Design.Coded coded) throws IOException {
    json.writeNumberField("groups", coded.groups());
    json.writeNumberField("dimension", coded.dimension());
    json.writeNumberField("errors", coded.errors());
    json.writeNumberField("delays", coded.delays());
  }

  /**
   * Reads a file; keys it does not know are passed over.
   *
   * @throws InputException if it is no design; the message says where
   */
  public static Design read(Path path) {
    Path previous = DesignFiles.previous(path.toAbsolutePath());
    if (!Files.exists(path) && Files.exists(previous)) {
      throw new InputException(
          path
              + " does not exist: writing a new design was stopped halfway; write it again, or take"
              + " the one before it: "
              + previous.getFileName()
              + " and masks.npy"
              + DesignFiles.PREVIOUS
              + " (masks.npy where that is not there)");
    }
    JsonReader json = new JsonReader(Json.read(path, FORMAT), path.toString());
    String kind = json.text("kind");
    long masks = json.atLeast("masks", 1);
    Design design =
        switch (kind) {
          case "uniform" ->
              new Design.Uniform(json.count("features", 1), masks, json.integer("seed"));
          case "exhaustive" ->
              new Design.Exhaustive(json.between("features", 1, MOST_EXHAUSTIVE_FEATURES));
          case "coded" -> coded(json);
          case "paired-uniform", "paired-size", "paired-both" ->
              new Design.Paired(
                  sampling(kind), json.count("features", 1), masks, json.integer("seed"));
          case "paired-uniform+coded", "paired-size+coded", "paired-both+coded" ->
              new Design.Joined(
                  new Design.Paired(
                      sampling(kind.substring(0, kind.indexOf('+'))),
                      json.count("features", 1),
                      json.atLeast("paired_masks", 1),
                      json.integer("seed")),
                  coded(json));
          case "foreign" -> new Design.Foreign(json.count("features", 1), masks);
          default ->
              throw new InputException(
                  path
                      + " has a design of kind "
                      + OneLine.brief(kind, SHOWN)
                      + ": this version knows paired-uniform, paired-size, paired-both, uniform,"
                      + " exhaustive, coded, paired ones with +coded and foreign");
        };
    if (design.masks() != masks) {
      throw new InputException(
          path
              + " says "
              + masks
              + " masks and its design has "
              + design.masks()
              + ": write it again");
    }
    return design;
  }

  private static MaskSampling sampling(String kind) {
    String word = kind.substring(kind.indexOf('-') + 1);
    return MaskSampling.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static Design.Coded coded(JsonReader json) {
    int features = json.count("features", 1);
    int groups = json.count("groups", 1);
    int dimension = json.count("dimension", 1);
    int errors = json.count("errors", 1);
    long seed = json.integer("seed");
    Design.Coded design;
    try {
      design = CodedDesign.of(features, groups, dimension, errors, seed);
    } catch (InputException e) {
      throw e.at(json.where());
    }
    if (design.delays() != json.integer("delays")) {
      throw new InputException(
          json.where()
              + " says "
              + json.integer("delays")
              + " delays and its code has "
              + design.delays()
              + ": write it again");
    }
    return design;
  }
}
