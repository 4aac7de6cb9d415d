package dev.ablate.model;

import dev.ablate.model.ResidentNetwork.Prefix;
import java.nio.IntBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The prefixes that were used last, each computed once. */
final class ResidentPrefixes implements AutoCloseable {
  private static final int MOST = 8;

  private final ResidentNetwork network;

  /** In the order of use, the latest last. */
  private final Map<IntBuffer, Prefix> recent = new LinkedHashMap<>(MOST, 0.75f, true);

  ResidentPrefixes(ResidentNetwork network) {
    this.network = network;
  }

  /**
   * A prefix; null for no tokens.
   *
   * @param busy whether a batch is under way, which may use one of those that are kept
   * @throws dev.ablate.code.InputException if the network fails on it
   */
  Prefix get(int[] tokens, boolean busy) {
    if (tokens.length == 0) {
      return null;
    }
    Prefix prefix = recent.get(IntBuffer.wrap(tokens));
    if (prefix == null) {
      if (!busy) {
        drop(MOST - 1);
      }
      prefix = network.prefix(tokens);
      recent.put(IntBuffer.wrap(tokens.clone()), prefix);
    }
    return prefix;
  }

  private void drop(int most) {
    Iterator<Prefix> oldest = recent.values().iterator();
    while (recent.size() > most) {
      oldest.next().close();
      oldest.remove();
    }
  }

  /** Frees all; none may be in use. */
  @Override
  public void close() {
    drop(0);
  }
}
