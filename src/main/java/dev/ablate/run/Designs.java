package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import dev.ablate.mask.UniformMasks;
import dev.ablate.setting.Setting;

/** From a design to its masks. */
public final class Designs {
  /** A word of a mask, and of the table that finds equal ones while it grows. */
  private static final long BYTES_A_WORD = 40;

  /** Places of a mask in that table and in the list of different masks. */
  private static final long BYTES_A_MASK = 40;

  private Designs() {}

  /**
   * The masks of a design.
   *
   * @throws InputException if the masks of the design are not ours to make, or too many
   */
  public static Masks masks(Design design, Backend backend) {
    requireMemory(design, RunSettings.BUDGET, backend);
    if (design instanceof Design.Paired paired) {
      return paired(paired, backend, null);
    }
    if (design instanceof Design.Uniform uniform) {
      return UniformMasks.draw(
          backend.sampling(),
          design.features(),
          Math.toIntExact(design.masks()),
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
    if (design instanceof Design.Joined joined) {
      return Masks.concat(masks(joined.paired(), backend), masks(joined.coded(), backend));
    }
    throw new InputException("masks chosen elsewhere cannot be made again from their design");
  }

  /** Whether the masks that keep nothing and everything are a design's first two. */
  static boolean beginsWithEnds(Design design) {
    return design instanceof Design.Paired && design.masks() >= 2;
  }

  /**
   * The masks of a paired design, none of them among {@code seen}. Those of a smaller design are
   * the first of a larger one's.
   *
   * @param seen masks to leave out, or null
   * @throws InputException if they are too many
   */
  static Masks paired(Design.Paired design, Backend backend, Masks seen) {
    requireMemory(design, RunSettings.BUDGET, backend);
    return PairedMasks.draw(backend, design, seen);
  }

  /**
   * Checks that masks fit in memory, before any is made.
   *
   * @param setting what says how many they are
   * @throws InputException if they do not
   */
  static void requireMemory(Design design, Setting<?> setting, Backend backend) {
    long words = Masks.words(design.features());
    long most = Integer.MAX_VALUE / words;
    if (backend.name().equals("host")) {
      long bytes = BYTES_A_WORD * words + BYTES_A_MASK;
      most = Math.min(most, Runtime.getRuntime().maxMemory() / bytes);
    }
    if (design.masks() > most) {
      throw new InputException(
          design.masks()
              + " masks of "
              + design.features()
              + " features are more than fit in memory: lower "
              + setting
              + " to at most "
              + most
              + ", or give Java more memory");
    }
  }
}
