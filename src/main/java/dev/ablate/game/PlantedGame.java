package dev.ablate.game;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A game whose spectrum is known, for self-tests and benchmarks. */
public final class PlantedGame implements Game {
  private static final int TERMS = 0x504C414E;
  private static final int NOISE = 0x4E4F4953;

  private final Spectrum truth;
  private final double noise;
  private final long seed;

  /**
   * A game from its spectrum.
   *
   * @param truth the spectrum
   * @param noise standard deviation of what is added to each value; a mask keeps its noise
   * @param seed draws the noise
   */
  public PlantedGame(Spectrum truth, double noise, long seed) {
    this.truth = InputException.required(truth, "the planted spectrum");
    this.noise = noise;
    this.seed = seed;
  }

  /**
   * Random distinct terms: orders uniform in {@code 1..maxOrder}, features uniform, coefficients
   * uniform in {@code [-1.5, -0.5]} or {@code [0.5, 1.5]}.
   *
   * @param features number of features
   * @param terms number of terms
   * @param maxOrder largest order, at most the number of features
   * @param noise standard deviation of the noise
   * @param seed draws terms and noise
   */
  public static PlantedGame random(int features, int terms, int maxOrder, double noise, long seed) {
    if (maxOrder > features) {
      throw new IllegalArgumentException(
          "no sets of order " + maxOrder + " of " + features + " features");
    }
    Philox.Stream random = Philox.stream(seed, TERMS);
    TreeMap<int[], Double> drawn = new TreeMap<>(Sets::compare);
    while (drawn.size() < terms) {
      int order = 1 + random.nextInt(maxOrder);
      int[] set =
          IntStream.generate(() -> random.nextInt(features))
              .distinct()
              .limit(order)
              .sorted()
              .toArray();
      double magnitude = 0.5 + random.nextDouble();
      drawn.putIfAbsent(set, random.nextInt(2) == 0 ? magnitude : -magnitude);
    }
    double[] coefficients = drawn.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new PlantedGame(
        new Spectrum(features, Sets.of(drawn.keySet()), coefficients), noise, seed);
  }

  /** The spectrum without the noise. */
  public Spectrum truth() {
    return truth;
  }

  /** Its spectrum by a hash, and its noise: other ones have other values. */
  @Override
  public Subject subject() {
    long hash = 0;
    for (int s = 0; s < truth.size(); s++) {
      for (int feature : truth.sets().get(s)) {
        hash = (hash ^ feature) * 0x9E3779B97F4A7C15L;
      }
      hash = (hash ^ Double.doubleToLongBits(truth.coefficient(s))) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("planted_terms", truth.size());
    settings.put("planted_hash", Long.toHexString(hash));
    settings.put("planted_noise", noise);
    settings.put("planted_seed", seed);
    return new Subject(Input.BARE, Subject.BARE.value(), null, settings);
  }

  @Override
  public int features() {
    return truth.features();
  }

  @Override
  public boolean accepts(Backend backend) {
    return noise == 0 || backend.name().equals("host");
  }

  @Override
  public Values evaluate(Masks masks, Backend backend, Progress progress) {
    if (noise != 0) {
      return Game.super.evaluate(masks, backend, progress);
    }
    Buffer values =
        backend
            .evaluation()
            .evaluate(
                truth.sets(),
                HostBuffer.of(truth.coefficients()),
                1,
                masks.buffer(),
                masks.count(),
                truth.features());
    progress.done(masks.count());
    return new Values(values, masks.count(), 1);
  }

  @Override
  public void evaluate(Masks masks, Values out) {
    double[] values = noisy(truth.evaluate(masks), masks);
    System.arraycopy(values, 0, out.hostDoubles(), 0, values.length);
  }

  /**
   * The values on masks, noise and all, with the sums done by a backend: what {@link
   * #evaluate(Masks, Values)} does with the calling thread alone, for millions of masks.
   *
   * @param masks in the memory of the backend or the host's
   * @return one a mask
   */
  public double[] values(Masks masks, Backend backend) {
    return noisy(truth.evaluate(masks, backend), masks);
  }

  private double[] noisy(double[] values, Masks masks) {
    long[] words = masks.hostWords();
    int[] block = new int[4];
    for (int r = 0; r < values.length; r++) {
      if (noise > 0) {
        long hash = hash(words, r * masks.words(), masks.words());
        Philox.generate(seed, (int) hash, (int) (hash >>> 32), 0, NOISE, block);
        double u = ((block[0] & 0xFFFFFFFFL) + 1) * 0x1p-32;
        double angle = 2 * Math.PI * (block[1] & 0xFFFFFFFFL) * 0x1p-32;
        values[r] += noise * Math.sqrt(-2 * Math.log(u)) * Math.cos(angle);
      }
    }
    return values;
  }

  private static long hash(long[] words, int from, int count) {
    long hash = 0;
    for (int w = from; w < from + count; w++) {
      hash = (hash ^ words[w]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
