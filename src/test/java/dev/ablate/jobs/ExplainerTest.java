package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.lens.Lens;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExplainerTest {
  /** A game with memory of its own; it fails where its input is below 0. */
  private record Held(AtomicInteger open, int input) implements Game, AutoCloseable {
    @Override
    public int features() {
      return 3;
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      assertEquals(1, open.get(), "it is open while it is asked");
      if (input < 0) {
        throw new InputException("no such values");
      }
      for (int m = 0; m < masks.count(); m++) {
        out.set(m, 0, masks.hostWords()[m] * input);
      }
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private record Holding(AtomicInteger open) implements Lens<String, Integer> {
    @Override
    public List<Setting<?>> settings() {
      return List.of();
    }

    @Override
    public Map<String, String> identity(String model) {
      return Map.of();
    }

    @Override
    public Game game(String model, Integer input) {
      open.incrementAndGet();
      return new Held(open, input);
    }
  }

  @Test
  void gamesThatHoldSomethingAreClosed() {
    AtomicInteger open = new AtomicInteger();
    Runner runner = new Runner(new Backends.Choice(new HostBackend(1), "host: in a test"));
    Explainer<String, Integer> explainer =
        new Explainer<>(new Holding(open), "model", new Request(Settings.STANDARD), runner);
    explainer.explain(2, null, Progress.NONE, kept -> {});
    assertEquals(0, open.get());
    assertThrows(
        InputException.class, () -> explainer.explain(-1, null, Progress.NONE, kept -> {}));
    assertEquals(0, open.get());
  }
}
