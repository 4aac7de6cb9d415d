package dev.ablate.run.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Subject;
import dev.ablate.model.ModelIdentity;
import dev.ablate.run.RunSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeSet;

/**
 * Whose values a journal holds: everything that decides what a mask's value is. The seed, the
 * budget and the method decide which masks are evaluated, not their values, so that a journal
 * serves any of them.
 *
 * @param json the parts by name
 */
public record JournalHeader(ObjectNode json) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int SHOWN = 70;

  /** The header of a game. Where the model came from is no part of it. */
  public static JournalHeader of(Game game) {
    Subject subject = game.subject();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("format", "ablate-journal/1");
    json.put("features", game.features());
    json.set("outputs", MAPPER.valueToTree(game.outputNames()));
    json.put("value", subject.value());
    json.putNull(ModelIdentity.NETWORK);
    if (subject.model() != null) {
      subject.model().hashes().forEach(json::put);
    }
    Map<String, Object> input = subject.input().deciding();
    if (input.isEmpty()) {
      json.set("feature_names", MAPPER.valueToTree(game.featureNames()));
    }
    json.setAll((ObjectNode) MAPPER.valueToTree(input));
    json.setAll((ObjectNode) MAPPER.valueToTree(subject.settings()));
    return new JournalHeader(json);
  }

  /** The header in UTF-8; the same parts give the same bytes. */
  byte[] bytes() {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks that a journal belongs to this game.
   *
   * @throws InputException if it does not; the message names the first part that differs
   */
  void requireSame(byte[] found, Path path) {
    JsonNode other;
    try {
      other = MAPPER.readTree(new String(found, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": its header is not JSON: name another file or delete this one",
          e);
    }
    TreeSet<String> names = new TreeSet<>();
    other.fieldNames().forEachRemaining(names::add);
    // In the order of the header, what decides most comes first.
    for (Iterator<String> own = json.fieldNames(); own.hasNext(); ) {
      String name = own.next();
      names.remove(name);
      requireSame(name, other, path);
    }
    names.forEach(name -> requireSame(name, other, path));
  }

  private void requireSame(String name, JsonNode other, Path path) {
    if (!json.path(name).equals(other.path(name))) {
      throw new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": the journal is of another "
              + name.replace('_', ' ')
              + " ("
              + shown(other.path(name), json.path(name))
              + ", this run has "
              + shown(json.path(name), other.path(name))
              + "): name another file, or go on with what the journal was begun for");
    }
  }

  /**
   * A part from a little before the place where it differs from the other. What differs there may
   * look alike, as two kinds of space do.
   */
  private static String shown(JsonNode part, JsonNode other) {
    String text = part.isMissingNode() ? "none" : part.toString();
    int same = 0;
    int most = Math.min(text.length(), other.toString().length());
    while (same < most && text.charAt(same) == other.toString().charAt(same)) {
      same++;
    }
    int from = same < SHOWN / 2 ? 0 : same - SHOWN / 4;
    int to = Math.min(text.length(), from + SHOWN);
    int end =
        same < text.length() && text.charAt(same) > '~' ? text.offsetByCodePoints(same, 1) : same;
    String differing = end > same ? String.format("<U+%04X>", text.codePointAt(same)) : "";
    String middle = text.substring(from, same) + differing + text.substring(end, Math.max(end, to));
    return (from > 0 ? "…" : "") + middle + (to < text.length() ? "…" : "");
  }
}
