package dev.ablate.model;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentNetwork.Sharing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Runs of a resident network, whose slots are filled by hand. */
public final class HostRuns {
  private final ResidentNetwork network;
  private final ResidentNetwork.Slot slot;
  private final BiConsumer<HostBuffer, Buffer> copy;

  /** Runs in memory of the host. */
  public HostRuns(ResidentNetwork network, ResidentNetwork.Slot slot) {
    this(network, slot, HostRuns::copy);
  }

  /**
   * Runs in memory of some backend.
   *
   * @param copy brings numbers to the front of a buffer there
   */
  public HostRuns(
      ResidentNetwork network, ResidentNetwork.Slot slot, BiConsumer<HostBuffer, Buffer> copy) {
    this.network = network;
    this.slot = slot;
    this.copy = copy;
  }

  private static void copy(HostBuffer from, Buffer to) {
    System.arraycopy(from.array(), 0, to.toHost().array(), 0, (int) from.length());
  }

  /**
   * What the network gives for rows that may share a run, position by position where it gives
   * numbers of positions.
   *
   * @param places of {@link Per#ASKED}, in the batch as it runs
   */
  public double[] of(ResidentNetwork.Prefix prefix, List<int[]> rows, int width, int... places) {
    Layout layout = network.layout();
    int past = prefix == null ? 0 : prefix.length();
    int running = Math.max(rows.size(), layout.fixedRows());
    int[] ids = new int[running * width];
    int[] positions = new int[running * width];
    int[] attention = new int[running * (past + width)];
    for (int r = 0; r < running; r++) {
      int[] row = rows.get(r < rows.size() ? r : 0);
      for (int t = 0; t < width; t++) {
        ids[r * width + t] = t < row.length ? row[t] : layout.filler();
        positions[r * width + t] = past + t;
      }
      for (int t = 0; t < past + width; t++) {
        attention[r * (past + width) + t] = t < past + row.length ? 1 : 0;
      }
    }
    put(ids, slot.ids());
    put(positions, slot.positions());
    put(attention, slot.attention());
    put(places, slot.places());
    slot.filled();
    network.run(slot, prefix, running, width, places.length);
    slot.join();
    int vectors =
        switch (layout.per()) {
          case ROW -> rows.size();
          case POSITION -> rows.size() * width;
          case ASKED -> places.length;
        };
    return numbers(slot.scores(), layout.number(), vectors * layout.count());
  }

  /** The width that a run of rows has. */
  public int width(List<int[]> rows) {
    int fixed = network.layout().fixedLength();
    return fixed > 0 ? fixed : rows.stream().mapToInt(row -> row.length).max().orElseThrow();
  }

  /** Whether two rows may share a run. */
  public boolean mayShare(int[] first, int[] second) {
    Sharing sharing = network.layout().sharing();
    return sharing == Sharing.PADDED
        || sharing == Sharing.EQUAL_LENGTHS && first.length == second.length;
  }

  private void put(int[] numbers, Buffer to) {
    if (to != null) {
      copy.accept(
          to.element() == Buffer.Element.I32
              ? HostBuffer.of(numbers)
              : HostBuffer.of(Arrays.stream(numbers).asLongStream().toArray()),
          to);
    }
  }

  private static double[] numbers(Buffer from, Scores.Number number, int count) {
    byte[] bytes = Arrays.copyOf(from.toHost().byteArray(), count * number.bytes());
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          switch (number) {
            case F32 -> view.getFloat(i * Float.BYTES);
            case F64 -> view.getDouble(i * Double.BYTES);
            case BF16 -> Float.intBitsToFloat(view.getShort(i * Short.BYTES) << Short.SIZE);
            case F16 -> half(view.getShort(i * Short.BYTES));
          };
    }
    return numbers;
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0
            ? fraction * 0x1p-24
            : exponent == 0x1f
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }
}
