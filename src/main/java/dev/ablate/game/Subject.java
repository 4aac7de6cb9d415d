package dev.ablate.game;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who a game is: everything that decides what the value of a mask is, beside its features and
 * outputs. A journal gives its values to a game of an equal subject only; explanations record it.
 *
 * @param input what is taken apart
 * @param value kind of value, such as {@code log-odds}
 * @param model what gives the values, null for a bare value function
 * @param settings how the lens makes masks into inputs: plain strings, numbers and lists by name
 */
public record Subject(Input input, String value, Model model, Map<String, Object> settings) {
  /** A bare value function, of which nothing is known. */
  public static final Subject BARE = new Subject(Input.BARE, "value", null, Map.of());

  /** Copies the settings and keeps their order. */
  public Subject {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * A model by what is in it.
   *
   * @param name where it came from; no part of what decides a value
   * @param hashes SHA-256 in hexadecimal of each part that decides a value, by name; {@code
   *     model_sha256} is the network with its weights
   */
  public record Model(String name, Map<String, String> hashes) {
    /** The hash of the network with its weights. */
    public static final String NETWORK = "model_sha256";

    /** Copies the hashes and keeps their order. */
    public Model {
      hashes = Collections.unmodifiableMap(new LinkedHashMap<>(hashes));
    }

    /** Hash of the network with its weights, null where it is not known. */
    public String sha256() {
      return hashes.get(NETWORK);
    }
  }
}
