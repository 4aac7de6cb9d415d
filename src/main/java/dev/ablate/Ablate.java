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
import dev.ablate.model.Serving;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import dev.ablate.setting.Setting;
import dev.ablate.solve.SolverSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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
  private volatile boolean closed;

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
    return new Ablate(Backends.open(InputException.required(backend, "the backend"), threads));
  }

  /** A request to an engine that the whole process shares. */
  public static Builder builder() {
    return Shared.ENGINE.request();
  }

  /** A request to this engine. */
  public Builder request() {
    return new Builder(this);
  }

  /** Which backend was chosen and why, in one line. */
  public String backend() {
    return choice.reason();
  }

  /**
   * Where models may run beside this engine, for {@code ModelDirectory.load}: on its device, in
   * whose memory they then find their inputs and leave their outputs, or on the processor. Models
   * must be closed before the engine.
   *
   * @param provider {@code auto}, {@code cpu}, {@code cuda} or {@code tensorrt}
   * @throws InputException if there is no such provider, or it cannot be had; the message says why
   */
  public Serving serving(String provider) {
    requireOpen(null);
    String word = InputException.required(provider, "the provider");
    return Serving.of(Serving.PROVIDER.parse(List.of(word)), choice.backend());
  }

  /** Ends the engine's threads; what it is still explaining fails, and it explains no more. */
  @Override
  public void close() {
    closed = true;
    choice.close();
  }

  private Explanation explain(
      Game game, Request request, Progress progress, Consumer<Evaluation> kept) {
    requireOpen(null);
    try {
      return runner.explain(game, request, progress, kept);
    } catch (RejectedExecutionException | CancellationException e) {
      requireOpen(e);
      throw e;
    }
  }

  private void requireOpen(RuntimeException cause) {
    if (closed) {
      throw new InputException(
          "the engine is closed: explain before close(), or open another", cause);
    }
  }

  /** One explanation to make. Not safe from several threads; make one a request. */
  public static final class Builder {
    private final Ablate engine;
    private Function<Masks, double[]> function;
    private Integer features;
    private List<String> names;
    private Game game;
    private Request request = Request.standard();
    private Progress progress = Progress.NONE;

    private Builder(Ablate engine) {
      this.engine = engine;
    }

    /**
     * A value function on batches: one value a mask. Needs {@link #features} or {@link
     * #featureNames} too.
     */
    public Builder game(Function<Masks, double[]> valueFunction) {
      this.function = InputException.required(valueFunction, "the game");
      this.game = null;
      return this;
    }

    /** A game that knows its features, such as a lens makes. */
    public Builder game(Game whole) {
      this.game = InputException.required(whole, "the game");
      this.function = null;
      return this;
    }

    /** Number of features, for a value function. */
    public Builder features(int count) {
      this.features = count;
      return this;
    }

    /**
     * Names of the features, for a value function; says how many there are, where {@link #features}
     * does not.
     *
     * @throws InputException if a name is null
     */
    public Builder featureNames(List<String> featureNames) {
      InputException.required(featureNames, "the list of feature names")
          .forEach(name -> InputException.required(name, "a feature name"));
      this.names = List.copyOf(featureNames);
      return this;
    }

    /**
     * A setting by its name on the command line, such as {@code screen-seconds}.
     *
     * @throws InputException if there is none, or the value is none of its own
     */
    public Builder set(String name, String value) {
      InputException.required(name, "the name of a setting");
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
      InputException.required(value, InputException.setting(setting.name()));
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
     * How masks are drawn: {@code uniform}, {@code size} (every size alike) or {@code both} in
     * turns; by default the index decides.
     */
    public Builder sampling(String sampling) {
      return parsed(RunSettings.SAMPLING, sampling);
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
      Index parsed = Index.parse(InputException.required(index, RunSettings.INDEX.toString()));
      return set(RunSettings.INDEX, parsed).set(RunSettings.ORDER, (long) order);
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
      InputException.required(file, "the journal's file");
      return set(RunSettings.RESUME, FileIdentity.followed(file));
    }

    /**
     * Asks the game again after the fit, on top of the budget: the {@code count} largest
     * interactions of each output removed, alone, and against the sum of their parts.
     */
    public Builder verify(int count) {
      return set(RunSettings.VERIFY, (long) count);
    }

    /** Seed of everything random, 0 by default. */
    public Builder seed(long seed) {
      return set(RunSettings.SEED, seed);
    }

    /** Told how far the evaluation is, and then how far solving is. */
    public Builder progress(Progress listener) {
      this.progress = InputException.required(listener, "the progress listener");
      return this;
    }

    /**
     * Evaluates and explains. Without a {@link #journal}, whatever this throws once masks are
     * evaluated carries them: {@link EvaluationKept#in}.
     *
     * @throws InputException if something is missing, contradicts itself or cannot serve; the
     *     message says how to mend. What the game itself throws comes through as it is
     * @throws CancellationException if the calling thread was interrupted; its status stays set
     */
    public Explanation explain() {
      AtomicReference<Evaluation> kept = new AtomicReference<>();
      try {
        return engine.explain(resolve(), request, progress, kept::set);
      } catch (RuntimeException e) {
        throw kept.get() == null ? e : EvaluationKept.with(e, kept.get());
      } catch (Error e) {
        throw kept.get() == null ? e : EvaluationKept.with(e, kept.get());
      }
    }

    private Game resolve() {
      if (game == null && function == null) {
        throw new InputException("no game: call game(...) before explain()");
      }
      if (names != null && features != null && names.size() != features) {
        throw new InputException(
            names.size() + " names for " + features + " features: give one name a feature");
      }
      if (game != null) {
        requireOwn();
        return game;
      }
      if (names == null && features == null) {
        throw new InputException("the game's features: call features(n) with n at least 1");
      }
      return names == null ? Game.of(features, function) : Game.of(names, function);
    }

    /** A whole game knows its features; what else is said of them must be the same. */
    private void requireOwn() {
      if (features != null && features != game.features()) {
        throw new InputException(
            "features "
                + features
                + ", but the game has "
                + game.features()
                + ": leave features(...) away");
      }
      if (names != null && !names.equals(game.featureNames())) {
        throw new InputException(
            "the game names its own features: leave featureNames(...) away, or give a value"
                + " function");
      }
    }
  }
}
