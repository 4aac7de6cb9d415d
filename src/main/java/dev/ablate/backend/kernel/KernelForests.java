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
   * Brings forests together. One that lives on the device alone is not copied; a forest that occurs
   * several times, with several tree counts, is copied once.
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
      boolean here = source instanceof KernelTrees k && k.runtime() == runtime;
      sources[f] = here ? source : source.toHost();
      bases[f] = here ? ((KernelTrees) source).base() : ((Forest) sources[f]).base();
      nodeStarts[f] = nodes;
      starts.put(source, nodes);
      nodes = Math.addExact(nodes, nodes(sources[f]));
    }
    if (count == 1 && sources[0] instanceof KernelTrees k) {
      return new KernelForests(
          bases, treeStarts, nodeStarts, k.roots(), k.feature(), k.left(), k.right(), k.value());
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
      all.copy(runtime.device(), source, sources[f] != null, f);
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

  private void copy(Device device, Trees source, boolean withNodes, int f) {
    int trees = treeStarts[f + 1] - treeStarts[f];
    if (source instanceof KernelTrees k) {
      copy(device, k.roots(), roots, treeStarts[f], trees);
      if (withNodes) {
        copy(device, k.feature(), feature, nodeStarts[f], k.nodes());
        copy(device, k.left(), left, nodeStarts[f], k.nodes());
        copy(device, k.right(), right, nodeStarts[f], k.nodes());
        copy(device, k.value(), value, nodeStarts[f], k.nodes());
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
      Device device, KernelBuffer from, KernelBuffer to, long start, long count) {
    if (count > 0) {
      int bytes = to.element().bytes();
      device.copy(from.memory(), 0, to.memory(), start * bytes, count * bytes);
    }
  }

  private static void write(Device device, HostBuffer from, KernelBuffer to, long start) {
    if (from.length() > 0) {
      device.write(to.memory(), start * to.element().bytes(), from);
    }
  }
}
