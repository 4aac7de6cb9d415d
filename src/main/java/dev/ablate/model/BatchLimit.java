package dev.ablate.model;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;

/**
 * How large batches are: as large as makes a device busy, as far as there is memory for two of
 * them. What a network takes beside its inputs and outputs is measured on the first two batches,
 * which are small.
 */
final class BatchLimit {
  /** Positions of the first batch, and of the second. */
  private static final int[] WARM_UP = {1 << 9, 1 << 12};

  /** More keep no device busier, and make a kill lose more. */
  private static final int MOST_POSITIONS = 1 << 16;

  /** Of the logits of places that are asked about. */
  private static final long MOST_BYTES = 1L << 30;

  /** Of the memory that is free; other shapes need other amounts. */
  private static final double SHARE = 0.8;

  private final Layout layout;
  private final Backend backend;
  private int positions = WARM_UP[0];
  private int measured;
  private int before;
  private long freeBefore;

  BatchLimit(Layout layout, Backend backend) {
    this.layout = layout;
    this.backend = backend;
  }

  /** Most positions of all rows of a batch, tokens in front included. */
  int positions() {
    return positions;
  }

  /** Most places that are asked about. */
  int asked() {
    long each = (long) layout.count() * layout.number().bytes();
    return layout.per() == Per.ASKED ? (int) Math.max(1, MOST_BYTES / each) : Integer.MAX_VALUE;
  }

  /** Whether the next batch tells something. */
  boolean measures() {
    return measured < WARM_UP.length;
  }

  /** Looks at the memory that is free once a batch of so many positions is done. */
  void ran(int size) {
    long free = backend.freeMemory();
    if (measured == 0) {
      positions = WARM_UP[1];
    } else if (size > before) {
      double each = Math.max(0, (double) (freeBefore - free) / (size - before));
      // A slot is there already, but smaller than it will be.
      double room = SHARE * free / (each + 2 * slotBytes());
      positions = (int) Math.max(1, Math.min(MOST_POSITIONS, room));
    } else {
      // A few short rows: nothing is learnt, and nothing needed.
      return;
    }
    before = size;
    freeBefore = free;
    measured++;
  }

  /** Bytes of a position in a slot, the places that are asked about left out. */
  private double slotBytes() {
    double inputs = bytes(layout.ids()) + bytes(layout.attention()) + bytes(layout.positions());
    long given = (long) layout.count() * layout.number().bytes();
    return inputs + (layout.per() == Per.POSITION ? given : 0);
  }

  private static int bytes(Element element) {
    return element == null ? 0 : element.bytes();
  }

  /** Memory was too short for a batch of so many positions. */
  void halve(int size) {
    measured = WARM_UP.length;
    positions = Math.max(1, size / 2);
  }
}
