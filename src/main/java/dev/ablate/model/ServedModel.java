package dev.ablate.model;

import dev.ablate.code.InputException;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.Server;
import dev.ablate.model.remote.ServerAddress;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A model behind a server. Its own tokens are not known, so that its tokenizer cuts texts into
 * characters: a row of them is the text that is sent.
 */
public final class ServedModel extends TextModel {
  /** Whether the server is tried before anything is spent on it. */
  public static final Setting<Trying> PROBE =
      Setting.of(
              "probe",
              "yes|no",
              Kind.Choice.of(Trying.class),
              "tries a server first, in at most 24 requests: whether the same request has the same"
                  + " values in any order and company, and whether all of the prompt arrives")
          .standard(Trying.YES);

  /** What may be set about a model behind a server. */
  public static final List<Setting<?>> SETTINGS =
      Stream.concat(ServerSettings.ALL.stream(), Stream.of(PROBE)).toList();

  /** The server's address, among what decides values. */
  private static final String ADDRESS = "server";

  private static final String NAME = "model_name";

  private final Server server;
  private final Protocol protocol;
  private final boolean tried;
  private final Map<Protocol, Tried> found = new EnumMap<>(Protocol.class);

  /** Whether a server is tried. */
  public enum Trying {
    /** It is. */
    YES,
    /** It is believed. */
    NO;

    /** As on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What trying a server came to.
   *
   * @param noise standard deviation of one value of the same request, unit of the value
   * @param notes lines for people
   */
  public record Tried(double noise, List<String> notes) {
    /** Nobody tried, or nothing was found. */
    public static final Tried NOTHING = new Tried(0, List.of());

    /** Copies the list. */
    public Tried {
      notes = List.copyOf(notes);
    }
  }

  private ServedModel(Server server, Parts parts, Settings settings) {
    super(parts, Integer.MAX_VALUE, row -> {});
    this.server = server;
    this.protocol = settings.get(ServerSettings.PROTOCOL);
    this.tried = settings.get(PROBE) == Trying.YES;
  }

  /**
   * A model of a server, which is asked for its models.
   *
   * @param address such as {@code http://localhost:8000/v1}
   * @param settings {@link #SETTINGS}; others are not looked at
   * @throws InputException if there is no such server, or no such model
   */
  public static ServedModel open(String address, Settings settings) {
    Server server = Server.open(ServerAddress.parse(address), settings);
    try {
      String name = server.model() + " at " + server.address();
      Map<String, String> identity = new LinkedHashMap<>();
      identity.put(ADDRESS, server.address().toString());
      identity.put(NAME, server.model());
      Parts parts =
          new Parts(
              new ModelIdentity(name, identity),
              ModelConfig.NONE,
              TextTokenizer.ofCharacters(),
              () -> null,
              List.of(),
              1);
      return new ServedModel(server, parts, settings);
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  @Override
  public String kind() {
    return "a model behind a server";
  }

  /** Who answers. */
  public Server server() {
    requireOpen();
    return server;
  }

  /** What it is asked by; null where what is asked decides. */
  public Protocol protocol() {
    return protocol;
  }

  /**
   * What trying it by a protocol comes to: it is tried once, however many texts it is asked about.
   *
   * @param trial tries it; what it throws ends this text, and the next is tried on again
   */
  public Tried tried(Protocol by, Supplier<Tried> trial) {
    if (!tried) {
      return Tried.NOTHING;
    }
    synchronized (found) {
      Tried known = found.get(by);
      if (known == null) {
        known = trial.get();
        found.put(by, known);
      }
      return known;
    }
  }

  @Override
  public List<String> notes() {
    return Stream.concat(super.notes().stream(), server.notes().stream()).toList();
  }

  @Override
  void closeNetwork() {
    server.close();
  }
}
