package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.Ablate;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.game.Game;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A planted encoder: whether the default finds the pair that matters only together, and nothing
 * about heads that are dead.
 *
 * @param pair the two heads, ascending
 * @param sign of their effect together
 * @param dead heads that do nothing
 */
record CircuitPlanted(int[] pair, int sign, int[] dead) {
  private static final int MASKS = 2000;
  private static final int TEST_MASKS = 200;
  private static final int SHOWN = 3;

  /** Reads what was planted. */
  static CircuitPlanted read(Path folder, HeadNames names) {
    try {
      JsonNode node = new ObjectMapper().readTree(folder.resolve("planted.json").toFile());
      return new CircuitPlanted(
          heads(node.get("pair"), names), node.get("sign").asInt(), heads(node.get("dead"), names));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] heads(JsonNode list, HeadNames names) {
    List<Integer> features = new ArrayList<>();
    list.forEach(head -> features.add(names.feature(head.get(0).asInt(), head.get(1).asInt())));
    return features.stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  /** Explains the model's game from {@value #MASKS} masks and prints what was found. */
  static void measure(Ablate engine, Path folder, Game game) {
    HeadNames names = new HeadNames(game.featureNames());
    CircuitPlanted planted = read(folder, names);
    Explanation found =
        engine.request().game(game).budget(MASKS).testMasks(TEST_MASKS).index("fbii", 3).explain();
    Interactions pairs = found.interactions().ofOrders(2, 2);
    System.out.printf(
        "planted %s, %d heads, %d masks, %s, R2 %.3f on %d unseen: planted %s, sign %+d%n",
        folder.getFileName(),
        game.features(),
        MASKS,
        found.outputs().get(0).method().ran(),
        found.outputs().get(0).fit().r2(),
        TEST_MASKS,
        names.of(planted.pair),
        planted.sign);
    pairs.top(SHOWN).forEach(pair -> System.out.println("  " + line(pair, names)));
    List<Interaction> top = pairs.top(2);
    Interaction first = top.get(0);
    boolean right =
        Arrays.equals(first.features(), planted.pair) && Math.signum(first.value()) == planted.sign;
    System.out.printf(
        "  pair %s; the next is %.3f of it%n",
        right ? "found, sign right" : "MISSED",
        top.size() < 2 ? 0 : Math.abs(top.get(1).value() / first.value()));
    planted.printDead(found.interactions(), names);
  }

  private void printDead(Interactions all, HeadNames names) {
    List<Interaction> alone =
        all.ofOrders(1, 1).values().stream()
            .filter(i -> Arrays.binarySearch(dead, i.features()[0]) >= 0 && i.value() != 0)
            .toList();
    double most = 0;
    Interaction worst = null;
    for (Interaction interaction : alone) {
      double errors =
          interaction.standardError() == null
              ? Double.POSITIVE_INFINITY
              : Math.abs(interaction.value()) / interaction.standardError();
      if (errors > most) {
        most = errors;
        worst = interaction;
      }
    }
    System.out.printf(
        "  dead heads: %d of %d have a value other than 0; the most is %.2f standard errors%s%n",
        alone.size(), dead.length, most, worst == null ? "" : ": " + line(worst, names));
    long several =
        all.ofOrders(2, all.order()).values().stream()
            .filter(i -> Arrays.stream(i.features()).anyMatch(this::isDead))
            .filter(CircuitFacts::beyond)
            .count();
    System.out.printf(
        "  interactions of several heads with a dead one above three standard errors: %d%n",
        several);
  }

  private boolean isDead(int feature) {
    return Arrays.binarySearch(dead, feature) >= 0;
  }

  private static String line(Interaction interaction, HeadNames names) {
    return String.format(
        "%s %+.3f ± %.3f",
        names.of(interaction.features()),
        interaction.value(),
        interaction.standardError() == null ? Double.NaN : interaction.standardError());
  }
}
