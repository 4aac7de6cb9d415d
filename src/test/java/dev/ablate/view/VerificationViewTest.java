package dev.ablate.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import dev.ablate.explanation.Verification.Side;
import dev.ablate.mask.Masks;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationViewTest {
  private static final Verification.Check PAIR =
      new Verification.Check(
          new Interaction(new int[] {0, 1}, 4),
          new Side(new Compared(1, 1.25), new Compared(-3, -2), new Compared(-5, -5.5)),
          new Side(new Compared(4, 3.5), new Compared(4, 3.5), new Compared(0, 0.5)));

  private static final Verification.Check SINGLE =
      new Verification.Check(
          new Interaction(new int[] {2}, -1),
          new Side(new Compared(10, 10), null, null),
          new Side(new Compared(-1, -1.5), null, null));

  private static Verification verification(Integer fitted, List<Verification.Check> checks) {
    return new Verification(6, fitted, 5, null, 0.1, 0.98765, Double.NaN, 0.25, checks);
  }

  private static List<String> lines(Verification verification) {
    return VerificationView.of(verification, List.of("not", "bad", "film"), 40).lines().toList();
  }

  @Test
  void predictedStandsBesideMeasured() {
    assertEquals(
        List.of(
            "             removed            alone            removed, beyond parts  alone, beyond parts",
            "  not × bad  +1.000 / +1.250    +4.000 / +3.500  +2.000 / +3.500        +4.000 / +3.000",
            "  film       +10.000 / +10.000  -1.000 / -1.500",
            "on 6 masks (2 of them fitted, 5 evaluated on top): correlation 0.9877, beyond parts"
                + " undefined, off by 0.250 (root mean square)"),
        lines(verification(2, List.of(PAIR, SINGLE))));
  }

  @Test
  void tenAreShownAndWhatIsNotKnownIsNotSaid() {
    List<String> lines = lines(verification(null, Collections.nCopies(13, PAIR)));
    assertEquals(13, lines.size());
    assertEquals("  … and 3 more (--json has all)", lines.get(11));
    assertTrue(lines.get(12).startsWith("on 6 masks (5 evaluated on top): "), lines.get(12));
  }

  @Test
  void aPictureHasItWhereItWasAsked() {
    Ablate.Builder request =
        Ablate.builder().game(masks -> products(masks)).featureNames(List.of("a", "b", "c"));
    Explanation plain = request.explain();
    Explanation verified = request.verify(1).explain();
    String title = "asked again (predicted / measured)";
    assertFalse(new TerminalView(false).render(plain).contains(title));
    String view = new TerminalView(false).render(verified);
    assertTrue(view.contains(title), view);
    assertTrue(view.contains("\n  a × b  +0.000 / +0.000  +2.000 / +2.000  +2.000 / +2.000"), view);
    assertTrue(view.contains("\non 6 masks (6 of them fitted, 6 evaluated on top)"), view);
  }

  private static double[] products(Masks masks) {
    double[] values = new double[masks.count()];
    for (int r = 0; r < values.length; r++) {
      values[r] = masks.kept(r, 0) && masks.kept(r, 1) ? 2 : 0;
    }
    return values;
  }
}
