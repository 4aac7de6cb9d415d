package dev.ablate.model.remote;

import dev.ablate.setting.Settings;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A server that speaks OpenAI's protocols, and one model of it. Requests that fail on their way are
 * sent again; what cannot be mended so ends with an {@link dev.ablate.code.InputException}. Several
 * threads may ask at once.
 */
public final class Server implements AutoCloseable {
  private Server() {}

  /**
   * Asks a server for its models, in one request, and takes one.
   *
   * @param settings those of {@link ServerSettings}; others are not looked at
   * @throws dev.ablate.code.InputException if nothing answers there, it is no such server, wants a
   *     key, or a model has to be named
   */
  public static Server open(ServerAddress address, Settings settings) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Where it is. */
  public ServerAddress address() {
    throw new UnsupportedOperationException("not yet");
  }

  /** The model, as the server calls it. */
  public String model() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What it gives for texts and their continuations. */
  public Completions completions() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What it replies to chats. */
  public Chat chat() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What vectors it gives texts. */
  public Embeddings embeddings() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What went there and came back so far. */
  public Traffic traffic() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Lines for the user about what was noticed so far, such as a model that is not listed. */
  public List<String> notes() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Runs a task for 0 to {@code count - 1}, in this order, so many at once as the setting {@link
   * ServerSettings#CONCURRENCY} says. Once a task fails none begins, those that run are let end, and
   * the first failure is thrown. Once the calling thread is interrupted, requests on their way are
   * given up.
   *
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted; its
   *     status stays set
   */
  public void forEach(int count, IntConsumer task) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Gives up what is on its way. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("not yet");
  }
}
