package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import dev.ablate.game.Evaluation;
import dev.ablate.game.EvaluationKept;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run asks after its fit, and what becomes of the answers. */
class VerifierTest {
  private static final int FEATURES = 14;

  @TempDir private Path folder;
  private final List<List<BitSet>> batches = new ArrayList<>();

  /** Two outputs: a pair, a triple and single features, of other features and weights in each. */
  private static double value(BitSet kept, int output) {
    int a = 2 * output;
    double pair = kept.get(a) && kept.get(a + 1) ? 3 : 0;
    double triple = kept.get(a + 2) && kept.get(a + 3) && kept.get(a + 4) ? -2 : 0;
    double rest = kept.cardinality() * 0.1 + Math.sin(kept.hashCode()) * 0.02;
    return 1 + pair + triple + (kept.get(a + 5) ? 0.7 : 0) + rest;
  }

  private static BitSet bits(Masks masks, int row) {
    BitSet kept = new BitSet();
    IntStream.range(0, masks.features()).filter(i -> masks.kept(row, i)).forEach(kept::set);
    return kept;
  }

  /** Notes what it is asked; NaN for masks of so many features. */
  private Game game(int outputs, int broken) {
    return new Game() {
      @Override
      public int features() {
        return FEATURES;
      }

      @Override
      public int outputs() {
        return outputs;
      }

      @Override
      public void evaluate(Masks masks, Values out) {
        List<BitSet> batch = new ArrayList<>();
        for (int r = 0; r < masks.count(); r++) {
          BitSet kept = bits(masks, r);
          batch.add(kept);
          for (int o = 0; o < outputs; o++) {
            out.set(r, o, kept.cardinality() == broken ? Double.NaN : value(kept, o));
          }
        }
        batches.add(batch);
      }
    };
  }

  private static Ablate.Builder request(Game game) {
    return Ablate.builder().game(game).method("screen").budget(300).testMasks(50);
  }

  private static BitSet set(int... features) {
    BitSet set = new BitSet();
    Arrays.stream(features).forEach(set::set);
    return set;
  }

  private static BitSet without(BitSet set) {
    BitSet rest = set(IntStream.range(0, FEATURES).toArray());
    rest.andNot(set);
    return rest;
  }

  private static double predicted(Output output, BitSet kept) {
    boolean[] row = new boolean[FEATURES];
    kept.stream().forEach(i -> row[i] = true);
    return output.predict(Masks.of(new boolean[][] {row}))[0];
  }

  private static Compared compared(Output output, int o, BitSet kept) {
    return new Compared(predicted(output, kept), value(kept, o));
  }

  private static void assertClose(Compared expected, Compared actual) {
    assertEquals(expected.predicted(), actual.predicted(), 1e-9);
    assertEquals(expected.measured(), actual.measured(), 1e-9);
  }

  @Test
  void theGameIsAskedWhatMattersMost() {
    Explanation explanation = request(game(2, -1)).verify(2).explain();
    assertEquals(2, batches.size(), "the masks of the fit, then those that verify it");
    Set<BitSet> expected = new HashSet<>();
    for (int o = 0; o < 2; o++) {
      Output output = explanation.outputs().get(o);
      List<Verification.Check> checks = output.verification().checks();
      assertEquals(
          output.interactions().ofOrders(2, 3).top(2),
          checks.stream().map(Verification.Check::interaction).toList());
      assertArrayEquals(new int[] {2 * o, 2 * o + 1}, checks.get(0).interaction().features());
      for (Verification.Check check : checks) {
        BitSet all = set(check.interaction().features());
        expected.addAll(List.of(all, without(all)));
        Compared removals = new Compared(0, 0);
        Compared additions = new Compared(0, 0);
        for (int feature : check.interaction().features()) {
          BitSet one = set(feature);
          expected.addAll(List.of(one, without(one)));
          removals = removals.plus(change(output, o, without(one), without(set())));
          additions = additions.plus(change(output, o, one, set()));
        }
        assertClose(compared(output, o, without(all)), check.removed().value());
        assertClose(compared(output, o, all), check.alone().value());
        assertClose(change(output, o, without(all), without(set())), check.removed().together());
        assertClose(change(output, o, all, set()), check.alone().together());
        assertClose(removals, check.removed().parts());
        assertClose(additions, check.alone().parts());
      }
    }
    assertEquals(expected, new HashSet<>(batches.get(1)));
    assertEquals(expected.size(), batches.get(1).size(), "no mask is asked twice");
  }

  private static Compared change(Output output, int o, BitSet to, BitSet from) {
    return compared(output, o, to).minus(compared(output, o, from));
  }

  @Test
  void whatItComesToIsOfTheMasksOfEachOutput() {
    Explanation explanation = request(game(2, -1)).verify(3).explain();
    Set<BitSet> fitted = new HashSet<>(batches.get(0).subList(0, 300));
    Set<BitSet> asked = new HashSet<>(batches.get(1));
    for (int o = 0; o < 2; o++) {
      int which = o;
      Output output = explanation.outputs().get(o);
      Verification verification = output.verification();
      Set<BitSet> own = new HashSet<>();
      for (Verification.Check check : verification.checks()) {
        BitSet all = set(check.interaction().features());
        own.addAll(List.of(all, without(all)));
        all.stream().forEach(i -> own.addAll(List.of(set(i), without(set(i)))));
      }
      double squares =
          own.stream()
              .mapToDouble(kept -> Math.pow(predicted(output, kept) - value(kept, which), 2))
              .sum();
      assertEquals(Math.sqrt(squares / own.size()), verification.error(), 1e-12);
      assertTrue(verification.error() > 1e-6, "the game has more than its terms");
      assertTrue(verification.correlation() > 0.99 && verification.correlation() < 1);
      assertTrue(verification.correlationBeyond() > 0.99 && verification.correlationBeyond() < 1);
      assertEquals(asked.size(), verification.masks());
      assertEquals(asked.size(), verification.evaluated());
      assertEquals(asked.stream().filter(fitted::contains).count(), (long) verification.fitted());
      assertNull(verification.journalMasks());
    }
  }

  @Test
  void theFitIsTheSameWithoutIt() {
    Explanation plain = request(game(1, -1)).explain();
    Explanation verified = request(game(1, -1)).verify(5).explain();
    assertNull(plain.outputs().get(0).verification());
    Fit fit = verified.outputs().get(0).fit();
    assertEquals(350, fit.evaluated(), "what verifies is on top and counted apart");
    assertEquals(300, fit.masks());
    assertEquals(plain.interactions(), verified.interactions());
    assertArrayEquals(plain.spectrum().coefficients(), verified.spectrum().coefficients());
  }

  @Test
  void singleFeaturesFollowWhereThereAreNoMoreSets() {
    Game sum = Game.of(FEATURES, masks -> Arrays.stream(masks.sizes()).asDoubleStream().toArray());
    Verification verification = request(sum).verify(9).explain().outputs().get(0).verification();
    assertEquals(9, verification.checks().size());
    assertEquals(18, verification.masks());
    for (Verification.Check check : verification.checks()) {
      assertEquals(1, check.interaction().order());
      assertEquals(FEATURES - 1, check.removed().value().measured());
      assertEquals(1, check.alone().value().measured());
      assertNull(check.removed().beyond());
      assertNull(check.alone().together());
    }
    assertEquals(Double.NaN, verification.correlationBeyond());
    assertEquals(
        FEATURES,
        request(sum).verify(500).explain().outputs().get(0).verification().checks().size());
  }

  @Test
  void nothingIsAskedWhereNothingActs() {
    Game flat = Game.of(FEATURES, masks -> new double[masks.count()]);
    Verification verification = request(flat).verify(3).explain().outputs().get(0).verification();
    assertEquals(0, verification.masks());
    assertEquals(List.of(), verification.checks());
    assertEquals(Double.NaN, verification.correlation());
  }

  @Test
  void aJournalKeepsAndCountsThemApart() {
    Path journal = folder.resolve("j");
    request(game(1, -1)).journal(journal).explain();
    int before = batches.size();
    Explanation second = request(game(1, -1)).journal(journal).verify(3).explain();
    Verification asked = second.outputs().get(0).verification();
    assertEquals(0, second.outputs().get(0).fit().evaluated());
    assertEquals(350, second.provenance().report().journalMasks());
    assertEquals(before + 1, batches.size());
    assertEquals(batches.get(before).size(), asked.evaluated());
    // What a fit took from the journal is known already and is not counted again.
    assertEquals(0, asked.journalMasks());
    Explanation third = request(game(1, -1)).journal(journal).verify(3).explain();
    Verification known = third.outputs().get(0).verification();
    assertEquals(before + 1, batches.size(), "nothing is asked a second time");
    assertEquals(350, third.provenance().report().journalMasks());
    assertEquals(0, known.evaluated());
    assertEquals(asked.evaluated(), known.journalMasks());
    assertEquals(asked.checks(), known.checks());
  }

  @Test
  void roundsAreVerifiedToo() {
    Explanation explanation = request(game(1, -1)).targetR2(0.9).verify(2).explain();
    Verification verification = explanation.outputs().get(0).verification();
    List<BitSet> last = batches.get(batches.size() - 1);
    assertEquals(last.size(), verification.evaluated());
    assertEquals(2, verification.checks().size());
    Interaction first = verification.checks().get(0).interaction();
    assertArrayEquals(new int[] {0, 1}, first.features());
    assertEquals(value(set(0, 1), 0), verification.checks().get(0).alone().value().measured());
  }

  /**
   * The mask that lacks one feature has no value: a fit does not need it, its verification does.
   */
  @Test
  void aFailureLosesNeitherTheFitNorWhatVerifiedIt() {
    InputException failure =
        assertThrows(
            InputException.class, () -> request(game(1, FEATURES - 1)).verify(2).seed(3).explain());
    assertTrue(failure.getMessage().contains("the model returned NaN"), failure.getMessage());
    assertEquals(2, batches.size(), "the fit was done");
    Evaluation kept = EvaluationKept.in(failure).orElseThrow();
    assertEquals(300, kept.fitted().masks().count());
    assertEquals(50, kept.heldOut().masks().count());
    long sound = batches.get(1).stream().filter(m -> m.cardinality() < FEATURES - 1).count();
    assertTrue(sound > 0);
    assertEquals(sound, kept.verified().masks().count());
    for (int r = 0; r < sound; r++) {
      assertEquals(value(bits(kept.verified().masks(), r), 0), kept.verified().values().get(r, 0));
    }
  }

  @Test
  void progressHearsOfThem() {
    List<Long> expected = new ArrayList<>();
    long[] done = new long[1];
    Progress progress =
        new Progress() {
          @Override
          public void expect(long masks) {
            expected.add(masks);
          }

          @Override
          public void done(long masks) {
            done[0] += masks;
          }
        };
    Explanation explanation = request(game(1, -1)).verify(2).progress(progress).explain();
    long asked = explanation.outputs().get(0).verification().evaluated();
    assertEquals(List.of(350L, 350L + asked), expected);
    assertEquals(350 + asked, done[0]);
  }
}
