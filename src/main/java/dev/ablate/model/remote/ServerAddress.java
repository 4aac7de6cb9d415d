package dev.ablate.model.remote;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Where a server is.
 *
 * @param base what paths such as {@code /completions} stand behind, such as {@code
 *     http://localhost:8000/v1}, without credentials, query and fragment
 * @param query sent with each request, as some servers want it; null for none. It is in no message.
 */
public record ServerAddress(URI base, String query) {
  /** Where servers keep the protocols when an address names no path. */
  private static final String STANDARD_PATH = "/v1";

  /** What people copy behind it. */
  private static final List<String> ENDS =
      List.of("/chat/completions", "/completions", "/embeddings", "/models");

  private static final int HIGHEST_PORT = 65535;
  private static final int MOST_SHOWN = 120;

  /** Whether a text is meant as the address of a server rather than as a path. */
  public static boolean isOne(String text) {
    return text.regionMatches(true, 0, "http://", 0, 7)
        || text.regionMatches(true, 0, "https://", 0, 8);
  }

  /** Whether a path that is none may be meant as an address, such as {@code localhost:8000}. */
  public static boolean mayBeMeant(String path) {
    return path.matches("[A-Za-z]+:/.*|[A-Za-z0-9.-]+:\\d+(/.*)?|\\[[0-9A-Fa-f:.]+\\].*");
  }

  /**
   * Reads an address; where it has no path, {@code /v1} is meant.
   *
   * @throws InputException if it is none, or holds credentials
   */
  public static ServerAddress parse(String text) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      // What Java says of it repeats all of it, credentials included.
      throw wrong(shown(text), e.getReason().toLowerCase(Locale.ROOT));
    }
    if (uri.getRawUserInfo() != null || text.contains("@")) {
      throw wrong(
          shown(text),
          "holds credentials, which would stay in files: put the key into the environment variable "
              + ServerKey.STANDARD
              + ", or name another one as "
              + ServerSettings.KEY_VARIABLE);
    }
    if (uri.getHost() == null && String.valueOf(uri.getRawAuthority()).contains("_")) {
      throw wrong(
          shown(text),
          "names a host with an underscore, which is none: give another name or its IP");
    }
    if (!isOne(text.strip()) || uri.getHost() == null) {
      throw wrong(shown(text), "names no host");
    }
    if (uri.getPort() == 0 || uri.getPort() > HIGHEST_PORT) {
      throw wrong(shown(text), "port " + uri.getPort() + " is not from 1 to " + HIGHEST_PORT);
    }
    String base =
        uri.getScheme().toLowerCase(Locale.ROOT)
            + "://"
            + uri.getHost().toLowerCase(Locale.ROOT)
            + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
            + path(uri.getRawPath());
    return new ServerAddress(URI.create(base), uri.getRawQuery());
  }

  private static String path(String given) {
    String path = given.replaceAll("/+$", "");
    for (String end : ENDS) {
      if (path.endsWith(end)) {
        path = path.substring(0, path.length() - end.length());
        break;
      }
    }
    return path.isEmpty() ? STANDARD_PATH : path;
  }

  private static InputException wrong(String shown, String what) {
    return new InputException(
        InputException.setting("model")
            + " "
            + shown
            + ": "
            + what
            + "; write it like http://localhost:8000/v1");
  }

  /** What a message may show of an address that is wrong: nothing that may be a secret. */
  private static String shown(String text) {
    String plain = text.strip().replaceAll("(?<=//)[^/]*@", "").replaceAll("[?#].*", "");
    return OneLine.brief(plain, MOST_SHOWN);
  }

  /** The address of something behind the base, its query included. */
  URI at(String path) {
    return URI.create(base + path + (query == null ? "" : "?" + query));
  }

  /** Whether what is sent there is encrypted. */
  boolean encrypts() {
    return base.getScheme().equals("https");
  }

  /** The address as messages and files name it: without credentials, query and fragment. */
  @Override
  public String toString() {
    return base.toString();
  }
}
