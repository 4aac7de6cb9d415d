package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Trees;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fitted trees in the memory of a device. The forests of one call share buffers, which are freed
 * when the last of them is closed.
 *
 * <p>Tree {@code t} begins at node {@code roots[firstRoot + t]}; nodes are numbered within their
 * forest and stand at {@code firstNode} plus their number. The child for bit 1 is {@code left + 1}
 * where the block has no array for it.
 */
final class KernelTrees implements Trees {
  private final Block block;
  private final long firstRoot;
  private final long firstNode;
  private final int trees;
  private final int nodes;
  private final double base;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A forest of so many trees and nodes in a block. */
  KernelTrees(Block block, long firstRoot, long firstNode, int trees, int nodes, double base) {
    this.block = block;
    this.firstRoot = firstRoot;
    this.firstNode = firstNode;
    this.trees = trees;
    this.nodes = nodes;
    this.base = base;
    block.users.incrementAndGet();
  }

  /** A copy of a forest on a device. */
  static KernelTrees upload(Runtime runtime, Forest forest) {
    int nodes = forest.feature().length;
    Block block = new Block(runtime, forest.trees(), nodes);
    try {
      block.right = runtime.upload(HostBuffer.of(forest.right()));
      write(block.roots, forest.roots());
      write(block.feature, forest.feature());
      write(block.left, forest.left());
      if (nodes > 0) {
        runtime.device().write(block.value.memory(), 0, HostBuffer.of(forest.value()));
      }
      return new KernelTrees(block, 0, 0, forest.trees(), nodes, forest.base());
    } finally {
      // The trees are a user of their own.
      block.release();
    }
  }

  private static void write(KernelBuffer to, int[] from) {
    if (from.length > 0) {
      to.device().write(to.memory(), 0, HostBuffer.of(from));
    }
  }

  /** The buffers of several forests. */
  static final class Block {
    private final KernelBuffer roots;
    private final KernelBuffer feature;
    private final KernelBuffer left;
    private final KernelBuffer value;
    private KernelBuffer right;
    private final AtomicInteger users = new AtomicInteger(1);

    /** Room for so many trees and nodes; the maker is its first user. */
    Block(Runtime runtime, long trees, long nodes) {
      KernelBuffer[] made = new KernelBuffer[4];
      try {
        made[0] = runtime.allocate(Element.I32, trees);
        made[1] = runtime.allocate(Element.I32, nodes);
        made[2] = runtime.allocate(Element.I32, nodes);
        made[3] = runtime.allocate(Element.F64, nodes);
      } catch (OutOfDeviceMemoryException e) {
        for (KernelBuffer buffer : made) {
          if (buffer != null) {
            buffer.close();
          }
        }
        throw e;
      }
      roots = made[0];
      feature = made[1];
      left = made[2];
      value = made[3];
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

    KernelBuffer value() {
      return value;
    }

    /** The children for bit 1, or null where they are {@code left + 1}. */
    KernelBuffer right() {
      return right;
    }

    /** One user less; the last frees the buffers. */
    void release() {
      if (users.decrementAndGet() == 0) {
        roots.close();
        feature.close();
        left.close();
        value.close();
        if (right != null) {
          right.close();
        }
      }
    }
  }

  /** The buffers, shared with other forests. */
  Block block() {
    return block;
  }

  /** Where the roots begin in {@link Block#roots}. */
  long firstRoot() {
    return firstRoot;
  }

  /** Where the nodes begin in the other buffers. */
  long firstNode() {
    return firstNode;
  }

  /** Number of nodes. */
  int nodes() {
    return nodes;
  }

  /** What no tree predicts. */
  double base() {
    return base;
  }

  @Override
  public int trees() {
    return trees;
  }

  @Override
  public Forest toHost() {
    int[] left = ints(block.left, firstNode, nodes);
    int[] right = block.right != null ? ints(block.right, firstNode, nodes) : new int[nodes];
    for (int i = 0; i < nodes && block.right == null; i++) {
      right[i] = left[i] < 0 ? -1 : left[i] + 1;
    }
    HostBuffer value = HostBuffer.zeros(Element.F64, nodes);
    read(block.value, firstNode, value);
    return new Forest(
        base,
        ints(block.roots, firstRoot, trees),
        ints(block.feature, firstNode, nodes),
        left,
        right,
        value.doubles());
  }

  private static int[] ints(KernelBuffer from, long first, int count) {
    HostBuffer to = HostBuffer.zeros(Element.I32, count);
    read(from, first, to);
    return to.ints();
  }

  private static void read(KernelBuffer from, long first, HostBuffer to) {
    if (to.length() > 0) {
      from.device().read(from.memory(), first * from.element().bytes(), to);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      block.release();
    }
  }
}
