package dev.ablate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.ExplanationJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Many texts, one explanation file each.
 *
 * @param items the texts, with distinct ids
 * @param out where the explanations go
 */
record TextBatch(List<Item> items, Path out) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What some editors put before the first line. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /**
   * One text.
   *
   * @param id names its file
   * @param text the text
   * @param line where it was read, from 1
   */
  record Item(String id, String text, int line) {}

  /**
   * Reads the texts.
   *
   * @throws InputException if the file cannot be read or a line of it cannot be used
   */
  static TextBatch read(Path input, Path out) {
    List<String> lines;
    try {
      lines = Files.readAllLines(input);
    } catch (CharacterCodingException e) {
      throw new InputException("--input " + input + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new InputException("--input " + input + ": cannot be read (" + reason(e) + ")", e);
    }
    List<Item> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int l = 0; l < lines.size(); l++) {
      String line = l == 0 ? withoutMark(lines.get(l)) : lines.get(l);
      if (!line.isBlank()) {
        Item item = item(line, input + " line " + (l + 1), l + 1);
        if (!ids.add(item.id)) {
          throw new InputException(
              input + " line " + (l + 1) + ": the id \"" + item.id + "\" is there twice");
        }
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      throw new InputException("--input " + input + ": no texts; give a JSON object a line");
    }
    return new TextBatch(items, out);
  }

  private static String withoutMark(String line) {
    return line.startsWith(BYTE_ORDER_MARK) ? line.substring(BYTE_ORDER_MARK.length()) : line;
  }

  private static Item item(String json, String where, int line) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InputException(where + ": not JSON; give {\"text\": \"…\"}", e);
    }
    if (!node.path("text").isTextual() || node.path("text").asText().isBlank()) {
      throw new InputException(where + ": no \"text\"; give {\"text\": \"…\"}");
    }
    String id = node.hasNonNull("id") ? node.get("id").asText() : Integer.toString(line);
    if (!id.matches("[\\w.-]{1,100}") || id.startsWith(".")) {
      throw new InputException(
          where + ": the id \"" + id + "\" names a file; use letters, digits, _, - and .");
    }
    return new Item(id, node.get("text").asText(), line);
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "");
  }

  /**
   * Explains every text and writes its file as soon as it is done. A text that cannot be explained
   * is reported and the rest goes on.
   *
   * @param explainer from a text and its journal, which may be null, to its explanation
   * @param journals folder of the journals, or null for none
   * @throws InputException if results cannot be written; at the end if some texts could not be
   *     explained
   */
  void explain(BiFunction<String, Path, Explanation> explainer, Path journals, CommandSpec spec) {
    AtomicFiles.makeFolder(out);
    if (journals != null) {
      AtomicFiles.makeFolder(journals);
    }
    PrintWriter result = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    int failed = 0;
    for (Item item : items) {
      Path file = out.resolve(item.id + ".json");
      try {
        Path journal = journals == null ? null : journals.resolve(item.id + ".journal");
        Explanation explanation = explainer.apply(item.text, journal);
        ExplanationJson.write(file, explanation);
        result.println(file + "  " + summary(explanation));
        result.flush();
      } catch (InputException e) {
        failed++;
        err.println("ablate: line " + item.line + ": " + e.getMessage());
        err.flush();
      }
    }
    if (failed > 0) {
      throw new InputException(
          failed
              + " of "
              + items.size()
              + " texts could not be explained; the others are in "
              + out);
    }
  }

  private static String summary(Explanation explanation) {
    Fit fit = explanation.outputs().get(0).fit();
    return String.format(
        Locale.ROOT,
        "%d features  R² %s  %d masks  %.2f s",
        explanation.features(),
        fit.r2Kind().equals("exact") ? "exact" : String.format(Locale.ROOT, "%.4f", fit.r2()),
        fit.evaluated(),
        fit.seconds().plan() + fit.seconds().evaluate() + fit.seconds().solve());
  }
}
