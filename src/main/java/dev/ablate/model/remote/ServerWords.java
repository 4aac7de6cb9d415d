package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a server says of what went wrong, in one line that is safe to show. */
final class ServerWords {
  private static final int MOST = 200;
  private static final int MOST_READ = 1 << 16;
  private static final Pattern HTML = Pattern.compile("(?i)<!doctype html|<html");

  private final ServerKey key;

  ServerWords(ServerKey key) {
    this.key = key;
  }

  /** Whether a body is a web page. */
  static boolean isPage(byte[] body) {
    return HTML.matcher(start(body)).lookingAt();
  }

  /** The words of a body, with the server's code for them; empty for nothing. */
  String of(byte[] body) {
    String text = start(body);
    if (isPage(body)) {
      return "a web page";
    }
    if (!text.startsWith("{")) {
      return line(text);
    }
    try {
      return of(StrictJson.parse(text, "the answer"));
    } catch (InputException e) {
      return line(text);
    }
  }

  /** The words of an object: OpenAI's {@code error}, or what others have in its place. */
  String of(JsonNode json) {
    JsonNode error = json.hasNonNull("error") ? json.path("error") : json;
    String code = error.path("code").isTextual() ? ", " + error.path("code").textValue() : "";
    for (String name : new String[] {"message", "detail"}) {
      if (error.hasNonNull(name)) {
        return line(plain(error.path(name)) + code);
      }
    }
    return line(plain(error));
  }

  private static String plain(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  /** A text of the server's as one short line without the key. */
  String line(String text) {
    return OneLine.brief(Characters.line(key.without(text)), MOST);
  }

  private static String start(byte[] body) {
    return new String(body, 0, Math.min(body.length, MOST_READ), StandardCharsets.UTF_8).strip();
  }
}
