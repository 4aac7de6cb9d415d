package dev.ablate.model;

import dev.ablate.model.ResidentNetwork.Slot;

/** Memory of two batches in turn, which grows to the largest that is asked for. */
final class Slots {
  private final ResidentNetwork network;
  private final Slot[] slots = new Slot[2];
  private final int[][] sizes = new int[2][3];
  private int turn;

  Slots(ResidentNetwork network) {
    this.network = network;
  }

  /**
   * The memory that was not used last.
   *
   * @param rows as {@link ResidentNetwork#slot} has it
   * @throws dev.ablate.backend.kernel.OutOfDeviceMemoryException if there is not so much left
   */
  Slot next(int rows, int positions, int asked) {
    turn = 1 - turn;
    int[] have = sizes[turn];
    if (slots[turn] == null || rows > have[0] || positions > have[1] || asked > have[2]) {
      free(turn);
      int[] wanted = {
        Math.max(rows, have[0]), Math.max(positions, have[1]), Math.max(asked, have[2])
      };
      slots[turn] = network.slot(wanted[0], wanted[1], wanted[2]);
      sizes[turn] = wanted;
    }
    return slots[turn];
  }

  private void free(int which) {
    if (slots[which] != null) {
      slots[which].close();
      slots[which] = null;
    }
  }

  /** Frees both once what was given before is done. */
  void free() {
    free(0);
    free(1);
    sizes[0] = new int[3];
    sizes[1] = new int[3];
  }
}
