package dev.ablate.backend.host;

import dev.ablate.backend.Forest;
import java.util.Arrays;

/**
 * A forest that grows; the nodes of a tree follow each other in the order of its splits until they
 * are put in order of their depth.
 */
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

  /** Numbers the nodes of the last tree by depth, then from left to right. */
  void order() {
    int root = roots[trees - 1];
    int count = nodes - root;
    int[] old = new int[count];
    old[0] = root;
    int next = 1;
    for (int i = 0; i < count; i++) {
      if (feature[old[i]] >= 0) {
        old[next++] = left[old[i]];
        old[next++] = right[old[i]];
      }
    }
    int[] features = new int[count];
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      features[i] = feature[old[i]];
      values[i] = value[old[i]];
    }
    int child = root + 1;
    for (int i = 0; i < count; i++) {
      boolean split = features[i] >= 0;
      feature[root + i] = features[i];
      value[root + i] = values[i];
      left[root + i] = split ? child : -1;
      right[root + i] = split ? child + 1 : -1;
      child += split ? 2 : 0;
    }
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
