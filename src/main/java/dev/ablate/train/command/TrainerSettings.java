package dev.ablate.train.command;

import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import java.util.List;

/** What a user may set about a command that trains. */
public final class TrainerSettings {
  /** The command, for the shell. */
  public static final Setting<String> TRAINER =
      Setting.of(
          "trainer",
          "COMMAND",
          new Kind.Text(),
          "command that trains on subsets: reads requests and writes values, a JSON object a line");

  /** How many of its processes train at once. */
  public static final Setting<Long> WORKERS =
      Setting.of(
              "workers",
              "N",
              new Kind.Whole(1, 1024),
              "processes of " + TRAINER + " that train at once")
          .otherwise("a thread each");

  /** How long one subset may take. */
  public static final Setting<Double> TIMEOUT =
      Setting.of(
              "trainer-timeout",
              "SECONDS",
              new Kind.Decimal(0, 1e7, true),
              "longest that " + TRAINER + " may take for one subset")
          .standard(600.0);

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(TRAINER, WORKERS, TIMEOUT);

  private TrainerSettings() {}
}
