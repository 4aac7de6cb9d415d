package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.index.Index;
import dev.ablate.mask.MaskSampling;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked of a run: {@link RunSettings} and {@link SolverSettings}, read and set by name.
 *
 * @param settings what somebody set
 */
public record Request(Settings settings) {
  /** Fewer say too little of how far off R² may be. */
  private static final int LEAST_TEST_MASKS = 20;

  /** The defaults of the command line. */
  public static Request standard() {
    return new Request(Settings.STANDARD);
  }

  /**
   * Checks what is asked for together.
   *
   * @throws InputException if a target has no held-out masks to be measured on, or comes with a
   *     method whose masks cannot be spent in rounds
   */
  public void requireConsistent() {
    if (targetR2() == null) {
      return;
    }
    if (testMasks() < LEAST_TEST_MASKS) {
      throw new InputException(
          RunSettings.TARGET_R2
              + " "
              + targetR2()
              + " with "
              + RunSettings.TEST_MASKS
              + " "
              + testMasks()
              + ": R² is measured on held-out masks, give at least "
              + LEAST_TEST_MASKS);
    }
    method().requireRounds();
  }

  /** A line for each setting that somebody set and the method does not heed. */
  List<String> unheeded(Method ran) {
    List<String> lines = new ArrayList<>();
    for (Setting<?> setting : settings.set()) {
      if (!setting.isHeededBy(ran.toString())) {
        lines.add(
            setting.name()
                + " does nothing here: "
                + ran
                + " does not heed it, "
                + String.join(" and ", setting.methods())
                + (setting.methods().size() == 1 ? " does" : " do"));
      }
    }
    return lines;
  }

  /** How a spectrum is found. */
  public Method method() {
    return settings.get(SolverSettings.METHOD);
  }

  /** How many different masks may be evaluated for fitting; null for the default. */
  public Budget budget() {
    Long masks = settings.get(RunSettings.BUDGET);
    return masks == null ? null : new Budget(masks);
  }

  /** How masks are drawn: as somebody set it, or as the index weighs them. */
  public MaskSampling sampling() {
    MaskSampling set = settings.get(RunSettings.SAMPLING);
    if (set != null) {
      return set;
    }
    return index().weighsSizesAlike() ? MaskSampling.SIZE : MaskSampling.UNIFORM;
  }

  /** Held-out masks, on top of the budget. */
  public int testMasks() {
    return settings.get(RunSettings.TEST_MASKS).intValue();
  }

  /** R² at which rounds end; null to spend the budget at once. */
  public Double targetR2() {
    return settings.get(RunSettings.TARGET_R2);
  }

  /** How many interactions of each output are verified after the fit; 0 for none. */
  public int verify() {
    Long count = settings.get(RunSettings.VERIFY);
    return count == null ? 0 : count.intValue();
  }

  /** File that keeps evaluated masks; null for none. */
  public Path journal() {
    return settings.get(RunSettings.RESUME);
  }

  /** The seed of everything random. */
  public long seed() {
    return settings.get(RunSettings.SEED);
  }

  /** Index of the reported interactions. */
  public Index index() {
    return settings.get(RunSettings.INDEX);
  }

  /** Highest order of the reported interactions. */
  public int order() {
    return settings.get(RunSettings.ORDER).intValue();
  }

  /** The same with a setting set; null takes it back. */
  public <T> Request with(Setting<T> setting, T value) {
    return new Request(settings.with(setting, value));
  }

  /** The same by another method. */
  public Request withMethod(Method other) {
    return with(SolverSettings.METHOD, other);
  }

  /** The same with another budget; null for the default. */
  public Request withBudget(Budget other) {
    return with(RunSettings.BUDGET, other == null ? null : Long.valueOf(other.masks()));
  }

  /** The same with another number of held-out masks. */
  public Request withTestMasks(int other) {
    return with(RunSettings.TEST_MASKS, (long) other);
  }

  /** The same spent in rounds until a target is reached; null to spend the budget at once. */
  public Request withTargetR2(Double other) {
    return with(RunSettings.TARGET_R2, other);
  }

  /** The same with so many interactions verified; null for none. */
  public Request withVerify(Integer other) {
    return with(RunSettings.VERIFY, other == null ? null : Long.valueOf(other));
  }

  /** The same with a journal; null for none. */
  public Request withJournal(Path other) {
    return with(RunSettings.RESUME, other);
  }

  /** The same with another seed. */
  public Request withSeed(long other) {
    return with(RunSettings.SEED, other);
  }
}
