package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.index.Index;
import dev.ablate.mask.MaskSampling;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a user may set about a run, beside what concerns solvers. */
public final class RunSettings {
  /** How many different masks may be evaluated for fitting. */
  public static final Setting<Long> BUDGET =
      Setting.of(
              "budget",
              "B",
              new Kind.Whole(1, Long.MAX_VALUE),
              "most masks to evaluate for fitting")
          .otherwise("min(2^n, 8 n log2 n)");

  /** Held-out masks, on top of the budget. */
  public static final Setting<Long> TEST_MASKS =
      Setting.of("test-masks", "N", new Kind.Whole(0, 10_000_000), "held-out masks on top, for R²")
          .standard(200L);

  /** Masks are spent in rounds until R² on the held-out ones reaches this. */
  public static final Setting<Double> TARGET_R2 =
      Setting.of(
              "target-r2",
              "R",
              new Kind.Decimal(0, 1, true),
              "evaluates masks in rounds until R² on the held-out masks reaches R, at most "
                  + BUDGET)
          .otherwise("the whole budget at once");

  /** File that keeps every evaluated mask and from which known values are taken. */
  public static final Setting<Path> RESUME =
      Setting.of(
          "resume",
          "FILE",
          new Kind.File(),
          "journal of evaluated masks: made where there is none, otherwise its values are reused;"
              + " of many inputs a folder, ID.journal for each, and those that are done are passed"
              + " over");

  /** The seed of everything random. */
  public static final Setting<Long> SEED =
      Setting.of(
              "seed",
              "S",
              new Kind.Whole(Long.MIN_VALUE, Long.MAX_VALUE),
              "seed of everything random")
          .standard(0L);

  /** Index of the reported interactions. */
  public static final Setting<Index> INDEX =
      Setting.of(
              "index",
              "I",
              new Kind.Read<>(Index::parse, Index::label),
              "index of the reported interactions: " + indices(index -> true))
          .standard(Index.FBII);

  /** Highest order of the reported interactions. */
  public static final Setting<Long> ORDER =
      Setting.of(
              "order",
              "K",
              new Kind.Whole(1, Integer.MAX_VALUE),
              "highest order of the reported interactions")
          .standard(3L);

  /** How many interactions are verified after the fit. */
  public static final Setting<Long> VERIFY =
      Setting.of(
          "verify",
          "K",
          new Kind.Whole(1, 10_000),
          "asks again after the fit, on top of the budget: the K largest interactions removed, alone,"
              + " and against the sum of their parts, predicted beside measured");

  private static final Kind.Choice<MaskSampling> SAMPLINGS = Kind.Choice.of(MaskSampling.class);

  /** How the masks that are fitted are drawn. */
  public static final Setting<MaskSampling> SAMPLING =
      Setting.of(
              "sampling",
              "D",
              SAMPLINGS,
              "how masks are drawn: uniform, by size (every size alike) or both in turns")
          .otherwise(
              InputException.setting("index")
                  + " decides: size for "
                  + indices(Index::weighsSizesAlike)
                  + ", else uniform")
          .heededBy(Method.AUTO, Method.PROXYSPEX, Method.SCREEN, Method.GP);

  /** What becomes of masks that are evaluated: solvers and the report. */
  public static final List<Setting<?>> FITTING =
      Stream.concat(SolverSettings.ALL.stream(), Stream.of(SEED, INDEX, ORDER)).toList();

  /** All of them, solvers' included. */
  public static final List<Setting<?>> ALL =
      Stream.concat(
              FITTING.stream(), Stream.of(BUDGET, SAMPLING, TEST_MASKS, TARGET_R2, RESUME, VERIFY))
          .toList();

  private RunSettings() {}

  private static String indices(Predicate<Index> which) {
    List<String> labels = Arrays.stream(Index.values()).filter(which).map(Index::label).toList();
    int last = labels.size() - 1;
    return labels.stream().limit(last).collect(Collectors.joining(", "))
        + " or "
        + labels.get(last);
  }
}
