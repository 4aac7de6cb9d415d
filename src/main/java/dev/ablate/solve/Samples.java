package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;

/**
 * What a solver fits: evaluated masks. Repeated masks carry the same value in every repeat, so that
 * a repeat is a weight; folds and hold-outs must keep repeats together.
 *
 * <p>Whoever closes samples frees what {@link #on} copied to a device.
 *
 * @param masks {@code (rows, features)} on the host or the solver's backend
 * @param values {@code (rows, outputs)}, finite
 * @param design where the masks come from
 */
public record Samples(Masks masks, Values values, Design design) implements AutoCloseable {
  /** The same samples in the memory of a backend; these themselves if they live there. */
  public Samples on(Backend backend) {
    return new Samples(masks.on(backend), values.on(backend), design);
  }

  @Override
  public void close() {
    masks.close();
    values.close();
  }
}
