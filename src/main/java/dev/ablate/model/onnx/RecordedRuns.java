package dev.ablate.model.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers of runs over the same memory that may be recorded once and replayed: those of one shape,
 * behind the same tokens. Each recording holds memory of the device, so that there are few.
 */
final class RecordedRuns {
  private static final int MOST = 16;

  /** ONNX Runtime knows recordings of a session by number; other memory needs other ones. */
  private static final AtomicInteger NEXT = new AtomicInteger(1);

  private final Map<List<Object>, Integer> numbers = new HashMap<>();

  /**
   * The number of a run.
   *
   * @param prefix tokens in front of every row; null for none
   */
  int number(int rows, int width, int asked, KeptPrefix prefix) {
    List<Object> key = List.of(rows, width, asked, prefix == null ? 0L : prefix.address());
    Integer known = numbers.get(key);
    if (known == null) {
      known = numbers.size() < MOST ? NEXT.getAndIncrement() : CudaOptions.UNRECORDED;
      numbers.put(key, known);
    }
    return known;
  }
}
