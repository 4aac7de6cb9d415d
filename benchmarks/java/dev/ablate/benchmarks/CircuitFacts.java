package dev.ablate.benchmarks;

import dev.ablate.Ablate;
import dev.ablate.backend.Sets;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.game.Game;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The heads of the facts model on one of its tasks: every mask, then the default from a quarter of
 * them, again and again.
 */
final class CircuitFacts {
  private static final int MASKS = 64;
  private static final int SEEDS = 20;
  private static final int SHOWN = 5;

  private final Ablate engine;
  private final RememberedGame game;
  private final HeadNames names;

  private CircuitFacts(Ablate engine, Game game) {
    this.engine = engine;
    this.game = new RememberedGame(game);
    this.names = new HeadNames(game.featureNames());
  }

  /**
   * Prints what the heads do in a task.
   *
   * @param dead heads that are known to do nothing
   */
  static void measure(Ablate engine, String task, Game game, List<String> dead) {
    new CircuitFacts(engine, game).run(task, dead);
  }

  private void run(String task, List<String> dead) {
    Explanation exact =
        engine
            .request()
            .game(game)
            .method("exact")
            .budget(1 << game.features())
            .testMasks(0)
            .explain();
    Spectrum spectrum = exact.spectrum();
    List<int[]> pairs = largest(spectrum, 2);
    int[] best = pairs.get(0);
    Optional<int[]> across = pairs.stream().filter(pair -> names.layers(pair) > 1).findFirst();
    Optional<int[]> within = pairs.stream().filter(pair -> names.layers(pair) == 1).findFirst();
    System.out.printf(
        "%s: all heads %.3f, none %.3f; %d masks%n",
        task, spectrum.all(), spectrum.none(), game.evaluated());
    System.out.printf("  across layers %s%n", terms(spectrum, across.stream().toList()));
    System.out.printf("  within a layer %s%n", terms(spectrum, within.stream().toList()));
    if (across.isPresent() && within.isPresent()) {
      System.out.printf(
          "  ratio %.2f%n",
          Math.abs(spectrum.coefficientOf(across.get()) / spectrum.coefficientOf(within.get())));
    }
    System.out.printf(
        "  largest negative interactions: pairs %s; triples %s%n",
        negative(exact, 2), negative(exact, 3));
    System.out.printf("  largest term of a dead head: %.1e%n", largestOf(spectrum, dead));
    System.out.printf(
        "  largest interactions of several heads: %s%n",
        shown(exact.interactions().ofOrders(2, 3).values().stream()));
    again(best, dead);
    game.notes().forEach(note -> System.out.println("  note: " + note));
  }

  /** The default from few masks: how often it names the same pair first. */
  private void again(int[] best, List<String> dead) {
    int firstPair = 0;
    int firstOfAll = 0;
    int deadCount = 0;
    int deadBeyond = 0;
    double deadMost = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Explanation found =
          engine.request().game(game).budget(MASKS).testMasks(0).seed(seed).explain();
      List<int[]> pairs = largest(found.spectrum(), 2);
      firstPair += !pairs.isEmpty() && Arrays.equals(pairs.get(0), best) ? 1 : 0;
      Optional<Interaction> top =
          found.interactions().ofOrders(2, found.features()).values().stream().findFirst();
      firstOfAll += top.isPresent() && Arrays.equals(top.get().features(), best) ? 1 : 0;
      for (Interaction interaction : found.interactions().ofOrders(1, 3).values()) {
        if (holds(interaction.features(), dead)) {
          deadMost = Math.max(deadMost, Math.abs(interaction.value()));
          deadCount++;
          deadBeyond += beyond(interaction) ? 1 : 0;
        }
      }
    }
    System.out.printf(
        "  auto from %d masks: %s is the first pair for %d of %d seeds, the first interaction of"
            + " several heads for %d; of dead heads' %d interactions %d are beyond three standard"
            + " errors, the largest is %.1e%n",
        MASKS, names.of(best), firstPair, SEEDS, firstOfAll, deadCount, deadBeyond, deadMost);
  }

  /** Whether an interaction is further from 0 than three of its standard errors. */
  static boolean beyond(Interaction interaction) {
    Double error = interaction.standardError();
    return interaction.value() != 0 && (error == null || Math.abs(interaction.value()) > 3 * error);
  }

  /** Sets of an order, the largest coefficient first. */
  static List<int[]> largest(Spectrum spectrum, int order) {
    Sets sets = spectrum.sets();
    return IntStream.range(0, spectrum.size())
        .filter(t -> sets.order(t) == order)
        .boxed()
        .sorted(Comparator.comparingDouble(t -> -Math.abs(spectrum.coefficient(t))))
        .map(sets::get)
        .toList();
  }

  private String terms(Spectrum spectrum, List<int[]> sets) {
    return sets.isEmpty()
        ? "none"
        : names.of(sets.get(0)) + String.format(" %+.3f", spectrum.coefficientOf(sets.get(0)));
  }

  private String negative(Explanation explanation, int order) {
    return shown(
        explanation.interactions().ofOrders(order, order).values().stream()
            .filter(interaction -> interaction.value() < 0));
  }

  private String shown(Stream<Interaction> interactions) {
    List<String> found =
        interactions
            .limit(SHOWN)
            .map(i -> names.of(i.features()) + String.format(" %+.2f", i.value()))
            .toList();
    return found.isEmpty() ? "none" : String.join(" ", found);
  }

  private double largestOf(Spectrum spectrum, List<String> dead) {
    return IntStream.range(0, spectrum.size())
        .filter(t -> holds(spectrum.sets().get(t), dead))
        .mapToDouble(t -> Math.abs(spectrum.coefficient(t)))
        .max()
        .orElse(0);
  }

  private boolean holds(int[] set, List<String> dead) {
    return Arrays.stream(set).anyMatch(feature -> dead.contains(names.names().get(feature)));
  }
}
