package dev.ablate.benchmarks;

import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.game.PlantedGame;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Games with known spectra of several kinds. */
final class PlantedGames {
  private static final int STREAM = 0x42454E43;

  private PlantedGames() {}

  /**
   * Random sets with all their subsets but the empty one: each a coefficient uniform in ±[0.5,
   * 1.5].
   *
   * @param tops how many sets, of orders uniform in 1 to {@code maxOrder}
   */
  static PlantedGame hierarchical(int features, int tops, int maxOrder, double noise, long seed) {
    Philox.Stream random = Philox.stream(seed, STREAM);
    TreeMap<int[], Double> terms = new TreeMap<>(Sets::compare);
    for (int t = 0; t < tops; t++) {
      int[] top = set(random, features, 1 + random.nextInt(maxOrder));
      for (int subset = 1; subset < 1 << top.length; subset++) {
        int bits = subset;
        int[] members = IntStream.range(0, top.length).filter(i -> (bits >> i & 1) != 0).toArray();
        terms.putIfAbsent(Arrays.stream(members).map(i -> top[i]).toArray(), large(random));
      }
    }
    return new PlantedGame(spectrum(features, terms), noise, seed);
  }

  /**
   * Sets of orders 1 to 5 whose subsets do nothing, apart from single features at times: one set in
   * five has order 1.
   */
  static PlantedGame peaks(int features, int terms, double noise, long seed) {
    return PlantedGame.random(features, terms, 5, noise, seed);
  }

  /**
   * Another game's terms and a dense tail: many terms of orders 1 to 3 with normal coefficients.
   *
   * @param count how many
   * @param spread standard deviation of their coefficients
   */
  static PlantedGame withTail(PlantedGame head, int count, double spread, double noise, long seed) {
    Philox.Stream random = Philox.stream(seed, STREAM + 1);
    int features = head.features();
    TreeMap<int[], Double> terms = new TreeMap<>(Sets::compare);
    Spectrum large = head.truth();
    for (int t = 0; t < large.size(); t++) {
      terms.put(large.sets().get(t), large.coefficient(t));
    }
    while (terms.size() < large.size() + count) {
      terms.putIfAbsent(
          set(random, features, 1 + random.nextInt(3)), spread * random.nextGaussian());
    }
    return new PlantedGame(spectrum(features, terms), noise, seed);
  }

  private static int[] set(Philox.Stream random, int features, int order) {
    return IntStream.generate(() -> random.nextInt(features))
        .distinct()
        .limit(order)
        .sorted()
        .toArray();
  }

  private static double large(Philox.Stream random) {
    double magnitude = 0.5 + random.nextDouble();
    return random.nextInt(2) == 0 ? magnitude : -magnitude;
  }

  private static Spectrum spectrum(int features, Map<int[], Double> terms) {
    double[] coefficients = terms.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new Spectrum(features, Sets.of(terms.keySet()), coefficients);
  }
}
