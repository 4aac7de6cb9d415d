package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.KernelBackends;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Budget;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Progress;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.SolverSettings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What crosses between a device and the host while a game that lives on the device is explained.
 * The bounds speak of features, terms and held-out masks; what is larger than that stays where it
 * is.
 */
class TrafficTest {
  private static final int FEATURES = 100;
  private static final int TERMS = 30;
  private static final int HELD_OUT = 200;

  /**
   * Bytes a mask that interactions are read with, six times: of all masks and without each of five
   * folds. Each time the masks, what they weigh in two products, and what is predicted of them.
   */
  private static final long READ_BYTES = 6L * 8 * Double.BYTES;

  private static final int MASK_BYTES = (FEATURES + 63) / 64 * Long.BYTES;

  static Stream<Backend> devices() {
    return KernelBackends.tuned();
  }

  /**
   * Measured with PoCL: 44,580 bytes to the device and 16,264 back, of which the held-out masks and
   * their values are 4,800. The 31,488 masks would be 504 KB, their values 252 KB, the transforms
   * of 3 groups of 256 bins with 41 delays 126 KB, 31 packed parity columns 122 KB, and a Gram
   * matrix of 31 terms 7.7 KB, more than either bound leaves.
   */
  @ParameterizedTest
  @MethodSource("devices")
  void spexMovesTermsAndHeldOutMasks(Backend device) {
    Explanation explanation = explain(device, "spex", 50_000);
    assertEquals(TERMS + 1, explanation.outputs().get(0).spectrum().size(), 1);
    assertEquals(1, ((FitReport.Spex) solver(explanation)).rounds());
    long decisions = 64L * TERMS;
    assertAtMost(
        28 * 1024 + 160L * FEATURES + decisions + (long) HELD_OUT * MASK_BYTES,
        explanation.provenance().report().bytesToDevice(),
        "to the device");
    assertAtMost(
        12 * 1024 + 16L * FEATURES + decisions + (long) HELD_OUT * (MASK_BYTES + Double.BYTES),
        explanation.provenance().report().bytesToHost(),
        "to the host");
  }

  /**
   * Measured with PoCL: 75,589 bytes to the device and 207,540 back, of which the Gram matrix of
   * the 127 reported terms is 129,032. Sets that the residual is screened for would be up to 60,000
   * of each order from 2 to 5 for each fit, 6.7 MB. A Gram matrix of the candidates has 9.7 MB in
   * doubles, 4.8 MB in integers. The two forests of 1,000 trees would be more than 300 KB each.
   * More masks would take a processor too long; with so few, whole tree spectra would bring back
   * only 11 KB more, so KernelTreeSpectraContractTest bounds these.
   */
  @ParameterizedTest
  @MethodSource("devices")
  void proxySpexMovesCandidatesAndHeldOutMasks(Backend device) {
    Explanation explanation = explain(device, "proxyspex", 150);
    // A trial, all masks, and without each of the folds that standard errors are made of.
    int fits = 2 + 5;
    long candidates = 1 + FEATURES + 1000;
    FitReport.Trees solver = (FitReport.Trees) solver(explanation);
    assertEquals(candidates, solver.candidates());
    long setBytes = 6 * Integer.BYTES; // start and five features
    long heldOut = (long) HELD_OUT * (MASK_BYTES + Double.BYTES);
    RunReport report = explanation.provenance().report();
    // Beside them the terms once more, to see whether another solution of theirs leaves less.
    assertAtMost(
        2 * fits * candidates * setBytes
            + candidates * (setBytes + Double.BYTES)
            + heldOut
            + READ_BYTES * 150,
        report.bytesToDevice(),
        "to the device");
    // Sets and coefficients from the trees; weights of the lasso and of least squares; for standard
    // errors the Gram matrix of the reported terms and their products.
    assertAtMost(
        fits * candidates * (setBytes + 3 * Double.BYTES)
            + 2 * heldOut
            + gramBytes(explanation)
            + READ_BYTES * 150,
        report.bytesToHost(),
        "to the host");
  }

  /** A device, a method, and a game's features, terms, largest order, and masks. */
  static Stream<Arguments> methods() {
    return devices()
        .flatMap(
            device ->
                Stream.of(
                    Arguments.of(device, "screen", new int[] {100, 8, 2, 500}),
                    Arguments.of(device, "auto", new int[] {100, 8, 2, 500}),
                    Arguments.of(device, "spex", new int[] {100, 30, 4, 12_500}),
                    Arguments.of(device, "proxyspex", new int[] {64, 6, 2, 200}),
                    Arguments.of(device, "gp", new int[] {64, 12, 3, 200})));
  }

  /**
   * Four times as many masks move no more bytes, but for what interactions are read with, the Gram
   * matrix of the reported terms and the terms themselves. The same held-out masks are part of
   * both. What remains of the rows is a bit for each part of them, and four bytes a row for the
   * order in which a process takes them.
   *
   * <p>Measured with PoCL, to the device: screen 5,196 and 5,300 bytes, auto 6,044 and 6,148, SPEX
   * 44,504 and 44,600, ProxySPEX 96,829 and 100,565. Back, without the Gram matrix: 6,632 and
   * 5,792; 6,832 and 5,992; 8,084 and 8,192; 96,840 and 99,432. Screening looks at fewer near
   * misses with more masks. ProxySPEX's game has few terms, because a lasso that keeps many takes a
   * processor minutes, and as many candidates at both sizes.
   */
  @ParameterizedTest
  @MethodSource("methods")
  void trafficDoesNotGrowWithTheMasks(Backend device, String method, int[] size) {
    PlantedGame game = PlantedGame.random(size[0], size[1], size[2], 0, 2);
    long[] allocated = KernelBackends.allocated();
    Explanation few = explain(device, game, method, size[3]);
    Explanation many = explain(device, game, method, 4 * size[3]);
    assertArrayEquals(allocated, KernelBackends.allocated());
    // What the fit leaves nothing of is read off its terms; else masks and values are read.
    long more = 3L * size[3];
    long read = List.of("gp", "proxyspex").contains(method) ? READ_BYTES * more : 0;
    // Rows belong to parts by bits, a part for each fifth and the rest of it.
    long bits = 4 * more / Byte.SIZE;
    // What contenders leave of the fifth that chooses comes to the host, and its values.
    long left = method.equals("auto") ? 2 * Double.BYTES * more / 5 : 0;
    assertNoMore(method + " to the device", toDevice(few), toDevice(many) - read - bits);
    assertNoMore(
        method + " to the host", toHostBeyondTerms(few), toHostBeyondTerms(many) - read - left);
  }

  private static Explanation explain(Backend device, String method, int budget) {
    return explain(device, PlantedGame.random(FEATURES, TERMS, 4, 0, 3), method, budget);
  }

  private static Explanation explain(Backend device, PlantedGame game, String method, int budget) {
    assertTrue(game.accepts(device));
    return new Runner(new Backends.Choice(device, "in a test"))
        .explain(
            game,
            Request.standard()
                .withMethod(Method.parse(method))
                .withBudget(new Budget(budget))
                .with(SolverSettings.SCREEN_ORDER, 2L)
                .withTestMasks(HELD_OUT),
            Progress.NONE);
  }

  /** Bytes of the Gram matrix of the reported terms and their products, which come to the host. */
  private static long gramBytes(Explanation explanation) {
    long terms = explanation.outputs().get(0).spectrum().size();
    return (terms * terms + terms) * Double.BYTES;
  }

  private static long toDevice(Explanation explanation) {
    return explanation.provenance().report().bytesToDevice();
  }

  private static long toHostBeyondTerms(Explanation explanation) {
    return explanation.provenance().report().bytesToHost() - gramBytes(explanation);
  }

  private static void assertNoMore(String direction, long few, long many) {
    assertTrue(few > 0, "bytes " + direction + " were not counted");
    assertTrue(many <= 1.1 * few, direction + ": " + few + ", " + many);
  }

  private static void assertAtMost(long most, long bytes, String direction) {
    assertTrue(bytes > 0, "bytes " + direction + " were not counted");
    assertTrue(bytes <= most, direction + ": " + bytes + " bytes of at most " + most);
  }

  private static FitReport solver(Explanation explanation) {
    return explanation.provenance().report().solver().first();
  }
}
