package dev.ablate.backend.host;

/**
 * A leaf of a tree that grows, or what was one before it was split. Leaves are used again by the
 * next tree; what they hold of the last one is overwritten.
 */
final class HostBoostingLeaf {
  /** Its rows. */
  final long[] bits;

  /** Sums of row states by feature; null while they are not known. */
  long[] sums;

  /** Training rows, and the state of each; of the smaller leaf of a pair only. */
  int[] members = new int[0];

  long[] numbers = new long[0];

  /** The place in the tree: 1 for the root, 2k and 2k + 1 below k. */
  long key;

  int depth;

  /** Number in the forest; set when the leaf becomes part of the tree. */
  int node;

  /** Sum of row states. */
  long total;

  int feature;

  /** What the best split gains; 0 where there is none or it is not known. */
  double gain;

  /** The leaves that the best split makes: the rows without its feature and with it. */
  HostBoostingLeaf without;

  HostBoostingLeaf with;

  /** A leaf of so many words of rows. */
  HostBoostingLeaf(int words) {
    bits = new long[words];
  }

  /** Makes it a leaf that nothing is known of. */
  void start(long itsKey, int itsDepth, long itsTotal) {
    key = itsKey;
    depth = itsDepth;
    total = itsTotal;
    sums = null;
    gain = 0;
    without = null;
    with = null;
  }

  boolean isBefore(HostBoostingLeaf other) {
    return gain > other.gain || gain == other.gain && key < other.key;
  }

  /** Lists the training rows among its rows. */
  void list(int count, int trainWords, long[] state) {
    if (members.length < count) {
      members = new int[count];
      numbers = new long[count];
    }
    int i = 0;
    for (int w = 0; w < trainWords; w++) {
      for (long left = bits[w]; left != 0; left &= left - 1) {
        int row = w * 64 + Long.numberOfTrailingZeros(left);
        members[i] = row;
        numbers[i++] = state[row];
      }
    }
  }
}
