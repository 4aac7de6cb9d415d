package dev.ablate.model.remote;

import java.net.URI;

/**
 * Where a server is.
 *
 * @param base what paths such as {@code /completions} stand behind, such as {@code
 *     http://localhost:8000/v1}, without credentials, query and fragment
 * @param query sent with each request, as some servers want it; null for none. It is in no message.
 */
public record ServerAddress(URI base, String query) {
  /** Whether a text is meant as the address of a server rather than as a path. */
  public static boolean isOne(String text) {
    return text.regionMatches(true, 0, "http://", 0, 7)
        || text.regionMatches(true, 0, "https://", 0, 8);
  }

  /**
   * Reads an address; where it has no path, {@code /v1} is meant.
   *
   * @throws dev.ablate.code.InputException if it is none, or holds credentials
   */
  public static ServerAddress parse(String text) {
    throw new UnsupportedOperationException("not yet");
  }

  /** The address as messages and files name it: without credentials, query and fragment. */
  @Override
  public String toString() {
    return base.toString();
  }
}
