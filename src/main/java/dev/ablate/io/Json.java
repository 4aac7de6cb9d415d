package dev.ablate.io;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the JSON formats share. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /** Writes something with a generator. */
  @FunctionalInterface
  interface Body {
    /** Writes one JSON value. */
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes indented JSON and a line feed; the stream stays open. */
  static void write(OutputStream out, Body body) throws IOException {
    write(MAPPER.getFactory().createGenerator(out).useDefaultPrettyPrinter(), body);
  }

  /** Writes JSON in one line and a line feed; the stream stays open. */
  static void writeLine(OutputStream out, Body body) throws IOException {
    write(MAPPER.getFactory().createGenerator(out), body);
  }

  private static void write(JsonGenerator json, Body body) throws IOException {
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setCharacterEscapes(new TerminalEscapes());
    body.write(json);
    json.writeRaw('\n');
    json.close();
  }

  /** Reads a file as an object of the given format. */
  static JsonNode read(Path path, String format) {
    try (InputStream in = Files.newInputStream(path)) {
      return requireFormat(StrictJson.read(in, path.toString()), path.toString(), format);
    } catch (NoSuchFileException e) {
      throw new InputException(FileTrouble.missing(path) + ": check the path", e);
    } catch (IOException e) {
      throw new InputException(
          "cannot read " + path + " (" + FileTrouble.reason(e) + "): check the file", e);
    }
  }

  /** Reads a text as an object of the given format. */
  static JsonNode parse(String text, String where, String format) {
    return requireFormat(StrictJson.parse(text, where), where, format);
  }

  private static JsonNode requireFormat(JsonNode node, String where, String format) {
    JsonNode found = node.path("format");
    if (!found.isTextual() || !found.textValue().equals(format)) {
      throw new InputException(
          where
              + (found.isMissingNode()
                  ? " has no format"
                  : " has format " + OneLine.brief(found.asText(), 60))
              + ": this version reads "
              + format);
    }
    return node;
  }

  /** Writes a number, null when it is not finite. */
  static void writeNumber(JsonGenerator json, String key, double value) throws IOException {
    json.writeFieldName(key);
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  /** Writes a set of features as a list. */
  static void writeSet(JsonGenerator json, int[] set) throws IOException {
    json.writeFieldName("features");
    json.writeArray(set, 0, set.length);
  }

  /** Settings with null for numbers that are not finite, which JSON cannot hold. */
  static Object finite(Object value) {
    if (value instanceof Double d && !Double.isFinite(d)
        || value instanceof Float f && !Float.isFinite(f)) {
      return null;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, inner) -> copy.put(key, finite(inner)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(inner -> copy.add(finite(inner)));
      return copy;
    }
    return value;
  }
}
