package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Trees;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first trees of some forests side by side on a device.
 *
 * @param bases what each forest adds to its trees
 * @param treeStarts {@code (forests + 1,)} first tree of each
 * @param nodeStarts {@code (forests,)} node from which each counts
 * @param roots I32 {@code (trees,)}
 * @param feature I32 {@code (nodes,)}
 * @param left I32 {@code (nodes,)}
 * @param right I32 {@code (nodes,)}
 * @param value F64 {@code (nodes,)}
 */
record KernelForests(
    double[] bases,
    int[] treeStarts,
    int[] nodeStarts,
    KernelBuffer roots,
    KernelBuffer feature,
    KernelBuffer left,
    KernelBuffer right,
    KernelBuffer value) {

  /** Number of forests. */
  int count() {
    return bases.length;
  }

  /** Number of trees of all forests. */
  int trees() {
    return treeStarts[bases.length];
  }

  /**
   * Brings forests together. A forest that occurs several times, with several tree counts, is
   * copied once.
   *
   * @param scope owns the copies
   * @param forests on the host or any device
   * @param trees how many trees of each count
   */
  static KernelForests of(
      Runtime runtime, Runtime.Scope scope, List<? extends Trees> forests, int[] trees) {
    int count = forests.size();
    double[] bases = new double[count];
    int[] treeStarts = new int[count + 1];
    int[] nodeStarts = new int[count];
    Map<Trees, Integer> starts = new IdentityHashMap<>();
    Trees[] sources = new Trees[count];
    int nodes = 0;
    for (int f = 0; f < count; f++) {
      treeStarts[f + 1] = Math.addExact(treeStarts[f], trees[f]);
      Trees source = forests.get(f);
      if (starts.containsKey(source)) {
        nodeStarts[f] = starts.get(source);
        bases[f] = bases[firstOf(forests, source)];
        continue;
      }
      boolean here =
          source instanceof KernelTrees k && k.block().roots().device() == runtime.device();
      sources[f] = here ? source : source.toHost();
      bases[f] = here ? ((KernelTrees) source).base() : ((Forest) sources[f]).base();
      nodeStarts[f] = nodes;
      starts.put(source, nodes);
      nodes = Math.addExact(nodes, nodes(sources[f]));
    }
    KernelForests all =
        new KernelForests(
            bases,
            treeStarts,
            nodeStarts,
            scope.temporary(Element.I32, treeStarts[count]),
            scope.temporary(Element.I32, nodes),
            scope.temporary(Element.I32, nodes),
            scope.temporary(Element.I32, nodes),
            scope.temporary(Element.F64, nodes));
    for (int f = 0; f < count; f++) {
      Trees source = sources[f] != null ? sources[f] : sources[firstOf(forests, forests.get(f))];
      all.copy(runtime, source, sources[f] != null, f);
    }
    return all;
  }

  private static int firstOf(List<? extends Trees> forests, Trees source) {
    int f = 0;
    while (forests.get(f) != source) {
      f++;
    }
    return f;
  }

  private static int nodes(Trees trees) {
    return trees instanceof KernelTrees k ? k.nodes() : ((Forest) trees).feature().length;
  }

  private void copy(Runtime runtime, Trees source, boolean withNodes, int f) {
    Device device = runtime.device();
    int trees = treeStarts[f + 1] - treeStarts[f];
    if (source instanceof KernelTrees k) {
      KernelTrees.Block block = k.block();
      copy(device, block.roots(), k.firstRoot(), roots, treeStarts[f], trees);
      if (withNodes) {
        long first = k.firstNode();
        copy(device, block.feature(), first, feature, nodeStarts[f], k.nodes());
        copy(device, block.left(), first, left, nodeStarts[f], k.nodes());
        copy(device, block.value(), first, value, nodeStarts[f], k.nodes());
        if (block.right() != null) {
          copy(device, block.right(), first, right, nodeStarts[f], k.nodes());
        } else if (k.nodes() > 0) {
          runtime.forItems(
              KernelTreeSpectraBatch.STEM,
              "tree_spectra_right",
              k.nodes(),
              Arguments.of()
                  .put("right", right)
                  .put("left", left)
                  .put("first", nodeStarts[f])
                  .put("count", k.nodes()));
        }
      }
    } else {
      Forest forest = (Forest) source;
      int[] first = Arrays.copyOf(forest.roots(), trees);
      write(device, HostBuffer.of(first), roots, treeStarts[f]);
      if (withNodes) {
        write(device, HostBuffer.of(forest.feature()), feature, nodeStarts[f]);
        write(device, HostBuffer.of(forest.left()), left, nodeStarts[f]);
        write(device, HostBuffer.of(forest.right()), right, nodeStarts[f]);
        write(device, HostBuffer.of(forest.value()), value, nodeStarts[f]);
      }
    }
  }

  private static void copy(
      Device device, KernelBuffer from, long first, KernelBuffer to, long start, long count) {
    if (count > 0) {
      int bytes = to.element().bytes();
      device.copy(from.memory(), first * bytes, to.memory(), start * bytes, count * bytes);
    }
  }

  private static void write(Device device, HostBuffer from, KernelBuffer to, long start) {
    if (from.length() > 0) {
      device.write(to.memory(), start * to.element().bytes(), from);
    }
  }
}
