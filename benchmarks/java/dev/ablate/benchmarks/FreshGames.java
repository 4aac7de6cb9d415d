package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Games of many kinds, {@code ../shared/fresh}: R² on fresh masks at 1, 2 and 8 n log2 n masks,
 * against the best of a lasso on singles, a lasso on pairs and the published ProxySPEX. What an
 * earlier build reached stands beside it where its output is named.
 *
 * <p>Arguments: methods (default {@code auto}, which comes first and is judged); {@code
 * --games=A,B}, {@code --budgets=1,2,8}, {@code --before=FILE} with the output of another run,
 * {@code --folder=DIR}, {@code --no-controls}.
 */
public final class FreshGames {
  private static final String CRASH = "crash-";
  private static final double CLOSE = 0.01;
  private static final double CLOSE_AT_FEW = 0.04;

  private final Backend backend;
  private final Map<String, String> options;
  private final List<Method> methods;
  private final Map<String, String> before;
  private int cells;
  private final List<String> missed = new ArrayList<>();

  private FreshGames(Backend backend, Map<String, String> options, List<Method> methods) {
    this.backend = backend;
    this.options = options;
    this.methods = methods;
    this.before = before(options.get("before"));
  }

  /** Prints a line a game and budget, and the cells that are missed. */
  public static void main(String[] args) {
    Map<String, String> options = new LinkedHashMap<>();
    List<Method> methods = new ArrayList<>();
    for (String arg : args) {
      if (arg.startsWith("--")) {
        int equals = arg.indexOf('=');
        options.put(
            arg.substring(2, equals < 0 ? arg.length() : equals),
            equals < 0 ? "" : arg.substring(equals + 1));
      } else {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      methods.add(Method.parse("auto"));
    }
    try (Backend backend = Backends.open("host", 0).backend()) {
      new FreshGames(backend, options, methods).run();
    }
  }

  private void run() {
    StringBuilder head = new StringBuilder(String.format("%-22s %2s %6s", "game", "x", "masks"));
    methods.forEach(m -> head.append(String.format(" | %-10s %6s", m.label(), "s")));
    head.append(" | before | singles  pairs  published | auto");
    System.out.println(head);
    Path folder = Path.of(options.getOrDefault("folder", "../shared/fresh"));
    for (Path game : games(folder)) {
      Evaluated all = read(game);
      int features = all.testMasks().features();
      for (String x : options.getOrDefault("budgets", "1,2,8").split(",")) {
        int masks = (int) Math.round(Integer.parseInt(x) * features * Math.log(features) / LN_2);
        row(game.getFileName().toString(), Integer.parseInt(x), all, all.first(masks));
      }
    }
    System.out.printf("%d of %d cells are missed: %s%n", missed.size(), cells, missed);
  }

  private static final double LN_2 = Math.log(2);

  private List<Path> games(Path folder) {
    String some = options.get("games");
    if (some != null) {
      return Stream.of(some.split(",")).map(folder::resolve).toList();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isDirectory)
          .filter(game -> !game.getFileName().toString().startsWith(CRASH))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Evaluated read(Path folder) {
    Masks masks = MaskFile.read(folder.resolve("masks.npy"));
    return new Evaluated(
        Evaluated.foreign(masks, ValueFile.read(folder.resolve("values.npy"))),
        List.of(),
        MaskFile.read(folder.resolve("test_masks.npy"), masks.features()),
        ValueFile.read(folder.resolve("test_values.npy")).column(0));
  }

  private void row(String game, int x, Evaluated all, Samples samples) {
    StringBuilder line =
        new StringBuilder(String.format("%-22s %2d %6d", game, x, samples.masks().count()));
    double judged = Double.NaN;
    for (Method method : methods) {
      long start = System.nanoTime();
      double r2 = all.r2(method.solve(samples, backend, 0), backend);
      double seconds = (System.nanoTime() - start) / 1e9;
      judged = method == methods.get(0) ? r2 : judged;
      line.append(String.format(Locale.ROOT, " | %10.4f %6.2f", r2, seconds));
    }
    line.append(String.format(" | %6s |", before.getOrDefault(game + x, "")));
    if (!options.containsKey("no-controls")) {
      double singles = all.r2(PlainLasso.fit(samples, 1), backend);
      double pairs = all.r2(PlainLasso.fit(samples, 2), backend);
      double published = all.r2(Method.PUBLISHED.solve(samples, backend, 0), backend);
      double best = Math.max(singles, Math.max(pairs, published));
      boolean within = judged >= best - (x == 1 ? CLOSE_AT_FEW : CLOSE);
      line.append(
          String.format(
              Locale.ROOT,
              " %7.4f %7.4f %7.4f | %s by %+.4f",
              singles,
              pairs,
              published,
              within ? "within" : "MISSED",
              judged - best));
      cells++;
      if (!within) {
        missed.add(game + " at " + x);
      }
    }
    System.out.println(line);
  }

  /** R² of the first method by game and budget, from the output of another run. */
  private static Map<String, String> before(String file) {
    Map<String, String> before = new LinkedHashMap<>();
    if (file == null) {
      return before;
    }
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        String[] parts = line.split("\\|");
        String[] who = parts[0].trim().split(" +");
        if (parts.length > 2 && who.length == 3 && !who[0].equals("game")) {
          before.put(who[0] + who[1], parts[1].trim().split(" +")[0]);
        }
      }
      return before;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
