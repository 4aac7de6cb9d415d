package dev.ablate.jobs;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.lens.Lens;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.setting.Setting;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A lens of a few lines: an input is a number of features, and a value is the sum of the kept
 * features' numbers, times the model.
 *
 * @param asked hears how many features a game has whose masks are asked for
 * @param solved hears the same once it is solved, before its result is written
 */
record Sums(IntConsumer asked, IntConsumer solved) implements Lens<Double, Integer> {
  private static final Runner RUNNER =
      new Runner(new Backends.Choice(new HostBackend(2), "host: in a test"));

  Sums() {
    this(features -> {}, features -> {});
  }

  Sums(IntConsumer asked) {
    this(asked, features -> {});
  }

  /** One that asks this lens on the host. */
  static Explainer<Double, Integer> explainer(Sums lens, double factor, Request request) {
    return new Explainer<>(lens, factor, request, RUNNER);
  }

  static Item<Integer> item(String id, int features, int line) {
    return new Item<>(id, features, line, "read " + features);
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public Map<String, String> identity(Double factor) {
    return Map.of("factor", factor.toString());
  }

  @Override
  public Game game(Double factor, Integer features) {
    if (features < 1) {
      throw new InputException("nothing to ablate");
    }
    return new Sum(factor, features);
  }

  private final class Sum implements Game {
    private final double factor;
    private final int features;
    private boolean evaluated;

    Sum(double factor, int features) {
      this.factor = factor;
      this.features = features;
    }

    @Override
    public int features() {
      return features;
    }

    @Override
    public List<String> featureNames() {
      if (evaluated) {
        solved.accept(features);
      }
      return Game.super.featureNames();
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      asked.accept(features);
      for (int r = 0; r < masks.count(); r++) {
        double sum = 0;
        for (int f = 0; f < features; f++) {
          sum += masks.kept(r, f) ? factor * f : 0;
        }
        out.set(r, 0, sum);
      }
      evaluated = true;
    }
  }
}
