package dev.ablate.model;

import dev.ablate.code.InputException;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.Server;
import dev.ablate.model.remote.ServerAddress;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.setting.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model behind a server. Its own tokens are not known, so that its tokenizer cuts texts into
 * characters: a row of them is the text that is sent.
 */
public final class ServedModel extends TextModel {
  /** The server's address, among what decides values. */
  private static final String ADDRESS = "server";

  private final Server server;
  private final Protocol protocol;

  private ServedModel(Server server, Parts parts, Protocol protocol) {
    super(parts, Integer.MAX_VALUE, row -> {});
    this.server = server;
    this.protocol = protocol;
  }

  /**
   * A model of a server, which is asked for its models.
   *
   * @param address such as {@code http://localhost:8000/v1}
   * @param settings {@link ServerSettings}; others are not looked at
   * @throws InputException if there is no such server, or no such model
   */
  public static ServedModel open(String address, Settings settings) {
    Server server = Server.open(ServerAddress.parse(address), settings);
    try {
      String name = server.model() + " at " + server.address();
      Map<String, String> identity = new LinkedHashMap<>();
      identity.put(ADDRESS, server.address().toString());
      identity.put(ServerSettings.MODEL_NAME.name(), server.model());
      Parts parts =
          new Parts(
              new ModelIdentity(name, identity),
              ModelConfig.NONE,
              TextTokenizer.ofCharacters(),
              () -> null,
              List.of(),
              1);
      return new ServedModel(server, parts, settings.get(ServerSettings.PROTOCOL));
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

  @Override
  public List<String> notes() {
    return Stream.concat(super.notes().stream(), server.notes().stream()).toList();
  }

  @Override
  void closeNetwork() {
    server.close();
  }
}
