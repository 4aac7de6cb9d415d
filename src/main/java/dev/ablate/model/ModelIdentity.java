package dev.ablate.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model by what is in it.
 *
 * @param name where it came from; no part of what decides a value
 * @param hashes SHA-256 in hexadecimal of each part that decides a value, by name; {@code
 *     model_sha256} is the network with its weights. Of a model behind a server nobody knows them:
 *     its address and its name there stand in their place
 */
public record ModelIdentity(String name, Map<String, String> hashes) {
  /** The hash of the network with its weights. */
  public static final String NETWORK = "model_sha256";

  /** Copies the hashes and keeps their order. */
  public ModelIdentity {
    hashes = Collections.unmodifiableMap(new LinkedHashMap<>(hashes));
  }

  /** Hash of the network with its weights, null where it is not known. */
  public String sha256() {
    return hashes.get(NETWORK);
  }
}
