package dev.ablate.backend.host;

import dev.ablate.backend.Forest;
import java.util.Arrays;

/** A forest that grows; the nodes of a tree follow each other in the order of its splits. */
final class HostBoostingForest {
  private final double base;
  private final int exponent;
  private int[] roots = new int[64];
  private int[] feature = new int[1024];
  private int[] left = new int[1024];
  private int[] right = new int[1024];
  private double[] value = new double[1024];
  private int trees;
  private int nodes;

  /** Leaf values will come as integers in units of {@code 2^exponent}. */
  HostBoostingForest(double base, int exponent) {
    this.base = base;
    this.exponent = exponent;
  }

  /** Starts a tree and returns its root, a leaf of value 0. */
  int root() {
    if (trees == roots.length) {
      roots = Arrays.copyOf(roots, 2 * trees);
    }
    roots[trees++] = nodes;
    return leaf();
  }

  private int leaf() {
    if (nodes == feature.length) {
      feature = Arrays.copyOf(feature, 2 * nodes);
      left = Arrays.copyOf(left, 2 * nodes);
      right = Arrays.copyOf(right, 2 * nodes);
      value = Arrays.copyOf(value, 2 * nodes);
    }
    feature[nodes] = -1;
    left[nodes] = -1;
    right[nodes] = -1;
    return nodes++;
  }

  /** Turns a leaf into a split; its children are leaves, the one for bit 0 first. */
  int split(int node, int on) {
    int child = leaf();
    leaf();
    feature[node] = on;
    left[node] = child;
    right[node] = child + 1;
    return child;
  }

  /** Sets what a leaf adds, in units of {@code 2^exponent}. */
  void value(int node, long steps) {
    value[node] = Math.scalb((double) steps, exponent);
  }

  /** The forest so far. */
  Forest build() {
    return new Forest(
        base,
        Arrays.copyOf(roots, trees),
        Arrays.copyOf(feature, nodes),
        Arrays.copyOf(left, nodes),
        Arrays.copyOf(right, nodes),
        Arrays.copyOf(value, nodes));
  }
}
