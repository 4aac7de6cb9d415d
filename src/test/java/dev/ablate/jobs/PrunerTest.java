package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.lens.heads.Example;
import dev.ablate.lens.heads.Examples;
import dev.ablate.lens.heads.HeadValue;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.lens.heads.HeadsLensKind;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.mask.Masks;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import dev.ablate.run.Runner;
import dev.ablate.search.Goal;
import dev.ablate.search.Pruning;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sets of heads of a language model whose circuit is known, against every mask of its game. */
class PrunerTest {
  private static final Path WHO = Path.of("src", "test", "resources", "facts", "heads-who.jsonl");
  private static final Set<String> LIVE = Set.of("L0H0", "L0H1", "L0H3", "L1H1");

  private static SwitchedModel facts;
  private static Backends.Choice host;
  private static Examples who;

  @BeforeAll
  static void open() {
    facts = SwitchedModel.open(ModelDirectory.bundled("facts"), ComponentChoice.HEADS, 1);
    host = Backends.open("host", 1);
    who = new Examples(HeadsLensKind.DATA.read(WHO.toString()).all().subList(0, 24));
  }

  @AfterAll
  static void close() {
    facts.close();
    host.close();
  }

  private static Pruning prune(Settings given) {
    return new Pruner(HeadsLens.of(given), facts, given, new Runner(host), host.backend())
        .prune(who, Progress.NONE, kept -> {});
  }

  /** The values of every mask of some examples. */
  private static double[] all(Examples examples, HeadValue value) {
    Game game = HeadsLens.of(Settings.STANDARD.with(HeadsLens.VALUE, value)).game(facts, examples);
    Values values = Values.zeros(256, 1);
    game.evaluate(Masks.exhaustive(8), values);
    return values.column(0);
  }

  private static int mask(int[] set) {
    return Arrays.stream(set).map(f -> 1 << f).sum();
  }

  @Test
  void setsAreChosenByHalfOfTheExamplesAndScoredByTheOthers() {
    Settings given = Settings.STANDARD.with(PruneSettings.RANDOM, 300L);
    Pruning found = prune(given);
    ExampleHalves halves = ExampleHalves.of(who, 0.5, 0);
    double[] fitting = all(halves.fitting(), HeadValue.LOG_PROBABILITY);
    double[] heldOut = all(halves.heldOut(), HeadValue.LOG_PROBABILITY);
    double[] right = all(halves.heldOut(), HeadValue.ACCURACY);
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, found.sizes());
    assertEquals(List.of(12, 12), List.of(found.fitting(), found.heldOut()));
    assertEquals(3, found.ways().size());
    for (Pruning.Way way : found.ways()) {
      for (int s = 0; s <= 8; s++) {
        int mask = mask(way.sets().get(s));
        assertEquals(s, Integer.bitCount(mask));
        assertEquals(fitting[mask], way.fitted().values()[s], 1e-5);
        assertEquals(heldOut[mask], way.heldOut().values()[s], 1e-5);
        assertEquals(right[mask], way.accuracy().values()[s], 1e-9);
        int single = mask(found.ways().get(1).sets().get(s));
        assertEquals(heldOut[mask] - heldOut[single], way.lead()[s], 1e-5);
      }
      assertEquals(heldOut[0], way.heldOut().none(), 1e-5);
      assertEquals(heldOut[255], way.heldOut().all(), 1e-5);
    }
    // 300 draws of at most 70 sets find the best of each size, which the fit knows too.
    Pruning.Way chance = found.ways().get(2);
    for (int s = 0; s <= 8; s++) {
      int size = s;
      double best =
          IntStream.range(0, 256)
              .filter(m -> Integer.bitCount(m) == size)
              .mapToDouble(m -> fitting[m])
              .max()
              .orElseThrow();
      assertEquals(best, chance.fitted().values()[s], 1e-5);
    }
    assertEquals(
        LIVE, new HashSet<>(found.names(found.ways().get(0).sets().get(4))), "the live heads");
  }

  @Test
  void theLeadHasTheErrorOfItsExamples() {
    Pruning found = prune(Settings.STANDARD.with(PruneSettings.RANDOM, 1L));
    Pruning.Way chance = found.ways().get(2);
    Examples heldOut = ExampleHalves.of(who, 0.5, 0).heldOut();
    Game each = HeadsLens.of(Settings.STANDARD.with(HeadsLens.EACH, true)).game(facts, heldOut);
    Values values = Values.zeros(256, 12);
    each.evaluate(Masks.exhaustive(8), values);
    double largest = 0;
    for (int s = 0; s <= 8; s++) {
      int own = mask(chance.sets().get(s));
      int other = mask(found.ways().get(1).sets().get(s));
      double[] leads = new double[12];
      Arrays.setAll(leads, e -> values.get(own, e) - values.get(other, e));
      double mean = Arrays.stream(leads).average().orElseThrow();
      double squares = Arrays.stream(leads).map(lead -> (lead - mean) * (lead - mean)).sum();
      assertEquals(Math.sqrt(squares / 11 / 12), chance.leadErrors()[s], 1e-5);
      largest = Math.max(largest, chance.leadErrors()[s]);
    }
    assertTrue(largest > 0.05, "no set differs");
  }

  @Test
  void ofALossTheSmallestIsSought() {
    Settings given = Settings.STANDARD.with(PruneSettings.RANDOM, 0L);
    Pruning logs = prune(given);
    Pruning loss = prune(given.with(HeadsLens.VALUE, HeadValue.LOSS));
    assertEquals(Goal.MIN, loss.goal());
    assertEquals(2, loss.ways().size());
    for (int s = 0; s <= 8; s++) {
      double value = loss.ways().get(0).heldOut().values()[s];
      assertEquals(-logs.ways().get(0).heldOut().values()[s], value, 1e-5);
      assertEquals(logs.ways().get(0).lead()[s], loss.ways().get(0).lead()[s], 1e-5);
    }
  }

  @Test
  void sizesAreThoseThatWereAskedFor() {
    Settings given =
        Settings.STANDARD.with(PruneSettings.RANDOM, 0L).with(PruneSettings.SIZES, "5, 2,2");
    assertArrayEquals(new int[] {0, 2, 5, 8}, prune(given).sizes());
    for (String wrong : List.of("9", "-1", "2;3", "", "2,")) {
      Settings asked = Settings.STANDARD.with(PruneSettings.SIZES, wrong);
      InputException refused =
          assertThrows(InputException.class, () -> PruneSettings.sizes(asked, 8));
      assertTrue(refused.getMessage().contains("up to the 8 components"), refused.getMessage());
    }
  }

  @Test
  void eachLabelHasItsShareOfBothHalves() {
    List<Example> labelled = new ArrayList<>();
    for (int e = 0; e < 40; e++) {
      labelled.add(Example.labelled("text " + e, e % 4 == 0 ? "rare" : "common"));
    }
    Examples examples = new Examples(labelled);
    ExampleHalves halves = ExampleHalves.of(examples, 0.3, 7);
    assertEquals(12, halves.heldOut().count());
    assertEquals(3, halves.heldOut().all().stream().filter(e -> e.label().equals("rare")).count());
    Set<Example> both = new HashSet<>(halves.fitting().all());
    both.addAll(halves.heldOut().all());
    assertEquals(40, both.size());
    assertEquals(28, halves.fitting().count());
    assertTrue(
        !ExampleHalves.of(examples, 0.3, 8).heldOut().equals(halves.heldOut()),
        "another seed draws others");
    Examples two = new Examples(labelled.subList(0, 2));
    assertThrows(InputException.class, () -> ExampleHalves.of(two, 0.5, 0));
  }

  @Test
  void pairsHaveNoAccuracy() {
    Examples pairs =
        new Examples(
            IntStream.range(0, 6).mapToObj(e -> pair(e % 2 == 0 ? "red" : "blue", e)).toList());
    Settings given = Settings.STANDARD.with(PruneSettings.RANDOM, 0L);
    Pruning found =
        new Pruner(HeadsLens.of(given), facts, given, new Runner(host), host.backend())
            .prune(pairs, Progress.NONE, kept -> {});
    assertEquals("log-odds-difference", found.value());
    assertNull(found.ways().get(0).accuracy());
  }

  private static Example pair(String colour, int number) {
    List<String> names = List.of("Anna", "Tom", "Gina", "Hugo", "Felix", "Martha");
    String one = names.get(number);
    String other = names.get((number + 1) % names.size());
    String question = " Who has the " + colour + " key?";
    String clean = one + " has the " + colour + " key. " + other + " has the pink key.";
    String corrupted = other + " has the " + colour + " key. " + one + " has the pink key.";
    return new Example(
        null,
        null,
        prompt(clean + question, one, other),
        prompt(corrupted + question, one, other),
        null);
  }

  private static PromptSource prompt(String text, String answer, String other) {
    return new PromptSource(new PromptSource.Text(text), List.of(answer), other);
  }
}
