package dev.ablate.model.onnx;

import dev.ablate.model.Component.Kind;

/**
 * A tensor of a graph that holds what components of one layer give.
 *
 * @param kind what they are
 * @param layer their layer, from 0
 * @param tensor its name
 * @param node the node that was found, for messages and listings
 * @param count how many components; 0 as long as that is not known
 * @param size numbers of a component at one token; 0 as long as that is not known
 * @param type of the tensor; null as long as that is not known
 * @param form where they stand in the tensor
 * @param weights the tensor of attention weights {@code (batch, heads, tokens, tokens)}; null where
 *     the graph does not show it
 * @param bias a tensor that is added to this one later, inside of a fused operator, and belongs to
 *     it; null where there is none
 */
record Site(
    Kind kind,
    int layer,
    String tensor,
    String node,
    int count,
    int size,
    ElementType type,
    Form form,
    String weights,
    String bias) {
  /** Where components stand in a tensor. */
  enum Form {
    /** {@code (batch, heads, tokens, size)}. */
    HEADS,
    /** {@code (batch, tokens, heads * size)}. */
    JOINED_HEADS,
    /** {@code (batch, tokens, size)}, all of one component. */
    BLOCK,
    /** {@code (batch, tokens, neurons)}. */
    NEURONS;

    /** The axis of tokens. */
    int tokens() {
      return this == HEADS ? 2 : 1;
    }

    /** How many axes. */
    int axes() {
      return this == HEADS ? 4 : 3;
    }
  }

  /** A site whose sizes are not known yet, with no layer. */
  static Site at(Kind kind, String tensor, String node, int count, Form form) {
    return new Site(kind, 0, tensor, node, count, 0, null, form, null, null);
  }

  /** The same in a layer. */
  Site in(int number) {
    return new Site(kind, number, tensor, node, count, size, type, form, weights, bias);
  }

  /** The same with attention weights. */
  Site attending(String by) {
    return new Site(kind, layer, tensor, node, count, size, type, form, by, bias);
  }

  /** The same with a bias. */
  Site biased(String by) {
    return new Site(kind, layer, tensor, node, count, size, type, form, weights, by);
  }

  /** The same with what a run of the graph shows. */
  Site shown(int components, int numbers, ElementType seen) {
    return new Site(kind, layer, tensor, node, components, numbers, seen, form, weights, bias);
  }

  /** The shape of the tensor in words. */
  String shape() {
    return switch (form) {
      case HEADS -> "(batch, " + count + ", tokens, " + size + ")";
      case JOINED_HEADS -> "(batch, tokens, " + count + " * " + size + ")";
      case BLOCK -> "(batch, tokens, " + size + ")";
      case NEURONS -> "(batch, tokens, " + count + ")";
    };
  }

  /** Numbers of the tensor at one token that lie side by side. */
  int together() {
    return switch (form) {
      case HEADS, BLOCK -> size;
      case JOINED_HEADS, NEURONS -> count * size;
    };
  }

  /** Blocks of tokens of the tensor in one row: a block a head, or a single one. */
  int blocks() {
    return form == Form.HEADS ? count : 1;
  }
}
