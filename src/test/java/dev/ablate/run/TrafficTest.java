package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.KernelBackends;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Budget;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Progress;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
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
   * Measured with PoCL: 6,708,489 bytes to the device and 82,540 back. Nearly all that goes to the
   * device are the sets that the residual is screened for, at most 60,000 of each order from 2 to
   * 5, once for each of the two fits: neither finds any. A Gram matrix of the candidates has 9.7 MB
   * in doubles, 4.8 MB in integers. The two forests of 1,000 trees would be more than 300 KB each.
   * More masks would take a processor too long; with so few, whole tree spectra would bring back
   * only 11 KB more, so KernelTreeSpectraContractTest bounds these.
   */
  @ParameterizedTest
  @MethodSource("devices")
  void proxySpexMovesCandidatesAndHeldOutMasks(Backend device) {
    Explanation explanation = explain(device, "proxyspex", 150);
    int fits = 2;
    long candidates = 1 + FEATURES + 1000;
    FitReport.Trees solver = (FitReport.Trees) solver(explanation);
    assertEquals(candidates, solver.candidates());
    long setBytes = 6 * Integer.BYTES; // start and five features
    long screened = 0;
    for (int order = 2; order <= 5; order++) {
      screened += 60_000L * (order + 1) * Integer.BYTES;
    }
    long heldOut = (long) HELD_OUT * (MASK_BYTES + Double.BYTES);
    assertAtMost(
        fits * (screened + 4 * candidates * setBytes) + heldOut,
        explanation.provenance().report().bytesToDevice(),
        "to the device");
    // Sets and coefficients from the trees; weights of the lasso and of least squares; for standard
    // errors the Gram matrix of the reported terms, their products and what they leave of the rows.
    long terms = solver.terms();
    long errors = (terms * terms + terms + 150) * Double.BYTES;
    assertAtMost(
        fits * candidates * (setBytes + 3 * Double.BYTES) + 2 * heldOut + errors,
        explanation.provenance().report().bytesToHost(),
        "to the host");
  }

  private static Explanation explain(Backend device, String method, int budget) {
    PlantedGame game = PlantedGame.random(FEATURES, TERMS, 4, 0, 3);
    assertTrue(game.accepts(device));
    return new Runner(new Backends.Choice(device, "in a test"))
        .explain(
            game,
            Request.standard()
                .withMethod(Method.parse(method))
                .withBudget(new Budget(budget))
                .withTestMasks(HELD_OUT),
            Progress.NONE);
  }

  private static void assertAtMost(long most, long bytes, String direction) {
    assertTrue(bytes > 0, "bytes " + direction + " were not counted");
    assertTrue(bytes <= most, direction + ": " + bytes + " bytes of at most " + most);
  }

  private static FitReport solver(Explanation explanation) {
    return explanation.provenance().report().solver().first();
  }
}
