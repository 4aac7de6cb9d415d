package dev.ablate.jobs;

import dev.ablate.code.Sha256;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.lens.Lens;
import dev.ablate.run.BuildInfo;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One lens, model and request for any number of inputs. Several threads may use it.
 *
 * @param lens what is ablated
 * @param model what is asked; must stay open
 * @param request what is asked for
 * @param runner where it runs
 * @param <M> the model of the lens
 * @param <I> what the lens takes apart
 */
public record Explainer<M, I>(Lens<M, I> lens, M model, Request request, Runner runner) {
  /**
   * SHA-256, in hexadecimal, of everything beside an input that decides its explanation: this
   * build, the kind of backend, the settings and the model.
   */
  public String sha256() {
    StringBuilder all = new StringBuilder();
    add(all, "version", BuildInfo.version());
    add(all, "commit", BuildInfo.commit());
    add(all, "backend", runner.backend());
    Settings given = request.settings();
    Stream.concat(lens.settings().stream(), RunSettings.ALL.stream())
        .filter(setting -> setting != RunSettings.RESUME && given.get(setting) != null)
        .forEach(setting -> add(all, setting.name(), setting.words(given)));
    lens.identity(model).forEach((name, value) -> add(all, name, value));
    return Sha256.hex(all.toString());
  }

  /** Lengths go first, so that no two lists of parts make the same text. */
  private static void add(StringBuilder all, String name, String value) {
    all.append(name.length()).append(' ').append(name);
    all.append(value.length()).append(' ').append(value);
  }

  /**
   * Explains one input.
   *
   * @param journal keeps evaluated masks; null for none
   * @throws dev.ablate.code.InputException if the input, the budget or the journal cannot serve
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public Explanation explain(I input, Path journal, Progress progress) {
    return explain(input, journal, progress, evaluation -> {});
  }

  /**
   * Explains one input and hands on what was evaluated as soon as it is.
   *
   * @param journal keeps evaluated masks; null for none
   * @param kept is given masks and values where there is no journal; see {@link Runner#explain}
   * @throws dev.ablate.code.InputException if the input, the budget or the journal cannot serve
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public Explanation explain(I input, Path journal, Progress progress, Consumer<Evaluation> kept) {
    Game game = lens.game(model, input);
    try {
      return runner.explain(game, request.withJournal(journal), progress, kept);
    } finally {
      close(game);
    }
  }

  private static void close(Game game) {
    if (game instanceof AutoCloseable own) {
      try {
        own.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing the game", e);
      }
    }
  }
}
