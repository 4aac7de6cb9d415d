package dev.ablate.solve.surrogate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every index off a function against the same index of its whole spectrum. */
class ReadoutTest {
  private static final HostBackend BACKEND = new HostBackend(2);
  private static final int FEATURES = 7;
  private static final int ORDER = 3;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  /** A function by the transform of all its values. */
  private static Spectrum whole(double[] values) {
    HostBuffer data = HostBuffer.of(values.clone());
    BACKEND.walsh().transform(data, 1, values.length, 1.0 / values.length);
    List<int[]> sets =
        IntStream.range(0, values.length)
            .mapToObj(s -> IntStream.range(0, FEATURES).filter(i -> (s >>> i & 1) != 0).toArray())
            .sorted(Sets::compare)
            .toList();
    double[] coefficients =
        sets.stream().mapToDouble(set -> data.doubles()[Table.number(set)]).toArray();
    return new Spectrum(FEATURES, Sets.of(sets), coefficients);
  }

  private static ProcessSurrogate process(Shape shape) {
    SplittableRandom random = new SplittableRandom(5);
    long[] masks = random.longs(40, 0, 1 << FEATURES).toArray();
    double[] weights = random.doubles(40, -1, 1).toArray();
    double[] decays = random.doubles(FEATURES, 0.02, 0.5).toArray();
    return new ProcessSurrogate(
        new Prior(decays, 1.3, 0.1, shape),
        new Masks(HostBuffer.of(masks), masks.length, FEATURES),
        weights,
        0.7);
  }

  private static void requireEqual(IndexValues expected, IndexValues found) {
    double largest = 0;
    for (double value : expected.values()) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (IndexValues[] pair : new IndexValues[][] {{expected, found}, {found, expected}}) {
      for (int s = 0; s < pair[0].size(); s++) {
        assertEquals(pair[0].value(s), valueOf(pair[1], pair[0].sets().get(s)), 1e-9 * largest);
      }
    }
  }

  private static double valueOf(IndexValues values, int[] set) {
    for (int s = 0; s < values.size(); s++) {
      if (Arrays.equals(values.sets().get(s), set)) {
        return values.value(s);
      }
    }
    return 0;
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void isTheIndexOfTheWholeSpectrum(Index index) {
    ProcessSurrogate process = process(new Shape(0.4, 2.5, -0.8, 0.3));
    double[] values = process.at(Masks.exhaustive(FEATURES), BACKEND);
    // Masks whose values are known count with these values.
    long[] known = {0, 5, 17, 93, 127};
    double[] theirs = {1, -2, 0.5, 3, 0.25};
    for (int r = 0; r < known.length; r++) {
      values[(int) known[r]] = theirs[r];
    }
    Masks masks = new Masks(HostBuffer.of(known), known.length, FEATURES);
    Readout readout = new Readout(new Readout.Part(process, masks, theirs, 1), List.of(), BACKEND);
    requireEqual(index.interactions(whole(values), ORDER), readout.interactions(index, ORDER));
  }

  /** Of more features no table is made: the same values from closed forms and what is left. */
  @ParameterizedTest
  @EnumSource(Index.class)
  void closedFormsAndWhatIsLeftAreTheTable(Index index) {
    ProcessSurrogate process = process(new Shape(0.4, 2.5, -0.8, 0.3));
    // One mask comes twice.
    long[] known = {0, 5, 17, 93, 17, 127};
    double[] theirs = {1, -2, 0.5, 3, 0.5, 0.25};
    Masks masks = new Masks(HostBuffer.of(known), known.length, FEATURES);
    for (double own : new double[] {1, 0.25, 0}) {
      Readout.Part part = new Readout.Part(process, masks, theirs, own);
      if (index != Index.K_SII || own == 1) {
        requireEqual(
            new Readout(part, List.of(), BACKEND).interactions(index, ORDER),
            new Readout(part, List.of(), BACKEND, 0).interactions(index, ORDER));
      }
    }
  }

  /** At every order that there is: what FSII weighs has no short form. */
  @ParameterizedTest
  @EnumSource(Index.class)
  void ordersUpToAllFeaturesAreExact(Index index) {
    ProcessSurrogate process = process(new Shape(0.4, 2.5, -0.8, 0.3));
    double[] values = process.at(Masks.exhaustive(FEATURES), BACKEND);
    Masks masks = new Masks(HostBuffer.of(new long[] {3}), 1, FEATURES);
    double[] theirs = {values[3]};
    Readout readout = new Readout(new Readout.Part(process, masks, theirs, 1), List.of(), BACKEND);
    for (int order = 1; order <= FEATURES; order++) {
      requireEqual(index.interactions(whole(values), order), readout.interactions(index, order));
    }
  }

  /** Half of the masks, each twice, are half of all; where values have noise none is known. */
  @Test
  void repeatsAreNoFurtherMasks() {
    ProcessSurrogate process = process(Shape.PRODUCT);
    ProcessSurrogate other = process(new Shape(0.4, 2.5, 0, 0));
    long[] once =
        new SplittableRandom(3).longs(1000, 0, 1 << FEATURES).distinct().limit(64).toArray();
    long[] twice = LongStream.concat(Arrays.stream(once), Arrays.stream(once)).toArray();
    double[][] errors = new double[3][];
    // Without a prior, so that folds alone say what it errs.
    Surrogate fit = new SpectrumSurrogate(whole(process.at(Masks.exhaustive(FEATURES), BACKEND)));
    for (int k = 0; k < 3; k++) {
      long[] rows = k == 0 ? once : twice;
      Masks masks = new Masks(HostBuffer.of(rows), rows.length, FEATURES);
      double own = k == 2 ? 0 : 1;
      double[] values = process.at(masks, BACKEND);
      Readout.Part part = new Readout.Part(fit, masks, values, own);
      // Folds that know no mask, so that they alone decide how far fits lie apart.
      Masks none = new Masks(HostBuffer.of(new long[0]), 0, FEATURES);
      List<Readout.Part> folds =
          List.of(
              new Readout.Part(process, none, new double[0], own),
              new Readout.Part(other, none, new double[0], own));
      IndexValues read = new Readout(part, folds, BACKEND).interactions(Index.BV, 1);
      errors[k] = Arrays.stream(read.standardErrors()).sorted().toArray();
    }
    for (int s = 0; s < FEATURES; s++) {
      assertEquals(errors[0][s], errors[1][s], 1e-12 * errors[0][s]);
      assertEquals(Math.sqrt(2) * errors[0][s], errors[2][s], 1e-12 * errors[2][s]);
    }
  }

  /**
   * No row has the last mask, so that folds which lack other rows agree about it. What it adds to
   * an error is its standard deviation given the others, over the number of masks.
   */
  @Test
  void whatNoRowTellsIsNotKnownBecauseFoldsAgree() {
    int features = 3;
    double noise = 1e-6;
    for (Shape shape : List.of(Shape.PRODUCT, new Shape(0.4, 2.5, -0.8, 0.3))) {
      Prior prior = new Prior(new double[] {0.1, 0.2, 0.3}, 1.3, noise, shape);
      long[] known = {0, 1, 2, 3, 4, 5, 6};
      double[] values = {1, -2, 0.5, 3, 0.25, 0, 1};
      Masks masks = new Masks(HostBuffer.of(known), known.length, features);
      ProcessSurrogate fit = new ProcessSurrogate(prior, masks, new double[known.length], 0.7);
      Readout.Part part = new Readout.Part(fit, masks, values, 1);
      IndexValues read =
          new Readout(part, List.of(part, part), BACKEND).interactions(Index.FOURIER, features);
      SimpleMatrix covariance = new SimpleMatrix(8, 8);
      for (int a = 0; a < 8; a++) {
        for (int b = 0; b < 8; b++) {
          covariance.set(a, b, covariance(prior, a, b) + (a == b ? noise : 0));
        }
      }
      double expected = Math.sqrt(1 / covariance.invert().get(7, 7) - noise) / 8;
      for (double error : read.standardErrors()) {
        // The spread of a standard deviation over 16 draws, three times.
        assertEquals(1, error / expected, 3 / Math.sqrt(2 * 16), shape.toString());
      }
    }
  }

  /** As {@link dev.ablate.backend.GaussianProcess} defines it. */
  private static double covariance(Prior prior, int a, int b) {
    int features = prior.decays().length;
    double d = 0;
    for (int i = 0; i < features; i++) {
      d += ((a ^ b) >>> i & 1) * prior.decays()[i];
    }
    Shape shape = prior.shape();
    int sizes = Integer.bitCount(a) + Integer.bitCount(b);
    int apart = Integer.bitCount(a) - Integer.bitCount(b);
    return prior.scale()
        * (Math.exp(-2 * d) + shape.rough() * Math.exp(-2 * shape.stretch() * d))
        * Math.exp(
            (shape.tilt() * (sizes - features) - shape.closeness() * apart * apart) / features);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.3, 20})
  void transformsGiveTheMeansOfAllMasks(double closeness) {
    ProcessSurrogate process = process(new Shape(0.4, 2.5, -0.8, closeness));
    double[] means =
        new PriorDraws(process.prior(), FEATURES, BACKEND)
            .means(process.fitted().hostWords(), process.weights());
    double[] expected = process.withMean(0).at(Masks.exhaustive(FEATURES), BACKEND);
    assertArrayEquals(expected, means, 1e-10);
  }

  @Test
  void drawsVaryTogetherAsThePriorSays() {
    Prior prior = new Prior(new double[] {0.1, 0.2, 0.3}, 1.3, 0.1, new Shape(0.4, 2.5, -0.8, 0.3));
    PriorDraws draws = new PriorDraws(prior, 3, BACKEND);
    int count = 20_000;
    double[][] products = new double[8][8];
    for (int k = 0; k < count; k++) {
      double[] drawn = draws.values(PriorDraws.random(k));
      for (int a = 0; a < 8; a++) {
        for (int b = 0; b < 8; b++) {
          products[a][b] += drawn[a] * drawn[b] / count;
        }
      }
    }
    for (int a = 0; a < 8; a++) {
      for (int b = 0; b < 8; b++) {
        double own = Math.sqrt(covariance(prior, a, a) * covariance(prior, b, b));
        // The product of two normal numbers spreads by at most the root of two; four times that.
        double spread = 4 * Math.sqrt(2.0 / count) * own;
        assertEquals(covariance(prior, a, b), products[a][b], spread);
      }
    }
  }

  /** What large numbers of features take: averages in closed form instead of all masks. */
  @ParameterizedTest
  @EnumSource(
      value = Index.class,
      names = {"FOURIER", "MOEBIUS", "SII", "STII", "FSII"})
  void closedFormsAreTheSumsOverAllMasks(Index index) {
    for (Shape shape :
        List.of(
            Shape.PRODUCT,
            new Shape(0.4, 2.5, 0, 0),
            new Shape(0.4, 2.5, -0.8, 0),
            new Shape(0.4, 2.5, -0.8, 0.3))) {
      ProcessSurrogate process = process(shape);
      SizeRule rule = SizeRule.of(index, ORDER, FEATURES);
      Sets sets = process.candidates(ORDER, 1000);
      double[] found = process.weighed(sets, rule, BACKEND);
      double[] values = process.at(Masks.exhaustive(FEATURES), BACKEND);
      double[] expected = new Table(FEATURES, values).weighed(sets, rule);
      for (int s = 0; s < found.length; s++) {
        assertEquals(expected[s], found[s], 1e-9, shape + " " + sets.get(s).length);
      }
      Spectrum spectrum = whole(values);
      double[] bySpectrum = new SpectrumSurrogate(spectrum).weighed(sets, rule, BACKEND);
      for (int s = 0; s < found.length; s++) {
        assertEquals(expected[s], bySpectrum[s], 1e-9, shape.toString());
      }
    }
  }

  /** Of 80 features only what keeps nearly nothing or everything has a weight beyond rounding. */
  @Test
  void rowsThatWeighNothingAreNotPredicted() {
    int features = 80;
    long[] words = new SplittableRandom(4).longs(2 * 200L).toArray();
    words[0] = 0;
    words[1] = 0;
    words[2] = -1;
    words[3] = -1;
    for (int w = 1; w < words.length; w += 2) {
      words[w] &= (1 << 16) - 1;
    }
    Masks masks = new Masks(HostBuffer.of(words), 200, features);
    double[] values = new double[200];
    values[0] = 3;
    values[1] = 5;
    List<Integer> asked = new ArrayList<>();
    Surrogate counted =
        new Surrogate() {
          @Override
          public int features() {
            return features;
          }

          @Override
          public double[] at(Masks some, Backend backend) {
            asked.add(some.count());
            return new double[some.count()];
          }

          @Override
          public double[] weighed(Sets sets, SizeRule rule, Backend backend) {
            return new double[sets.size()];
          }

          @Override
          public double work() {
            return 0;
          }

          @Override
          public Sets candidates(int order, int most) {
            throw new AssertionError("all sets of one feature are read off");
          }
        };
    IndexValues read =
        new Readout(new Readout.Part(counted, masks, values, 1), List.of(), BACKEND)
            .interactions(Index.SV, 1);
    assertEquals(List.of(2), asked);
    for (double value : read.values()) {
      assertEquals(2.0 / features, value, 1e-13);
    }
  }

  @Test
  void whatEveryMaskIsKnownOfHasNoError() {
    SplittableRandom random = new SplittableRandom(9);
    double[] values = random.doubles(1 << FEATURES, -1, 1).toArray();
    Masks all = Masks.exhaustive(FEATURES);
    Readout.Part part = new Readout.Part(process(Shape.PRODUCT), all, values, 1);
    IndexValues read = new Readout(part, List.of(part, part), BACKEND).interactions(Index.SII, 2);
    requireEqual(Index.SII.interactions(whole(values), 2), read);
    for (double error : read.standardErrors()) {
      assertEquals(0, error);
    }
  }
}
