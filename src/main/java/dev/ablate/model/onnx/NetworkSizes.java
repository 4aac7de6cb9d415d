package dev.ablate.model.onnx;

import java.util.OptionalInt;

/**
 * What config.json says about the layers of a network; empty where it does not say.
 *
 * @param layers how many layers
 * @param heads attention heads a layer, those of queries where keys and values have fewer
 * @param hidden numbers of the residual stream at a position
 * @param inner numbers of the widest vector inside a feed-forward block
 */
public record NetworkSizes(
    OptionalInt layers, OptionalInt heads, OptionalInt hidden, OptionalInt inner) {}
