package dev.ablate.backend;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;

/** Chooses a backend and says why. */
public final class Backends {
  private static final int MOST_THREADS = 1024;

  private Backends() {}

  /**
   * A backend and the line that explains the choice.
   *
   * @param backend the backend, open
   * @param reason what was chosen, what was rejected and why, and the flag that changes it
   */
  public record Choice(Backend backend, String reason) implements AutoCloseable {
    @Override
    public void close() {
      backend.close();
    }
  }

  /**
   * Opens the backend that was asked for.
   *
   * @param asked {@code auto} or {@code host}
   * @param threads host threads, 0 for one a processor
   * @throws InputException if there is no such backend
   */
  public static Choice open(String asked, int threads) {
    if (threads < 0 || threads > MOST_THREADS) {
      throw new InputException(
          "--threads " + threads + ": must be 0 (all) or up to " + MOST_THREADS);
    }
    if (!asked.equals("auto") && !asked.equals("host")) {
      throw new InputException("--backend " + asked + ": unknown; this version has auto and host");
    }
    HostBackend host = threads == 0 ? new HostBackend() : new HostBackend(threads);
    String why =
        asked.equals("host")
            ? "host: asked for"
            : "host: the only backend of this version (--backend host to fix it)";
    return new Choice(host, why);
  }
}
