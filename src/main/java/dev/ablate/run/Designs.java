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
   * @throws InputException if the masks of the design are not ours to make, or too many
   */
  public static Masks masks(Design design, Backend backend) {
    requireMemory(design);
    if (design instanceof Design.Uniform uniform) {
      return uniform(uniform, backend, null);
    }
    if (design instanceof Design.Exhaustive) {
      return Masks.exhaustive(design.features());
    }
    if (design instanceof Design.Coded coded) {
      return new CodedDesign(coded).masks(backend);
    }
    throw new InputException("masks chosen elsewhere cannot be made again from their design");
  }

  /**
   * Uniform masks, none of them among {@code seen}. Those of a smaller design are the first of a
   * larger one's.
   *
   * @param seen masks to leave out, or null
   * @throws InputException if they are too many
   */
  static Masks uniform(Design.Uniform design, Backend backend, Masks seen) {
    requireMemory(design);
    return UniformMasks.draw(
        backend.sampling(),
        design.features(),
        Math.toIntExact(design.masks()),
        design.seed(),
        UniformMasks.Use.FIT,
        seen);
  }

  private static void requireMemory(Design design) {
    long most = Integer.MAX_VALUE / Masks.words(design.features());
    if (design.masks() > most) {
      throw new InputException(
          "a budget of "
              + design.masks()
              + " masks of "
              + design.features()
              + " features is more than fits in memory: lower "
              + RunSettings.BUDGET
              + " to at most "
              + most);
    }
  }
}
