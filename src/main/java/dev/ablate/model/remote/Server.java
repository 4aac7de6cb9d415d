package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.setting.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * A server that speaks OpenAI's protocols, and one model of it. Requests that fail on their way are
 * sent again; what cannot be mended so ends with an {@link InputException}. Several threads may ask
 * at once.
 */
public final class Server implements AutoCloseable {
  private static final int MOST_NAMED = 12;
  private static final int MOST_NAME = 60;

  private final ServerAddress address;
  private final Requests requests;
  private final String model;
  private final List<String> notes;
  private final Completions completions;
  private final Chat chat;
  private final Embeddings embeddings;
  private final InFlight inFlight;

  private Server(
      ServerAddress address, Requests requests, String model, List<String> notes, int atOnce) {
    this.address = address;
    this.requests = requests;
    this.model = model;
    this.notes = notes;
    this.completions = new Completions(requests, model);
    this.chat = new Chat(requests, model);
    this.embeddings = new Embeddings(requests, model);
    this.inFlight = new InFlight(atOnce);
  }

  /**
   * Asks a server for its models, in one request, and takes one.
   *
   * @param settings those of {@link ServerSettings}; others are not looked at
   * @throws InputException if nothing answers there, it is no such server, wants a key, or a model
   *     has to be named
   */
  public static Server open(ServerAddress address, Settings settings) {
    return open(address, settings, System.getenv());
  }

  /** The same with other environment variables. */
  static Server open(ServerAddress address, Settings settings, Map<String, String> environment) {
    Requests requests = new Requests(address, settings, environment);
    String named = settings.get(ServerSettings.MODEL_NAME);
    if (named != null && named.isBlank()) {
      throw new InputException(ServerSettings.MODEL_NAME + " is blank: name a model of the server");
    }
    List<String> listed = listed(requests, named != null);
    requests.list(all(listed));
    List<String> notes = new ArrayList<>();
    if (named != null && !listed.isEmpty() && !listed.contains(named)) {
      notes.add("the server does not list the model " + shown(named) + "; it lists " + all(listed));
    }
    String model = named == null ? only(requests, listed) : named;
    int atOnce = Math.toIntExact(settings.get(ServerSettings.CONCURRENCY));
    return new Server(address, requests, model, notes, atOnce);
  }

  /** What a server lists; nothing where it keeps no list and a name is known. */
  private static List<String> listed(Requests requests, boolean named) {
    try {
      return requests.get("/models", Server::names);
    } catch (Refused e) {
      if (named) {
        return List.of();
      }
      throw requests.refused(e);
    }
  }

  private static List<String> names(JsonNode reply) {
    List<String> names = new ArrayList<>();
    for (JsonNode entry : reply.path("data")) {
      if (entry.path("id").isTextual()) {
        names.add(entry.path("id").textValue());
      }
    }
    return names;
  }

  private static String only(Requests requests, List<String> listed) {
    if (listed.size() == 1) {
      return listed.get(0);
    }
    throw requests.line(
        (listed.isEmpty() ? "lists no models" : "has several models: " + all(listed))
            + "; name one as "
            + ServerSettings.MODEL_NAME);
  }

  private static String all(List<String> names) {
    String first =
        names.stream().limit(MOST_NAMED).map(Server::shown).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMED;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private static String shown(String name) {
    return OneLine.brief(Characters.line(name), MOST_NAME);
  }

  /** Where it is. */
  public ServerAddress address() {
    return address;
  }

  /** The model, as the server calls it. */
  public String model() {
    return model;
  }

  /** What it gives for texts and their continuations. */
  public Completions completions() {
    return completions;
  }

  /** What it replies to chats. */
  public Chat chat() {
    return chat;
  }

  /** What vectors it gives texts. */
  public Embeddings embeddings() {
    return embeddings;
  }

  /** What went there and came back so far. */
  public Traffic traffic() {
    return requests.counts().traffic();
  }

  /** Lines for the user about what was noticed so far, such as a model that is not listed. */
  public List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    all.addAll(chat.notes());
    all.addAll(requests.counts().notes());
    return all;
  }

  /**
   * Runs a task for 0 to {@code count - 1}, in this order, so many at once as the setting {@link
   * ServerSettings#CONCURRENCY} says. Once a task fails none begins, those that run are let end,
   * and the first failure is thrown. Once the calling thread is interrupted, requests on their way
   * are given up.
   *
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted; its
   *     status stays set
   */
  public void forEach(int count, IntConsumer task) {
    inFlight.forEach(count, task);
  }

  /** Asks nothing more. */
  @Override
  public void close() {
    requests.close();
  }
}
