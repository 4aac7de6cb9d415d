package dev.ablate.io;

import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.explanation.RunReport;
import dev.ablate.solve.FitReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report of every kind. */
final class Reports {
  static final FitReport SCREENING =
      new FitReport.Screening(
          2, 4, counts(), 1.5e6, 0.05, Map.of(1, 3.5), Map.of(1, 3.0), 3, 2, 17, 5, 4, 2.5e8, 9);
  static final FitReport PROCESS =
      new FitReport.GaussianProcess(
          400,
          null,
          null,
          1.25,
          1e-30,
          0.5,
          3.5,
          -0.25,
          0.125,
          -321.5,
          null,
          20_000,
          50,
          "held-out masks");
  static final FitReport SHARED =
      new FitReport.GaussianProcess(
          400, null, null, 1.25, 1e-30, 0.5, 3.5, 0, 0, -321.5, 7, 8192, 50, "asked for");
  static final FitReport STACKED = new FitReport.Stacked(SCREENING, PROCESS, 55);

  /** One of each kind that a solver fills, and two kinds of contest. */
  static final List<FitReport> FITS =
      List.of(
          new FitReport.Terms(256),
          SCREENING,
          PROCESS,
          new FitReport.Trees(
              1000, 5, 0.1, 1101, 40, 30, Double.NaN, 0.5, 1, "held-out masks", 0.875),
          new FitReport.Grid("published", 500, 3, 0.1, 0.75, 0.95, null, null, 12),
          new FitReport.Grid("published", 500, 3, 0.1, 0.75, 0.95, 1e-3, Double.NaN, 12),
          new FitReport.Spex(3, 6, 5, 41, 7872, 55, 30, 2, 0, true),
          STACKED,
          contest(SCREENING),
          contest(STACKED),
          new FitReport.Lasso(31, 0.25, 0.5, 12),
          SHARED,
          ((FitReport.GaussianProcess) PROCESS).inBasis(320, 20_000),
          new FitReport.Blend(Map.of("gp", 1.0), Map.of("gp", PROCESS), 50));

  private Reports() {}

  private static Map<Integer, Integer> counts() {
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    counts.put(3, 12);
    counts.put(4, 0);
    return counts;
  }

  private static FitReport contest(FitReport winner) {
    Map<String, Double> reached = new LinkedHashMap<>();
    reached.put("screen", 0.5);
    reached.put("gp", Double.NaN);
    return new FitReport.Contest(reached, "screen", List.of(0.5, -1.0, 12.25), 4.0, winner);
  }

  /** A report that says all there is to say, with one fit an output. */
  static RunReport full(FitReport... fits) {
    boolean one = fits.length == 1;
    PerOutput<Double> r2 = new PerOutput<>(one ? List.of(0.5) : List.of(0.5, Double.NaN));
    return new RunReport(
        null,
        "opencl:0: asked for",
        "cpu: the backend is opencl",
        44_580L,
        16_264L,
        "a model",
        new LinkedHashMap<>(Map.of("tokenizer_sha256", "ab", "configuration_sha256", "cd")),
        new LinkedHashMap<>(Map.of("ablate", "mask", "keep", List.of("0", "4-5"))),
        "uniform",
        400L,
        new RoundsReport(
            0.9,
            "budget spent",
            List.of(new RoundsReport.Round(200, r2, r2), new RoundsReport.Round(400, r2, null))),
        7L,
        "fbii",
        3,
        new PerOutput<>(List.of(fits)),
        List.of("a note", "another"),
        null);
  }

  /** A report of little more than fits, one an output. */
  static RunReport of(FitReport... fits) {
    return new RunReport(
        null,
        "host: asked for",
        null,
        null,
        null,
        null,
        Map.of(),
        Map.of(),
        "foreign",
        10L,
        null,
        null,
        "sii",
        2,
        new PerOutput<>(List.of(fits)),
        List.of(),
        null);
  }
}
