package dev.ablate.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.LayerFindings;
import dev.ablate.explanation.LayerFindings.Found;
import dev.ablate.explanation.Output;
import dev.ablate.game.Input;
import dev.ablate.index.Index;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Findings between layers, and how a terminal shows them. */
class LayerViewTest {
  private static final Output OUTPUT =
      Layered.output("yes", Layered.SPECTRUM, Layered.INTERACTIONS);
  private static final LayerFindings FINDINGS = LayerFindings.of(OUTPUT, Layered.INPUT);

  private static List<List<Integer>> sets(List<Found> found) {
    return found.stream()
        .map(each -> Arrays.stream(each.interaction().features()).boxed().toList())
        .toList();
  }

  @Test
  void energyIsSharedByLayers() {
    assertEquals(new LayerFindings.Shares(0.5, 0.125, 0.25, 0.125), FINDINGS.shares());
    Spectrum large = Layered.SPECTRUM.scale(1e200);
    assertEquals(
        FINDINGS.shares(),
        LayerFindings.of(Layered.output("yes", large, List.of()), Layered.INPUT).shares());
    Output flat = Layered.output("yes", Spectrum.zero(4), List.of());
    assertEquals(Double.NaN, LayerFindings.of(flat, Layered.INPUT).shares().linear());
  }

  @Test
  void signsThatAreNotSureAreSaidSo() {
    assertEquals(List.of(List.of(0, 2)), sets(FINDINGS.redundant(2)));
    assertEquals(List.of(List.of(0, 1)), sets(FINDINGS.synergistic(2)));
    assertEquals(1, FINDINGS.unsure(2));
    assertEquals(List.of(List.of(0, 1, 2)), sets(FINDINGS.redundant(3)));
    assertEquals(List.of(List.of(0, 2, 3)), sets(FINDINGS.synergistic(3)), "no error is known");
    Found pair = FINDINGS.redundant(2).get(0);
    assertEquals(-4 - 0.97998, pair.interaction().low(), 1e-5);
    assertEquals(-4 + 0.97998, pair.interaction().high(), 1e-5);
    assertEquals(List.of(0, 1), pair.layers());
    assertEquals(List.of(0), FINDINGS.synergistic(2).get(0).layers());
    assertTrue(Double.isNaN(FINDINGS.synergistic(3).get(0).interaction().low()));
    assertEquals(5, FINDINGS.sets().size(), "neither single features nor the empty set");
  }

  /** Fourier coefficients change sign with each feature, and of a loss less is better. */
  @Test
  void whatIsRedundantDependsOnTheIndexAndTheValue() {
    LayerFindings fourier =
        LayerFindings.of(Layered.output("log-odds", Index.FOURIER), Layered.INPUT);
    assertEquals(sets(FINDINGS.redundant(2)), sets(fourier.redundant(2)));
    assertEquals(sets(FINDINGS.redundant(3)), sets(fourier.synergistic(3)));
    assertEquals(sets(FINDINGS.synergistic(3)), sets(fourier.redundant(3)));
    for (String value : List.of("loss", "loss-difference")) {
      LayerFindings loss = LayerFindings.of(Layered.output(value, Index.FBII), Layered.INPUT);
      assertEquals(sets(FINDINGS.redundant(2)), sets(loss.synergistic(2)));
      assertEquals(sets(FINDINGS.synergistic(2)), sets(loss.redundant(2)));
    }
    LayerFindings share = LayerFindings.of(Layered.output("loss-share", Index.FBII), Layered.INPUT);
    assertEquals(sets(FINDINGS.redundant(2)), sets(share.redundant(2)));
  }

  @Test
  void aTerminalShowsWhatIsSure() {
    assertEquals(
        List.of(
            "  energy: 50.0 % linear, 12.5 % within a layer, 25.0 % across two layers, 12.5 %"
                + " across more",
            "  of a sure sign (95 %): pairs 1 redundant, 1 synergistic, 1 unsure; triples 1"
                + " redundant, 1 synergistic, 0 unsure",
            "  redundant",
            "    L0H0 × L1H0         -4.000 [-4.980, -3.020]  layers 0, 1",
            "    L0H0 × L0H1 × L1H0  -1.500 [-1.990, -1.010]  layers 0, 1",
            "  synergistic",
            "    L0H0 × L0H1          +2.000 [+1.020, +2.980]  layer 0",
            "    L0H0 × L1H0 × L2MLP  +0.750  layers 0, 1, 2"),
        LayerView.of(FINDINGS, Layered.NAMES, 40).lines().toList());
  }

  @Test
  void aPictureHasThemWhereThereAreLayers() {
    Explanation layered = Layered.explanation(OUTPUT);
    String view = new TerminalView(false).render(layered);
    assertTrue(view.contains("between layers (fbii)\n  energy: 50.0 % linear"), view);
    Explanation bare =
        new Explanation(4, Layered.NAMES, Input.BARE, layered.outputs(), layered.provenance());
    assertFalse(new TerminalView(false).render(bare).contains("between layers"));
  }
}
