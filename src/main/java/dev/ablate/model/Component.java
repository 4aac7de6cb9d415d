package dev.ablate.model;

import dev.ablate.code.InputException;
import java.util.Locale;

/**
 * A part of a network that can be switched off by itself.
 *
 * @param kind what it is
 * @param layer its layer, from 0, in the order of the graph
 * @param number which head or neuron of the layer, from 0; 0 for the MLP block
 * @param node the tensor of the graph that is scaled
 * @param shape of that tensor: {@code (batch, heads, tokens, size)} or {@code (batch, tokens,
 *     size)} in words, for listings
 */
public record Component(Kind kind, int layer, int number, String node, String shape) {
  /** What a component is. */
  public enum Kind {
    /** What an attention head adds to its layer, before the heads are projected together. */
    HEAD,
    /** What the feed-forward block of a layer adds to the residual stream. */
    MLP,
    /** One number of the widest vector inside a feed-forward block. */
    NEURON;

    /** The word for several. */
    String plural() {
      return this == MLP ? "MLP blocks" : name().toLowerCase(Locale.ROOT) + "s";
    }
  }

  /** Whether another is of the same kind in the same layer. */
  public boolean isBeside(Component other) {
    return kind == other.kind && layer == other.layer;
  }

  /** Its short name, such as {@code L0H3}, {@code L2MLP} or {@code L1N17}. */
  public String name() {
    InputException.required(kind, "the kind of a component");
    return switch (kind) {
      case HEAD -> "L" + layer + "H" + number;
      case MLP -> "L" + layer + "MLP";
      case NEURON -> "L" + layer + "N" + number;
    };
  }
}
