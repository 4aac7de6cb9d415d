package dev.ablate.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Backend;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.spectrum.Spectrum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The evaluated games, solved on every device, give what the host gives. */
// A processor behind OpenCL takes up to a minute a game, several where the machine is busy.
@Timeout(600)
class GamesOnDevicesTest {
  private static final Path FOLDER = Path.of("benchmarks", "games");

  /**
   * As a share of the range of the values: the lasso stops when its optimality conditions hold to a
   * tolerance, and two ways to get there differ by about that much.
   */
  private static final double TOLERANCE = 1e-5;

  /** Those that a processor behind OpenCL solves in seconds. */
  private static final Set<String> QUICK =
      Set.of("forest-breast-cancer-30", "planted-hierarchical-64");

  /** Whether a processor behind OpenCL solves the others too, which takes it minutes. */
  private static final boolean SLOW = Boolean.getBoolean("ablate.test.slow");

  static Stream<Arguments> games() {
    return Stream.of(
            "forest-breast-cancer-30",
            "forest-digits-64",
            "planted-hierarchical-64",
            "planted-noisy-256",
            "planted-peaks-64")
        .flatMap(
            game ->
                KernelBackends.tuned()
                    .filter(b -> SLOW || QUICK.contains(game) || b.name().equals("cuda"))
                    .flatMap(
                        b -> Stream.of(Refine.LASSO).map(refine -> Arguments.of(b, game, refine))));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("games")
  void theSameTermsAsOnTheHost(Backend device, String game, Refine refine) throws IOException {
    Path folder = FOLDER.resolve(game);
    int features =
        new ObjectMapper().readTree(folder.resolve("game.json").toFile()).get("n").asInt();
    Masks masks = MaskFile.read(folder.resolve("masks.npy"), features);
    Values values = ValueFile.read(folder.resolve("values.npy"));
    Samples samples = new Samples(masks, values, new Design.Foreign(features, masks.count()));
    ProxySpexSolver solver = new ProxySpexSolver(refine);
    Spectrum expected;
    try (HostBackend host = new HostBackend()) {
      expected = solver.solve(samples, host, 0).get(0).spectrum();
    }
    Spectrum actual;
    try (Samples there = samples.on(device)) {
      actual = solver.solve(there, device, 0).get(0).spectrum();
    }
    double range =
        Arrays.stream(values.column(0)).max().orElse(0)
            - Arrays.stream(values.column(0)).min().orElse(0);
    compare(expected, actual, TOLERANCE * range);
    compare(actual, expected, TOLERANCE * range);
  }

  private static void compare(Spectrum expected, Spectrum actual, double tolerance) {
    assertTrue(expected.size() > 1, "terms " + expected.size());
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
