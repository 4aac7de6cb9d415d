package dev.ablate.model.remote;

import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import java.util.List;

/** What a user may set about a model behind a server. */
public final class ServerSettings {
  /** Which of the server's models. */
  public static final Setting<String> MODEL_NAME =
      Setting.of("model-name", "NAME", new Kind.Text(), "the server's name of the model")
          .otherwise("the only one that it lists");

  /** What it is asked by. */
  public static final Setting<Protocol> PROTOCOL =
      Setting.of(
              "protocol",
              "NAME",
              Kind.Choice.of(Protocol.class),
              "what a server is asked by: completions, chat or embeddings")
          .otherwise("by what is asked");

  /** Where the key is. */
  public static final Setting<String> KEY_VARIABLE =
      Setting.of(
              "key-variable",
              "NAME",
              new Kind.Text(),
              "environment variable that holds the key of a server")
          .otherwise("OPENAI_API_KEY, where it is set");

  /** How many requests are on their way at once. */
  public static final Setting<Long> CONCURRENCY =
      Setting.of("concurrency", "N", new Kind.Whole(1, 1024), "requests to a server at once")
          .standard(8L);

  /** How long an answer may take. */
  public static final Setting<Double> REQUEST_TIMEOUT =
      Setting.of(
              "request-timeout",
              "SECONDS",
              new Kind.Decimal(0, 86400, true),
              "longest that a server may take for one answer")
          .standard(60.0);

  /** How often a request is sent again. */
  public static final Setting<Long> RETRIES =
      Setting.of(
              "retries",
              "N",
              new Kind.Whole(0, 100),
              "how often a request that fails on its way, or is put off, is sent again")
          .standard(5L);

  /** Most requests of a run. */
  public static final Setting<Long> MAX_REQUESTS =
      Setting.of(
              "max-requests",
              "N",
              new Kind.Whole(1, Long.MAX_VALUE),
              "most requests to a server, those sent again included")
          .otherwise("no limit");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          MODEL_NAME, PROTOCOL, KEY_VARIABLE, CONCURRENCY, REQUEST_TIMEOUT, RETRIES, MAX_REQUESTS);

  private ServerSettings() {}
}
