package dev.ablate.backend.kernel;

import java.util.function.IntFunction;

/** Work that is cut into smaller batches where the memory of a device is short. */
final class MemoryBatches {
  private MemoryBatches() {}

  /** Work on a stretch of a range. */
  interface Work {
    /**
     * Does all of it or nothing.
     *
     * @throws OutOfDeviceMemoryException if there is not enough memory for so many
     */
    void run(int first, int count);
  }

  /**
   * What work gives for as many as there is memory for.
   *
   * @param wanted how many to begin with; each try takes half as many as the one before
   * @param unit what fewer are multiples of
   * @throws OutOfDeviceMemoryException if there is not enough for one unit
   */
  static <T> T most(int wanted, int unit, IntFunction<T> work) {
    for (int count = wanted; ; count = ((count + 1) / 2 + unit - 1) / unit * unit) {
      try {
        return work.apply(count);
      } catch (OutOfDeviceMemoryException e) {
        if (count <= unit) {
          throw e;
        }
      }
    }
  }

  /**
   * Does the work on a whole range, in order. A batch for which there is no memory is halved, and
   * so are those after it.
   *
   * @param total length of the range
   * @param most largest batch
   * @param unit what smaller batches are multiples of
   * @throws OutOfDeviceMemoryException if there is not enough for one unit
   */
  static void over(int total, int most, int unit, Work work) {
    int batch = most;
    for (int done = 0; done < total; done += batch) {
      int first = done;
      batch =
          most(
              Math.min(batch, total - first),
              unit,
              count -> {
                work.run(first, count);
                return count;
              });
    }
  }
}
