package dev.ablate.model.remote;

import dev.ablate.code.InputException;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The secret by which a server knows its users. It stands in the header of requests and nowhere
 * else: no message, file or hash has it.
 */
final class ServerKey {
  /** Where it is unless the user names another place. */
  static final String STANDARD = "OPENAI_API_KEY";

  private static final String HIDDEN = "(the key)";

  /** What is surely a name; others may be keys that were given in its place. */
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");

  /** Shorter ones guard nothing, such as EMPTY or ollama, and may be in any word. */
  private static final int LEAST = 8;

  private final String variable;
  private final String secret;
  private final boolean withheld;

  private ServerKey(String variable, String secret, boolean withheld) {
    this.variable = variable;
    this.secret = secret;
    this.withheld = withheld;
  }

  /**
   * The key for a server. One that nobody named is left at home where it would travel unencrypted
   * through a network: it may be another server's.
   *
   * @param variable the environment variable that the user named; null for none
   * @throws InputException if that variable is not there, or what it holds is no key
   */
  static ServerKey of(ServerAddress address, String variable, Map<String, String> environment) {
    String name = variable == null ? STANDARD : variable.strip();
    String secret = environment.getOrDefault(name, "").strip();
    if (secret.isEmpty()) {
      if (variable != null && !NAME.matcher(name).matches()) {
        throw new InputException(
            ServerSettings.KEY_VARIABLE
                + ": there is no environment variable of the name that was given; give the name of"
                + " one that holds the key, never the key itself");
      }
      if (variable != null) {
        throw wrong(
            name, "there is no such environment variable, or it is empty: set it to the key");
      }
      return new ServerKey(name, null, false);
    }
    if (!secret.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw wrong(name, "what it holds is no key: a blank, a line break or a letter beyond ASCII");
    }
    boolean open = !address.encrypts() && !isHere(address.base().getHost());
    boolean withheld = variable == null && open;
    return new ServerKey(name, withheld ? null : secret, withheld);
  }

  private static InputException wrong(String name, String what) {
    return new InputException(ServerSettings.KEY_VARIABLE + " " + name + ": " + what);
  }

  private static boolean isHere(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d+){3}");
  }

  /** Shows it to the server. */
  void show(HttpRequest.Builder request) {
    if (secret != null) {
      request.header("Authorization", "Bearer " + secret);
    }
  }

  /** A text of the server's without the key, which servers like to repeat. */
  String without(String text) {
    return secret == null || secret.length() < LEAST ? text : text.replace(secret, HIDDEN);
  }

  /** What to do where a server lets nobody in; the server's own words may hold part of the key. */
  String cure() {
    if (withheld) {
      return "it wants a key; the one in "
          + variable
          + " was not sent, because it would travel unencrypted: use https, or name the variable as "
          + ServerSettings.KEY_VARIABLE;
    }
    if (secret == null) {
      return "it wants a key: put it into the environment variable "
          + variable
          + ", or name another one as "
          + ServerSettings.KEY_VARIABLE;
    }
    return "it refuses the key in "
        + variable
        + ": look whether it is the right one and may use this model";
  }
}
