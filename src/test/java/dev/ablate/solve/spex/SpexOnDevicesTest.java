package dev.ablate.solve.spex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** SPEX on every device gives the spectrum that the host gives, and leaves nothing behind. */
class SpexOnDevicesTest {
  /**
   * As a share of the range of the values: transforms are in single precision, and the lasso stops
   * when its conditions hold to a tolerance.
   */
  private static final double TOLERANCE = 1e-5;

  /** Features, terms, b, refinement. */
  static Stream<Arguments> games() {
    return Stream.of(
            Arguments.of(300, 80, 6, Refine.LASSO),
            Arguments.of(70, 30, 5, Refine.RIDGE),
            Arguments.of(70, 30, 5, Refine.NONE))
        .flatMap(
            a ->
                KernelBackends.tuned()
                    .map(b -> Arguments.of(b, a.get()[0], a.get()[1], a.get()[2], a.get()[3])));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("games")
  void findsWhatTheHostFinds(Backend device, int n, int terms, int b, Refine refine) {
    PlantedGame first = PlantedGame.random(n, terms, 5, 0.3, 4);
    PlantedGame second = PlantedGame.random(n, terms / 2, 4, 0, 5);
    SpexSolver solver = new SpexSolver(new SpexSettings(b, 5, 0, refine));
    Design.Coded design = (Design.Coded) solver.plan(n, Long.MAX_VALUE, MaskSampling.UNIFORM, 3);
    try (HostBackend host = new HostBackend(1)) {
      Masks masks = new CodedDesign(design).masks(host);
      Values values = both(first, second, masks);
      Samples samples = new Samples(masks, values, design);
      List<Solution> expected = solver.solve(samples, host, 3);
      long before = ((KernelBackend) device).deviceHandle().allocated();
      List<Solution> actual;
      try (Samples there = samples.on(device)) {
        actual = solver.solve(there, device, 3);
      }
      assertEquals(before, ((KernelBackend) device).deviceHandle().allocated());
      for (int o = 0; o < 2; o++) {
        double[] column = values.column(o);
        double range =
            Arrays.stream(column).max().orElse(0) - Arrays.stream(column).min().orElse(0);
        Spectrum x = expected.get(o).spectrum();
        Spectrum y = actual.get(o).spectrum();
        assertTrue(x.size() >= terms / 4, "terms " + x.size());
        compare(x, y, TOLERANCE * range);
        compare(y, x, TOLERANCE * range);
        assertEquals(expected.get(o).heldOutR2(), actual.get(o).heldOutR2(), 1e-5);
      }
    }
  }

  static Stream<Backend> devices() {
    return KernelBackends.tuned();
  }

  /** Values without interactions, and games so small that every mask occurs many times. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("devices")
  void solvesConstantsAndTinyGames(Backend device) {
    for (int n : new int[] {1, 2, 5, 40}) {
      for (Refine refine : Refine.values()) {
        SpexSolver solver = new SpexSolver(new SpexSettings(3, 5, 0, refine));
        Design.Coded design =
            (Design.Coded) solver.plan(n, Long.MAX_VALUE, MaskSampling.UNIFORM, 1);
        Masks masks = new CodedDesign(design).masks(device);
        double[] column = new double[masks.count()];
        Arrays.fill(column, 1e6 + 0.1);
        Samples constant = new Samples(masks, Values.of(column), design);
        Spectrum found = solver.solve(constant, device, 1).get(0).spectrum();
        assertEquals(1, found.size());
        assertEquals(1e6 + 0.1, found.coefficient(0), 1);
        masks.close();
      }
    }
  }

  private static Values both(PlantedGame first, PlantedGame second, Masks masks) {
    Values a = Values.zeros(masks.count(), 1);
    Values b = Values.zeros(masks.count(), 1);
    first.evaluate(masks, a);
    second.evaluate(masks, b);
    Values both = Values.zeros(masks.count(), 2);
    for (int r = 0; r < masks.count(); r++) {
      both.set(r, 0, a.get(r, 0));
      both.set(r, 1, b.get(r, 0));
    }
    return both;
  }

  private static void compare(Spectrum expected, Spectrum actual, double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      int[] set = expected.sets().get(i);
      assertEquals(
          expected.coefficient(i),
          actual.coefficientOf(set),
          tolerance,
          () -> Arrays.toString(set));
    }
  }
}
