package dev.ablate.backend.host;

/**
 * Subsets of weighted items in order of total weight, starting with the empty one. Items are
 * numbered by ascending weight; the successors of a subset move its last item up by one or add the
 * next, so every subset is reached once and never before its total is due.
 */
final class HostDecodingPatterns {
  private final double[] weights;
  private final int[] heap;
  private final double[] totals;
  private int items;
  private int size;
  private boolean started;

  /**
   * Room for subsets.
   *
   * @param items most items, at most 31
   * @param patterns most subsets asked for
   */
  HostDecodingPatterns(int items, int patterns) {
    this.weights = new double[items];
    this.heap = new int[patterns + 2];
    this.totals = new double[patterns + 2];
  }

  /** Starts over with ascending weights, of which {@code items} count. */
  void start(double[] ascending, int items) {
    System.arraycopy(ascending, 0, weights, 0, items);
    this.items = items;
    this.size = 0;
    this.started = false;
  }

  /** The next subset as bits, or -1 when there is none. */
  int next() {
    if (!started) {
      started = true;
      if (items > 0) {
        push(1, weights[0]);
      }
      return 0;
    }
    if (size == 0) {
      return -1;
    }
    int subset = heap[0];
    double total = totals[0];
    pop();
    int last = 31 - Integer.numberOfLeadingZeros(subset);
    if (last + 1 < items) {
      push(subset | 2 << last, total + weights[last + 1]);
      push(subset ^ 3 << last, total - weights[last] + weights[last + 1]);
    }
    return subset;
  }

  private boolean before(int subset, double total, int j) {
    return total < totals[j] || (total == totals[j] && subset < heap[j]);
  }

  private void push(int subset, double total) {
    int i = size++;
    while (i > 0 && before(subset, total, (i - 1) / 2)) {
      heap[i] = heap[(i - 1) / 2];
      totals[i] = totals[(i - 1) / 2];
      i = (i - 1) / 2;
    }
    heap[i] = subset;
    totals[i] = total;
  }

  private void pop() {
    size--;
    int subset = heap[size];
    double total = totals[size];
    int i = 0;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && before(heap[child + 1], totals[child + 1], child)) {
        child++;
      }
      if (before(subset, total, child)) {
        break;
      }
      heap[i] = heap[child];
      totals[i] = totals[child];
      i = child;
    }
    heap[i] = subset;
    totals[i] = total;
  }
}
