package dev.ablate.solve.gp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Coefficients of functions times the factors of a tilt, against transforms of all values. */
class TiltTest {
  private static final int FEATURES = 7;
  private static final int ALL = 1 << FEATURES;

  private static int[] set(int bits) {
    return IntStream.range(0, FEATURES).filter(i -> (bits >>> i & 1) != 0).toArray();
  }

  private static Prior tilted(double tilt) {
    double[] decays = new double[FEATURES];
    Arrays.fill(decays, 0.1);
    return new Prior(decays, 1, 0.01, new Shape(0, 1, tilt, 0));
  }

  @Test
  void coefficientsAreThoseOfTheProduct() {
    Philox.Stream random = Philox.stream(5, 81);
    List<int[]> all = IntStream.range(0, ALL).mapToObj(TiltTest::set).toList();
    Sets sets = Sets.of(all);
    double[] coefficients = new double[ALL];
    Arrays.setAll(coefficients, s -> random.nextGaussian());
    Prior prior = tilted(2.5);
    Masks masks = Masks.exhaustive(FEATURES);
    double[] values = new Spectrum(FEATURES, sets, coefficients).evaluate(masks);
    double[] amplitudes = Tilt.amplitudes(prior, masks.sizes(), FEATURES);
    // Of a mask of k features exp(tilt (k - n/2) / n).
    assertEquals(Math.exp(2.5 / 2), amplitudes[ALL - 1], 1e-12);
    assertEquals(Math.exp(-2.5 / 2), amplitudes[0], 1e-12);
    Arrays.setAll(values, m -> values[m] * amplitudes[m]);
    try (HostBackend host = new HostBackend(1)) {
      host.walsh().transform(HostBuffer.of(values), 1, ALL, 1.0 / ALL);
    }
    double[] found = coefficients.clone();
    new Tilt(FEATURES, sets).apply(prior, found);
    double[] wanted = new double[ALL];
    Arrays.setAll(wanted, s -> values[IntStream.of(sets.get(s)).map(i -> 1 << i).sum()]);
    assertArrayEquals(wanted, found, 1e-12);
  }

  @Test
  void withoutATiltNothingChanges() {
    Sets sets = Sets.of(List.of(new int[0], new int[] {1}, new int[] {2, 3}));
    double[] coefficients = {3, -1, 0.5};
    new Tilt(FEATURES, sets).apply(tilted(0), coefficients);
    assertArrayEquals(new double[] {3, -1, 0.5}, coefficients);
  }
}
