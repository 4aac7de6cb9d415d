package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.mask.UniformMasks;

/** From a design to its masks. */
public final class Designs {
  private Designs() {}

  /**
   * The masks of a design.
   *
   * @throws InputException if the masks of the design are not ours to make
   */
  public static Masks masks(Design design, Backend backend) {
    if (design instanceof Design.Uniform uniform) {
      return UniformMasks.draw(
          backend.sampling(),
          uniform.features(),
          Math.toIntExact(uniform.masks()),
          uniform.seed(),
          UniformMasks.Use.FIT,
          null);
    }
    if (design instanceof Design.Exhaustive) {
      return Masks.exhaustive(design.features());
    }
    if (design instanceof Design.Coded coded) {
      return new CodedDesign(coded).masks(backend);
    }
    throw new InputException("masks chosen elsewhere cannot be made again from their design");
  }
}
