package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import dev.ablate.json.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an answer of a server means: its JSON, something that may pass, or a line for the user. */
final class Replies {
  /** Who is told to wait longer is told to come another time. */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** How answers may come: as they are, because the client knows no compression. */
  static final String PLAIN = "identity";

  private static final int MOST_START = 64;

  /** How servers say that a text is too long for the model. */
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "(?is).*(context[ _-]?(length|window|size)|maximum (context|input|sequence)|too long"
              + "|too many tokens|exceed.{0,40}(context|token|length)"
              + "|(less|fewer) than .{0,30}tokens|too large to process).*");

  /** How servers say that they do not have the model. */
  private static final Pattern NO_MODEL =
      Pattern.compile("(?is).*model.*(not|unknown|invalid|exist).*|.*(no|unknown) (such )?model.*");

  private final ServerAddress address;
  private final ServerKey key;
  private final ServerWords words;

  Replies(ServerAddress address, ServerKey key) {
    this.address = address;
    this.key = key;
    this.words = new ServerWords(key);
  }

  /**
   * The JSON of an answer.
   *
   * @throws Passing if the same may go better when it is sent again
   * @throws Refused if it would not
   * @throws InputException if nothing that is sent there would
   */
  JsonNode read(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return json(response);
    }
    if (status >= 300 && status < 400) {
      throw line("sends on to " + target(response) + ", where nothing was sent: give that address");
    }
    if (status == 401 || status == 403) {
      String page = ServerWords.isPage(response.body()) ? " by a web page, perhaps a proxy's" : "";
      throw ofAll("lets nobody in (" + status + page + "): " + key.cure());
    }
    if (status == 407) {
      throw line(
          "is behind a proxy that wants a password (407): go there by another one, or by none"
              + " (-Dhttp.nonProxyHosts=HOST in ABLATE_JAVA_OPTIONS)");
    }
    String said = compression(response).isEmpty() ? words.of(response.body()) : "";
    if (status == 429 && said.contains("insufficient_quota")) {
      throw ofAll("has no quota left for this key (429): raise it there");
    }
    boolean never = status == 501 || status == 505;
    boolean passes = status == 408 || status == 425 || status == 429 || status >= 500 && !never;
    throw passes ? passing(response, said) : refused(response, said);
  }

  /** The line for something that sending again did not mend. */
  InputException lasting(Passing trouble, int tries) {
    String often = tries == 1 ? "" : ", " + tries + " times in a row";
    String line =
        trouble.getMessage()
            + often
            + ": try again later, with fewer requests at once ("
            + ServerSettings.CONCURRENCY
            + ") or with more "
            + ServerSettings.RETRIES;
    return trouble.isAway() ? ofAll(line) : line(line);
  }

  /** A line about the server. */
  InputException line(String did) {
    return new InputException(told(did));
  }

  private String told(String did) {
    return key.without("the server " + address + " " + did);
  }

  /** A line about what no other request would fare better at. */
  private InputException ofAll(String did) {
    return InputException.ofAll(told(did));
  }

  private JsonNode json(HttpResponse<byte[]> response) {
    byte[] body = response.body();
    String compression = compression(response);
    if (!compression.isEmpty()) {
      throw line(
          "answers in the encoding "
              + words.line(compression)
              + ", which nobody asked for: switch that off there, or in the proxy before it");
    }
    if (ServerWords.isPage(body)) {
      throw noServer("a web page");
    }
    String start =
        new String(body, 0, Math.min(body.length, MOST_START), StandardCharsets.UTF_8)
            .replace("\uFEFF", "")
            .strip();
    if (!start.isEmpty() && !start.startsWith("{")) {
      throw noServer("\"" + words.line(start) + "\"");
    }
    JsonNode json;
    try {
      json = StrictJson.read(new ByteArrayInputStream(body), "the answer");
    } catch (InputException | IOException e) {
      throw new Passing("sent an answer that is cut short or broken");
    }
    if (!json.isObject()) {
      throw new Passing("sent an empty answer");
    }
    if (json.hasNonNull("error")) {
      String said = words.of(json);
      throw new Refused(said, "refuses the request: " + said, Refused.About.FORM);
    }
    return json;
  }

  /** In what way an answer is compressed; empty for none. */
  private static String compression(HttpResponse<byte[]> response) {
    String said = response.headers().firstValue("Content-Encoding").orElse("").strip();
    return said.equalsIgnoreCase(PLAIN) ? "" : said;
  }

  private InputException noServer(String sent) {
    return line(
        "answers with "
            + sent
            + " where JSON should be: it is no such server, its address lacks a path such as /v1,"
            + " or a proxy answered");
  }

  private Passing passing(HttpResponse<byte[]> response, String said) {
    int status = response.statusCode();
    Optional<Duration> wait = RetryAfter.of(response.headers(), Instant.now());
    if (wait.isPresent() && wait.get().compareTo(LONGEST_WAIT) > 0) {
      throw ofAll(
          "wants to be left alone for "
              + wait.get().toSeconds()
              + " seconds ("
              + status
              + "), which is longer than a run waits ("
              + LONGEST_WAIT.toSeconds()
              + "): go on after that");
    }
    boolean putOff = status == 429;
    String what = putOff ? "puts requests off" : "fails";
    return new Passing(what + quoted(status, said), wait.orElse(null), putOff);
  }

  private Refused refused(HttpResponse<byte[]> response, String said) {
    int status = response.statusCode();
    String line;
    Refused.About about = Refused.About.TEXT_OR_PATH;
    if (status == 413 || TOO_LONG.matcher(said).matches()) {
      line =
          "says that the text is longer than the model takes"
              + quoted(status, said)
              + ": shorten it";
    } else if (said.contains("model_not_found")
        || status == 404 && NO_MODEL.matcher(said).matches()) {
      line =
          "does not know the model"
              + quoted(status, said)
              + ": name one that it has as "
              + ServerSettings.MODEL_NAME;
      about = Refused.About.MODEL;
    } else if (status == 404 || status == 405) {
      line =
          "has no "
              + response.request().uri().getPath()
              + quoted(status, said)
              + ": it is no such server, its address lacks a path such as /v1, or it "
              + (response.request().method().equals("GET")
                  ? "keeps no list of models: name one as " + ServerSettings.MODEL_NAME
                  : "wants another " + ServerSettings.PROTOCOL);
    } else {
      line = "refuses the request" + quoted(status, said);
      about = Refused.About.FORM;
    }
    return new Refused(said, line, about);
  }

  private static String quoted(int status, String said) {
    return " (" + status + (said.isEmpty() ? "" : ": " + said) + ")";
  }

  private String target(HttpResponse<byte[]> response) {
    String place = response.headers().firstValue("Location").orElse("nowhere");
    try {
      URI target = response.request().uri().resolve(URI.create(place.strip()));
      return words.line(target.getScheme() + "://" + target.getHost() + target.getPath());
    } catch (IllegalArgumentException e) {
      return "another place";
    }
  }
}
