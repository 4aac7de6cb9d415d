package dev.ablate.benchmarks;

import dev.ablate.model.remote.Server;
import dev.ablate.model.remote.ServerAddress;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.setting.Settings;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers a second of a server: requests at once over the time that an answer takes is what can be
 * had. {@code ServerRate URL [--at-once=32] [--requests=3200] [--rounds=3]}
 */
public final class ServerRate {
  private ServerRate() {}

  public static void main(String[] arguments) {
    int atOnce = option(arguments, "--at-once=", 32);
    int count = option(arguments, "--requests=", 3200);
    Settings settings = Settings.STANDARD.with(ServerSettings.CONCURRENCY, (long) atOnce);
    try (Server server = Server.open(ServerAddress.parse(arguments[0]), settings)) {
      for (int round = 1; round <= option(arguments, "--rounds=", 3); round++) {
        measure(server, atOnce, count, round);
      }
    }
  }

  private static void measure(Server server, int atOnce, int count, int round) {
    // Sixteen alone: what an answer takes when no other is on its way.
    long alone = System.nanoTime();
    for (int i = 0; i < 16; i++) {
      server.completions().score("round " + round + " alone " + i + " yes");
    }
    double single = (System.nanoTime() - alone) / 1e9 / 16;
    AtomicLong tokens = new AtomicLong();
    long begin = System.nanoTime();
    int rounds = round;
    server.forEach(
        count,
        i -> {
          String text = "round " + rounds + " text " + i + " is it good? yes";
          tokens.addAndGet(server.completions().score(text).tokens().size());
        });
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%d answers, %d at once: %.0f a second; alone %.1f ms each; %d tokens, %d sent again%n",
        count, atOnce, count / seconds, single * 1e3, tokens.get(), server.traffic().retries());
  }

  private static int option(String[] arguments, String name, int standard) {
    return Arrays.stream(arguments)
        .filter(a -> a.startsWith(name))
        .mapToInt(a -> Integer.parseInt(a.substring(name.length())))
        .findFirst()
        .orElse(standard);
  }
}
