package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Traffic;
import dev.ablate.code.InputException;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a solve does on the host between the operations of its backend: for each operation its
 * calls, the seconds inside, and the seconds outside since the operation before; then the methods
 * that the time outside was seen in, by looking at the thread a thousand times a second. On a
 * device also its commands, so that what operations do on the host around them shows: inside less
 * the seconds of commands. The time outside is what a faster device leaves.
 *
 * <p>Arguments: methods (default {@code gp}), names of games (default {@code planted-noisy-256}),
 * {@code --backend=NAME} (default host), {@code --threads=T} of the host (default 2), {@code
 * --repeats=R} (default 5). A game is solved once uncounted, as in {@link GamesAgainstPeer}.
 */
public final class HostWork {
  private static final int METHODS = 14;

  /** A method below this share of the samples is not worth a line. */
  private static final double LEAST = 0.01;

  private final List<Method> methods = new ArrayList<>();
  private final List<String> games = new ArrayList<>();
  private String backend = "host";
  private int threads = 2;
  private int repeats = 5;

  private HostWork(String[] args) {
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      if (arg.startsWith("--backend=")) {
        backend = value;
      } else if (arg.startsWith("--threads=")) {
        threads = Integer.parseInt(value);
      } else if (arg.startsWith("--repeats=")) {
        repeats = Integer.parseInt(value);
      } else if (arg.startsWith("--")) {
        throw new InputException(arg + ": unknown; use --backend=NAME, --threads=T or --repeats=R");
      } else if (SharedGame.NAMES.contains(arg)) {
        games.add(arg);
      } else {
        methods.add(Method.parse(arg));
      }
    }
    if (methods.isEmpty()) {
      methods.add(Method.parse("gp"));
    }
    if (games.isEmpty()) {
      games.add("planted-noisy-256");
    }
  }

  /** Prints a table for each method and game. */
  public static void main(String[] args) {
    HostWork work = new HostWork(args);
    for (String game : work.games) {
      for (Method method : work.methods) {
        try (Backend opened = Backends.open(work.backend, work.threads).backend()) {
          work.measure(opened, game, method);
        }
      }
    }
  }

  private void measure(Backend opened, String name, Method method) {
    SharedGame game = SharedGame.read(name);
    Samples samples = Evaluated.foreign(game.masks(), game.values());
    CountedBackend counted = new CountedBackend(opened);
    Solution expected = method.solve(samples, opened, 0);
    double[] outside = new double[repeats];
    double[] inside = new double[repeats];
    Map<String, double[]> rows = new LinkedHashMap<>();
    Map<String, double[]> commands = new LinkedHashMap<>();
    Traffic before = opened.traffic();
    try (Sampler sampler = new Sampler(counted)) {
      for (int r = 0; r < repeats; r++) {
        counted.clear();
        sampler.resume();
        long start = System.nanoTime();
        Solution solution = method.solve(samples, counted.backend(), 0);
        double whole = (System.nanoTime() - start) * 1e-9;
        double after = counted.sinceLast() * 1e-9;
        sampler.pause();
        check(expected, solution);
        outside[r] = after;
        add(rows, counted.operations(), r);
        add(commands, counted.commands(), r);
        rows.computeIfAbsent("(end)", k -> new double[2 + repeats])[2 + r] = after;
        for (double[] row : rows.values()) {
          outside[r] += row == rows.get("(end)") ? 0 : row[2 + r];
        }
        for (double[] row : commands.values()) {
          outside[r] += row[2 + r];
        }
        inside[r] = whole - outside[r];
      }
      System.out.printf(
          "%s %s, %d masks, %s, seconds a solve: %s outside operations, %s inside%n",
          name,
          method.label(),
          samples.masks().count(),
          opened.device(),
          milli(outside),
          milli(inside));
      table("operation", rows);
      if (!commands.isEmpty()) {
        table("command", commands);
        Traffic moved = opened.traffic().since(before);
        System.out.printf(
            "  bytes a solve: %d to the device, %d back%n",
            moved.toDevice() / repeats, moved.toHost() / repeats);
      }
      sampler.print(Measured.median(outside));
    }
    Measured.of("HostWork", opened)
        .with("game", name)
        .with("method", method.label())
        .with("masks", samples.masks().count())
        .with("threads", threads)
        .milliseconds("outside_ms", outside)
        .milliseconds("inside_ms", inside)
        .report();
  }

  /** The counted backend must give what the plain one does. */
  private static void check(Solution expected, Solution found) {
    boolean same =
        Arrays.equals(expected.spectrum().coefficients(), found.spectrum().coefficients())
            && Arrays.equals(
                expected.spectrum().sets().features(), found.spectrum().sets().features());
    if (!same) {
      throw new IllegalStateException("counting changed the result");
    }
  }

  /** Adds calls and seconds of a solve, and keeps the seconds before of each. */
  private void add(
      Map<String, double[]> rows, Map<String, CountedBackend.Counter> counters, int repeat) {
    counters.forEach(
        (name, counter) -> {
          double[] row = rows.computeIfAbsent(name, k -> new double[2 + repeats]);
          row[0] += (double) counter.calls() / repeats;
          row[1] += counter.seconds() / repeats;
          row[2 + repeat] = counter.secondsBefore();
        });
  }

  private static void table(String title, Map<String, double[]> rows) {
    System.out.printf("  %-36s %8s %10s %14s%n", title, "calls", "inside ms", "outside before");
    rows.forEach(
        (name, row) ->
            System.out.printf(
                "  %-36s %8.0f %10.2f %14.2f%n",
                name,
                row[0],
                row[1] * 1e3,
                Measured.median(Arrays.copyOfRange(row, 2, row.length)) * 1e3));
  }

  private static String milli(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return String.format(
        "%.4f (%.4f-%.4f)", Measured.median(seconds), sorted[0], sorted[sorted.length - 1]);
  }

  /** Looks at the thread while it is outside operations. */
  private static final class Sampler implements AutoCloseable {
    private final CountedBackend counted;
    private final Thread watched = Thread.currentThread();
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::watch, "sampler");
    private volatile boolean running;
    private volatile boolean closed;

    Sampler(CountedBackend counted) {
      this.counted = counted;
      thread.setDaemon(true);
      thread.start();
    }

    void resume() {
      running = true;
    }

    void pause() {
      running = false;
    }

    private void watch() {
      while (!closed) {
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          return;
        }
        if (running && !counted.inside()) {
          StackTraceElement[] stack = watched.getStackTrace();
          // It may have entered an operation meanwhile; such a sample is none.
          if (running && !counted.inside()) {
            seen.merge(place(stack), 1, Integer::sum);
          }
        }
      }
    }

    /** The innermost method of the project, and where the solver called it from. */
    private static String place(StackTraceElement[] stack) {
      String inner = null;
      for (StackTraceElement frame : stack) {
        if (frame.getClassName().startsWith("dev.ablate.")) {
          String method =
              frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName();
          if (inner == null) {
            inner = method + ":" + frame.getLineNumber();
          } else if (frame.getClassName().startsWith("dev.ablate.solve.")) {
            return inner + " < " + method + ":" + frame.getLineNumber();
          }
        }
      }
      return inner == null ? "?" : inner;
    }

    /** Shares of the samples as milliseconds a solve. */
    void print(double seconds) {
      int all = seen.values().stream().mapToInt(n -> n).sum();
      System.out.printf("  %d samples outside; milliseconds a solve by their shares%n", all);
      seen.entrySet().stream()
          .sorted(Comparator.comparing(e -> -e.getValue()))
          .limit(METHODS)
          .filter(e -> e.getValue() >= LEAST * all)
          .forEach(
              e ->
                  System.out.printf(
                      "  %8.2f  %s%n", 1e3 * seconds * e.getValue() / all, e.getKey()));
    }

    @Override
    public void close() {
      closed = true;
      thread.interrupt();
    }
  }
}
