package dev.ablate;

import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Evaluation;
import dev.ablate.game.EvaluationKept;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.index.Index;
import dev.ablate.io.FileIdentity;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import dev.ablate.setting.Setting;
import dev.ablate.solve.SolverSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The front door for Java. An engine holds the threads of one backend; it explains as many games as
 * it is asked to, from several threads at once.
 *
 * <pre>{@code
 * Explanation e = Ablate.builder().game(masks -> values(masks)).features(12).explain();
 * }</pre>
 */
public final class Ablate implements AutoCloseable {
  private final Backends.Choice choice;
  private final Runner runner;

  private Ablate(Backends.Choice choice) {
    this.choice = choice;
    this.runner = new Runner(choice);
  }

  /** The engine that {@link #builder()} shares: opened on first use, never closed. */
  private static final class Shared {
    static final Ablate ENGINE = open();
  }

  /** An engine on the default backend and all processors. */
  public static Ablate open() {
    return open("auto", 0);
  }

  /**
   * An engine on a backend of choice.
   *
   * @param backend {@code auto}, {@code host}, {@code cuda[:k]} or {@code opencl[:k]}
   * @param threads host threads, 0 for one a processor
   * @throws InputException if there is no such backend or it is not usable; the message says why
   */
  public static Ablate open(String backend, int threads) {
    return new Ablate(Backends.open(backend, threads));
  }

  /** A request to an engine that the whole process shares. */
  public static Builder builder() {
    return Shared.ENGINE.request();
  }

  /** A request to this engine. */
  public Builder request() {
    return new Builder(runner);
  }

  /** Which backend was chosen and why, in one line. */
  public String backend() {
    return choice.reason();
  }

  /** Ends the engine's threads. */
  @Override
  public void close() {
    choice.close();
  }

  /** One explanation to make. Not safe from several threads; make one a request. */
  public static final class Builder {
    private final Runner runner;
    private Function<Masks, double[]> function;
    private int features;
    private List<String> names;
    private Game game;
    private Request request = Request.standard();
    private Progress progress = Progress.NONE;

    private Builder(Runner runner) {
      this.runner = runner;
    }

    /** A value function on batches: one value a mask. Needs {@link #features} too. */
    public Builder game(Function<Masks, double[]> valueFunction) {
      this.function = valueFunction;
      this.game = null;
      return this;
    }

    /** A game that knows its features, such as a lens makes. */
    public Builder game(Game whole) {
      this.game = whole;
      this.function = null;
      return this;
    }

    /** Number of features, for a value function. */
    public Builder features(int count) {
      this.features = count;
      return this;
    }

    /** Names of the features, for a value function; sets their number too. */
    public Builder featureNames(List<String> featureNames) {
      this.names = List.copyOf(featureNames);
      this.features = names.size();
      return this;
    }

    /**
     * A setting by its name on the command line, such as {@code screen-seconds}.
     *
     * @throws InputException if there is none, or the value is none of its own
     */
    public Builder set(String name, String value) {
      for (Setting<?> setting : RunSettings.ALL) {
        if (setting.name().equals(name)) {
          return parsed(setting, value);
        }
      }
      throw new InputException(
          "no setting "
              + name
              + ": it is one of "
              + RunSettings.ALL.stream().map(Setting::name).collect(Collectors.joining(", ")));
    }

    private <T> Builder parsed(Setting<T> setting, String value) {
      return set(setting, setting.parse(List.of(value)));
    }

    private <T> Builder set(Setting<T> setting, T value) {
      request = request.with(setting, value);
      return this;
    }

    /** How many different masks may be evaluated for fitting; the default is 8 n log2 n. */
    public Builder budget(long masks) {
      return set(RunSettings.BUDGET, masks);
    }

    /**
     * {@code auto} (default), {@code exact}, {@code spex}, {@code proxyspex}, {@code screen} or
     * {@code gp}.
     */
    public Builder method(String method) {
      return parsed(SolverSettings.METHOD, method);
    }

    /** {@code lasso} (default), {@code ridge} or {@code none}. */
    public Builder refine(String refine) {
      return parsed(SolverSettings.REFINE, refine);
    }

    /** Work limit of screening in seconds, as the tuning table counts them; 2 by default. */
    public Builder screenSeconds(double seconds) {
      return set(SolverSettings.SCREEN_SECONDS, seconds);
    }

    /** Highest order that screening tests in full; by default the work limit decides. */
    public Builder screenOrder(int order) {
      return set(SolverSettings.SCREEN_ORDER, (long) order);
    }

    /** Terms that a Gaussian process reports; by default held-out masks decide. */
    public Builder terms(int count) {
      return set(SolverSettings.TERMS, (long) count);
    }

    /** Index and highest order of the reported interactions; {@code fbii} and 3 by default. */
    public Builder index(String index, int order) {
      return set(RunSettings.INDEX, Index.parse(index)).set(RunSettings.ORDER, (long) order);
    }

    /** Held-out masks on top of the budget, 200 by default, 0 for costly games. */
    public Builder testMasks(int masks) {
      return set(RunSettings.TEST_MASKS, (long) masks);
    }

    /**
     * Spends masks in rounds and stops when R² on the held-out masks reaches a target, above 0 and
     * below 1, when it gains no more, or when the budget is spent. Needs at least 20 {@link
     * #testMasks} and a method with uniform masks.
     */
    public Builder targetR2(double target) {
      return set(RunSettings.TARGET_R2, target);
    }

    /**
     * A file that keeps the value of every evaluated mask; values that it holds are not evaluated
     * again. It is made where there is none. It belongs to a game's {@link Game#subject}; a bare
     * value function has none that tells it from another: give each its own file.
     */
    public Builder journal(Path file) {
      return set(RunSettings.RESUME, FileIdentity.followed(file));
    }

    /** Seed of everything random, 0 by default. */
    public Builder seed(long seed) {
      return set(RunSettings.SEED, seed);
    }

    /** Told how far the evaluation is. */
    public Builder progress(Progress listener) {
      this.progress = listener;
      return this;
    }

    /**
     * Evaluates and explains. Without a {@link #journal}, whatever this throws once masks are
     * evaluated carries them: {@link EvaluationKept#in}.
     *
     * @throws InputException if something is missing or cannot serve; the message says how to mend
     */
    public Explanation explain() {
      AtomicReference<Evaluation> kept = new AtomicReference<>();
      try {
        return runner.explain(resolve(), request, progress, kept::set);
      } catch (RuntimeException e) {
        throw kept.get() == null ? e : EvaluationKept.with(e, kept.get());
      } catch (Error e) {
        throw kept.get() == null ? e : EvaluationKept.with(e, kept.get());
      }
    }

    private Game resolve() {
      if (game != null) {
        return game;
      }
      if (function == null) {
        throw new InputException("no game: call game(...) before explain()");
      }
      if (features < 1) {
        throw new InputException("features " + features + ": call features(n) with n at least 1");
      }
      return names == null ? Game.of(features, function) : Game.of(names, function);
    }
  }
}
