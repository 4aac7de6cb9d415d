package dev.ablate.solve;

import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import java.util.List;

/** What a user may set about solvers; each takes what concerns it. */
public final class SolverSettings {
  private static final Kind.Choice<Method> METHODS = Kind.Choice.of(Method.class);

  /** How a spectrum is found. */
  public static final Setting<Method> METHOD =
      Setting.of("method", "M", METHODS, METHODS.listed("or")).standard(Method.AUTO);

  /** What becomes of the support that SPEX and ProxySPEX recover. */
  public static final Setting<Refine> REFINE =
      Setting.of(
              "refine",
              "R",
              Kind.Choice.of(Refine.class),
              "of spex and proxyspex: none, ridge or lasso")
          .standard(Refine.LASSO)
          .heededBy(Method.SPEX, Method.PROXYSPEX);

  /**
   * Work limit of a screening, in seconds of the device that the tuning table describes: it is
   * turned into a number of candidates, never measured by a clock.
   */
  public static final Setting<Double> SCREEN_SECONDS =
      Setting.of(
              "screen-seconds",
              "S",
              new Kind.Decimal(0, 86_400, false),
              "work limit of screening, as the tuning table counts it")
          .standard(2.0)
          .heededBy(Method.SCREEN, Method.AUTO);

  /** Highest order that a screening tests in full, whatever the work. */
  public static final Setting<Long> SCREEN_ORDER =
      Setting.of(
              "screen-order",
              "K",
              new Kind.Whole(1, 15),
              "highest order that screening tests in full")
          .otherwise("by the work limit")
          .heededBy(Method.SCREEN, Method.AUTO);

  /** Number of terms that a Gaussian process reports; at most as many as it keeps. */
  public static final Setting<Long> TERMS =
      Setting.of("terms", "K", new Kind.Whole(1, 4_000), "terms that a Gaussian process reports")
          .otherwise("by held-out masks")
          .heededBy(Method.GP, Method.AUTO);

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(METHOD, REFINE, SCREEN_SECONDS, SCREEN_ORDER, TERMS);

  private SolverSettings() {}
}
