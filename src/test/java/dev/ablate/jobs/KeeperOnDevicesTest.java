package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.solve.Method;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that a game left on a device are fetched when solving fails there. */
class KeeperOnDevicesTest {
  private static final HostBackend HOST = new HostBackend(1);
  private static final OutOfMemoryError FAILURE = new OutOfMemoryError("of the device");

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** Memory that is not the host's, until it is freed. */
  private static final class Elsewhere implements Buffer {
    private final HostBuffer data;
    private boolean freed;

    Elsewhere(HostBuffer data) {
      this.data = data;
    }

    @Override
    public String backend() {
      return "elsewhere";
    }

    @Override
    public Element element() {
      return data.element();
    }

    @Override
    public long length() {
      return data.length();
    }

    @Override
    public HostBuffer toHost() {
      if (freed) {
        throw new IllegalStateException("the memory is freed");
      }
      return data;
    }

    @Override
    public void close() {
      freed = true;
    }
  }

  /** A device that draws masks and fails at everything else. */
  private static Backend device() {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "name" -> "elsewhere";
                  case "upload" ->
                      arguments[0] instanceof HostBuffer data ? new Elsewhere(data) : arguments[0];
                  case "sampling", "device", "driver", "traffic" -> {
                    try {
                      yield method.invoke(HOST, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }
                  default -> throw FAILURE;
                });
  }

  /** Counts the kept features, in memory of its own. */
  private static final class Counting implements Game {
    @Override
    public int features() {
      return 12;
    }

    @Override
    public boolean accepts(Backend backend) {
      return true;
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      throw new IllegalStateException("it works on the device");
    }

    @Override
    public Values evaluate(Masks masks, Backend backend, Progress progress) {
      double[] values = new double[masks.count()];
      for (int r = 0; r < values.length; r++) {
        values[r] = count(masks, r);
      }
      return new Values(new Elsewhere(HostBuffer.of(values)), values.length, 1);
    }
  }

  private static int count(Masks masks, int row) {
    int kept = 0;
    for (int f = 0; f < masks.features(); f++) {
      kept += masks.kept(row, f) ? 1 : 0;
    }
    return kept;
  }

  @Test
  void whatLiesThereIsKept() {
    Runner runner = new Runner(new Backends.Choice(device(), "elsewhere: in a test"));
    Request request =
        Request.standard()
            .withMethod(Method.PROXYSPEX)
            .withBudget(new Budget(100))
            .withTestMasks(30);
    Keeper keeper = new Keeper(List.of(folder), "kept", request.settings(), where -> {});
    KeptException kept =
        assertThrows(
            KeptException.class,
            () -> keeper.during(k -> runner.explain(new Counting(), request, Progress.NONE, k)));
    assertSame(FAILURE, kept.getCause());
    // Nothing kept and everything kept are among the fitted masks.
    assertFalse(Files.exists(folder.resolve("kept/end-masks.npy")));
    for (String pair : List.of("", "test-")) {
      Masks masks = MaskFile.read(folder.resolve("kept/" + pair + "masks.npy"));
      Values values = ValueFile.read(folder.resolve("kept/" + pair + "values.npy"));
      assertEquals(pair.isEmpty() ? 100 : 30, masks.count());
      for (int r = 0; r < masks.count(); r++) {
        assertEquals(count(masks, r), values.get(r, 0));
      }
    }
  }
}
