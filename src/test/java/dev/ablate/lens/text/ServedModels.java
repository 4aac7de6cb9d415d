package dev.ablate.lens.text;

import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.model.remote.TestServer;
import dev.ablate.setting.Settings;
import java.util.List;

/** Models of a test server, and lenses that ask them. */
final class ServedModels {
  static final String TEXT = "a good and fine day for us";

  private ServedModels() {}

  /** Asked by a protocol, so many requests at once; tried first or not. */
  static ServedModel open(TestServer server, Protocol protocol, long atOnce, boolean tried) {
    Settings settings =
        Settings.STANDARD
            .with(ServerSettings.PROTOCOL, protocol)
            .with(ServerSettings.CONCURRENCY, atOnce)
            .with(ServedModel.PROBE, tried ? ServedModel.Trying.YES : ServedModel.Trying.NO);
    return ServedModel.open(server.address(), settings);
  }

  /** Answers, perhaps against another. */
  static TextLens lens(ValueFunction value, String against, String... answers) {
    return new TextLens(
        Unit.WORD,
        null,
        value,
        new Question(List.of(answers), against, false, false, 8, List.of(), List.of(), null));
  }

  /** A similarity to a text. */
  static TextLens similarity(String to) {
    return new TextLens(
        Unit.WORD,
        null,
        null,
        new Question(List.of(), null, false, false, 8, List.of(), List.of(to), null));
  }
}
