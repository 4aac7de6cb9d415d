package dev.ablate.solve;

import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;

/**
 * What a solver fits: evaluated masks. Repeated masks carry the same value in every repeat, so that
 * a repeat is a weight; folds and hold-outs must keep repeats together.
 *
 * @param masks {@code (rows, features)} on the host or the solver's backend
 * @param values {@code (rows, outputs)}, finite
 * @param design where the masks come from
 */
public record Samples(Masks masks, Values values, Design design) {}
