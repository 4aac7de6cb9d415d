package dev.ablate.backend.kernel;

import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Trees;

/**
 * Fitted trees in the memory of a device: the arrays of a {@link Forest} as buffers, which are
 * freed with it. Nodes of one tree need not lie together.
 */
final class KernelTrees implements Trees {
  private final Runtime runtime;
  private final double base;
  private final int trees;
  private final int nodes;
  private final KernelBuffer roots;
  private final KernelBuffer feature;
  private final KernelBuffer left;
  private final KernelBuffer right;
  private final KernelBuffer value;

  /**
   * Trees that own their buffers.
   *
   * @param runtime the device they live on
   * @param base what is added to the sum of the trees
   * @param trees number of trees
   * @param nodes number of nodes of all trees
   * @param roots I32 {@code (trees,)}, numbers of nodes
   * @param feature I32 {@code (nodes,)}, negative at a leaf
   * @param left I32 {@code (nodes,)}, child where the bit is 0
   * @param right I32 {@code (nodes,)}, child where the bit is 1
   * @param value F64 {@code (nodes,)}, a leaf's value
   */
  KernelTrees(
      Runtime runtime,
      double base,
      int trees,
      int nodes,
      KernelBuffer roots,
      KernelBuffer feature,
      KernelBuffer left,
      KernelBuffer right,
      KernelBuffer value) {
    this.runtime = runtime;
    this.base = base;
    this.trees = trees;
    this.nodes = nodes;
    this.roots = roots;
    this.feature = feature;
    this.left = left;
    this.right = right;
    this.value = value;
  }

  /** A copy of a forest on a device. */
  static KernelTrees upload(Runtime runtime, Forest forest) {
    KernelBuffer[] buffers = new KernelBuffer[5];
    HostBuffer[] arrays = {
      HostBuffer.of(forest.roots()),
      HostBuffer.of(forest.feature()),
      HostBuffer.of(forest.left()),
      HostBuffer.of(forest.right()),
      HostBuffer.of(forest.value())
    };
    try {
      for (int i = 0; i < arrays.length; i++) {
        buffers[i] = runtime.upload(arrays[i]);
      }
    } catch (RuntimeException e) {
      for (KernelBuffer buffer : buffers) {
        if (buffer != null) {
          buffer.close();
        }
      }
      throw e;
    }
    return new KernelTrees(
        runtime,
        forest.base(),
        forest.roots().length,
        forest.feature().length,
        buffers[0],
        buffers[1],
        buffers[2],
        buffers[3],
        buffers[4]);
  }

  Runtime runtime() {
    return runtime;
  }

  double base() {
    return base;
  }

  int nodes() {
    return nodes;
  }

  KernelBuffer roots() {
    return roots;
  }

  KernelBuffer feature() {
    return feature;
  }

  KernelBuffer left() {
    return left;
  }

  KernelBuffer right() {
    return right;
  }

  KernelBuffer value() {
    return value;
  }

  @Override
  public int trees() {
    return trees;
  }

  @Override
  public Forest toHost() {
    return new Forest(
        base,
        roots.toHost().ints(),
        feature.toHost().ints(),
        left.toHost().ints(),
        right.toHost().ints(),
        value.toHost().doubles());
  }

  @Override
  public void close() {
    roots.close();
    feature.close();
    left.close();
    right.close();
    value.close();
  }
}
