package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentNetwork.Sharing;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches that fail: whose rows they are, and what comes next. */
@Timeout(60)
class ResidentRunsTest {
  private static final Backend HOST = new HostBackend(1);
  private static final int WIDTH = 3;
  private static final Layout ROWS =
      new Layout(
          Element.I32,
          Element.I32,
          null,
          List.of(),
          Scores.Number.F32,
          Per.ROW,
          2,
          null,
          0,
          0,
          Sharing.PADDED,
          0,
          false,
          true);

  /** A network with slots that may be broken, and with fronts that are counted. */
  private static class Network extends StubNetwork {
    private final AtomicInteger fronts = new AtomicInteger();
    private boolean refusesFronts;

    Network() {
      super(HOST, ROWS, new StubFunction(2, -1));
    }

    private final class Breakable extends StubSlot {
      private boolean broken;

      Breakable(int rows, int positions, int asked) {
        super(rows, positions, asked);
      }

      @Override
      public void join() {
        super.join();
        if (broken) {
          broken = false;
          throw new IllegalStateException("the device is lost");
        }
      }
    }

    @Override
    public Slot slot(int rows, int positions, int asked) {
      return new Breakable(rows, positions, asked);
    }

    @Override
    public Prefix prefix(int[] tokens) {
      fronts.incrementAndGet();
      return refusesFronts ? null : super.prefix(tokens);
    }
  }

  /** Rows of one length, which are counted as their values are made. */
  private static final class Rows implements ResidentRows {
    private final int count;
    private final int[] prefix;
    private final Consumer<Part> filled;
    private final int[] taken;

    Rows(int count, int[] prefix, Consumer<Part> filled) {
      this.count = count;
      this.prefix = prefix;
      this.filled = filled;
      this.taken = new int[count];
    }

    @Override
    public int count() {
      return count;
    }

    @Override
    public int length(int row) {
      return WIDTH;
    }

    @Override
    public int[] prefix() {
      return prefix;
    }

    @Override
    public int asked(int width) {
      return 0;
    }

    @Override
    public void fill(Part part) {
      int all = prefix.length + WIDTH;
      Arrays.fill(
          part.batch().attention().toHost().ints(),
          part.at() * all,
          (part.at() + part.places()) * all,
          1);
      filled.accept(part);
    }

    @Override
    public void take(Part part) {
      for (int row = part.first(); row < part.end(); row++) {
        taken[row]++;
      }
    }
  }

  private static Rows rows(int count, int... prefix) {
    return new Rows(count, prefix, part -> {});
  }

  private static void breaks(ResidentRows.Part part) {
    ((Network.Breakable) part.slot()).broken = true;
  }

  @Test
  void whoseRowsWereInABrokenBatchHearsOfIt() throws InterruptedException {
    try (ResidentRuns runs = new ResidentRuns(new Network())) {
      Rows others = new Rows(4, new int[0], ResidentRunsTest::breaks);
      RuntimeException[] heard = new RuntimeException[1];
      Thread other =
          new Thread(
              () -> heard[0] = assertThrows(IllegalStateException.class, () -> runs.run(others)));
      // The first batch is full; the second one has room for the other's rows.
      Rows own =
          new Rows(
              300,
              new int[0],
              part -> {
                if (part.first() == 0) {
                  other.start();
                  while (other.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                  }
                }
              });
      RuntimeException e = assertThrows(IllegalStateException.class, () -> runs.run(own));
      other.join();
      assertSame(e, heard[0]);
      assertEquals(0, Arrays.stream(others.taken).max().getAsInt());
      assertEquals(1, Arrays.stream(own.taken).max().getAsInt());
    }
  }

  /** Whoever asks frees what its rows are made of when it returns. */
  @Test
  void whoIsInterruptedStaysWhileItsRowsAreWorkedOn() throws InterruptedException {
    try (ResidentRuns runs = new ResidentRuns(new Network())) {
      Thread[] other = new Thread[1];
      boolean[] stayed = new boolean[1];
      Rows others =
          new Rows(
              4,
              new int[0],
              part -> {
                other[0].interrupt();
                try {
                  other[0].join(300);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                stayed[0] = other[0].isAlive();
              });
      other[0] =
          new Thread(() -> assertThrows(CancellationException.class, () -> runs.run(others)));
      Rows own =
          new Rows(
              300,
              new int[0],
              part -> {
                if (part.first() == 0) {
                  other[0].start();
                  while (other[0].getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                  }
                }
              });
      runs.run(own);
      other[0].join();
      assertTrue(stayed[0]);
      assertEquals(300, Arrays.stream(own.taken).sum());
      assertEquals(0, Arrays.stream(others.taken).sum());
    }
  }

  @Test
  void noRowIsTakenTwiceAndWhatFailedIsNotGoneOnWith() {
    try (ResidentRuns runs = new ResidentRuns(new Network())) {
      int[] fills = new int[1];
      Rows own =
          new Rows(
              50_000,
              new int[0],
              part -> {
                if (++fills[0] == 3) {
                  breaks(part);
                }
              });
      assertThrows(IllegalStateException.class, () -> runs.run(own));
      assertEquals(1, Arrays.stream(own.taken).max().getAsInt());
      int failed = fills[0];
      Rows next = rows(10);
      runs.run(next);
      assertEquals(10, Arrays.stream(next.taken).sum());
      assertEquals(failed, fills[0]);
    }
  }

  @Test
  void rowsNeverRunWithoutTheirFront() {
    Network network = new Network();
    try (ResidentRuns runs = new ResidentRuns(network)) {
      int[] front = {5, 6};
      assertTrue(runs.shares(front));
      for (int other = 0; other < 8; other++) {
        assertTrue(runs.shares(new int[] {other}));
      }
      network.refusesFronts = true;
      Rows rows = rows(4, front);
      IllegalStateException e = assertThrows(IllegalStateException.class, () -> runs.run(rows));
      assertTrue(e.getMessage().contains("front"), e.getMessage());
      assertEquals(0, Arrays.stream(rows.taken).sum());
    }
  }

  @Test
  void frontsAreLetGoWhereMemoryIsShort() {
    Network network = new Network();
    network.lacking(60);
    try (ResidentRuns runs = new ResidentRuns(network)) {
      int[] other = {7};
      assertTrue(runs.shares(other));
      assertEquals(1, network.fronts.get());
      Rows rows = rows(100, 5, 6);
      runs.run(rows);
      assertEquals(100, Arrays.stream(rows.taken).sum());
      int before = network.fronts.get();
      assertTrue(runs.shares(other));
      assertEquals(before + 1, network.fronts.get());
    }
  }
}
