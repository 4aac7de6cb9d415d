package dev.ablate.model;

import dev.ablate.model.ResidentNetwork.Prefix;
import java.nio.IntBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The prefixes that were used last, each computed once. */
final class ResidentPrefixes {
  private static final int MOST = 8;

  private final ResidentNetwork network;

  /** In the order of use, the latest last. */
  private final Map<IntBuffer, Prefix> recent = new LinkedHashMap<>(MOST, 0.75f, true);

  ResidentPrefixes(ResidentNetwork network) {
    this.network = network;
  }

  /**
   * A prefix; null for no tokens, and where the network says that rows cannot share it.
   *
   * @param busy whether a batch is under way, which may use one of those that are kept
   * @throws dev.ablate.code.InputException if the network fails on it
   */
  Prefix get(int[] tokens, boolean busy) {
    if (tokens.length == 0) {
      return null;
    }
    IntBuffer key = IntBuffer.wrap(tokens.clone());
    Prefix prefix = recent.get(key);
    if (prefix == null && !recent.containsKey(key)) {
      if (!busy) {
        drop(MOST - 1);
      }
      prefix = network.prefix(tokens);
      recent.put(key, prefix);
    }
    return prefix;
  }

  private void drop(int most) {
    Iterator<Prefix> oldest = recent.values().iterator();
    while (recent.size() > most) {
      Prefix prefix = oldest.next();
      if (prefix != null) {
        prefix.close();
      }
      oldest.remove();
    }
  }

  /** Frees all; none may be in use. */
  void free() {
    drop(0);
  }
}
