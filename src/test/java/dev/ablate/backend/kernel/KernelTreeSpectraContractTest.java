package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Forest;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.Traffic;
import dev.ablate.backend.TreeSpectra.Selection;
import dev.ablate.backend.TreeSpectra.Terms;
import dev.ablate.backend.Trees;
import dev.ablate.code.Philox;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What tree spectra on devices do with their memory, and that groups do not change them. */
class KernelTreeSpectraContractTest {
  private static final int TREES = 30;

  static Stream<Device> devices() {
    return KernelBackends.tuned().map(backend -> ((KernelBackend) backend).deviceHandle());
  }

  /** Full trees of depth 4 on random features; a feature may come back on a path. */
  private static Forest forest(int seed, int features) {
    Philox.Stream random = Philox.stream(seed, 4);
    int perTree = 31;
    int nodes = TREES * perTree;
    int[] roots = new int[TREES];
    int[] feature = new int[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    double[] value = new double[nodes];
    for (int n = 0; n < nodes; n++) {
      int at = n % perTree;
      roots[n / perTree] = n - at;
      feature[n] = at < 15 ? random.nextInt(features) : -1;
      left[n] = n - at + 2 * at + 1;
      right[n] = left[n] + 1;
      value[n] = random.nextGaussian();
    }
    return new Forest(seed, roots, feature, left, right, value);
  }

  private static void assertSame(List<Terms> expected, List<Terms> actual) {
    assertEquals(expected.size(), actual.size());
    for (int f = 0; f < expected.size(); f++) {
      assertArrayEquals(expected.get(f).sets().starts(), actual.get(f).sets().starts());
      assertArrayEquals(expected.get(f).sets().features(), actual.get(f).sets().features());
      assertArrayEquals(expected.get(f).coefficients(), actual.get(f).coefficients());
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void groupSizesGiveTheSameBits(Device device) {
    // Few features, so that sets have several hundred terms.
    List<Forest> forests = List.of(forest(1, 5), forest(2, 64), forest(3, 3000));
    int[] trees = {TREES, TREES, TREES - 3};
    for (Selection selection : List.of(Selection.all(), Selection.largest(40))) {
      List<Terms> expected = null;
      for (int size : new int[] {256, 1, 7, 64}) {
        Runtime runtime = new Runtime(device, new Tuning(Map.of("group", size)));
        List<Terms> actual = new KernelTreeSpectra(runtime).spectra(forests, trees, selection);
        if (expected == null) {
          expected = actual;
        }
        assertSame(expected, actual);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void treesOnTheDeviceAreThoseOfTheHost(Device device) {
    Runtime runtime = new Runtime(device, new Tuning(Map.of()));
    KernelTreeSpectra spectra = new KernelTreeSpectra(runtime);
    Forest one = forest(4, 20);
    Forest two = forest(5, 20);
    long before = device.allocated();
    try (KernelTrees here = KernelTrees.upload(runtime, one);
        KernelTrees there = KernelTrees.upload(runtime, two)) {
      assertEquals(TREES, here.trees());
      assertArrayEquals(one.feature(), here.toHost().feature());
      int[] one17 = {17};
      long held = device.allocated();
      assertSame(spectra.spectra(List.of(one), one17), spectra.spectra(List.of(here), one17));
      int[] counts = {TREES, 3, 0, 12, TREES};
      List<Trees> mixed = List.of(here, there, one, here, two);
      List<Forest> host = List.of(one, two, one, one, two);
      assertSame(spectra.spectra(host, counts), spectra.spectra(mixed, counts));
      assertEquals(held, device.allocated());
    }
    assertEquals(before, device.allocated());
  }

  @ParameterizedTest
  @MethodSource("devices")
  void littleMemoryTakesForestsInSmallerBatches(Device device) {
    List<Forest> forests = new ArrayList<>();
    int[] trees = new int[9];
    for (int f = 0; f < trees.length; f++) {
      forests.add(forest(f, 50));
      trees[f] = TREES;
    }
    Runtime plenty = new Runtime(device, new Tuning(Map.of()));
    List<Terms> expected = new KernelTreeSpectra(plenty).spectra(forests, trees);
    AtomicInteger refusals = new AtomicInteger();
    long before = device.allocated();
    // A forest has 30 trees with up to 85 terms of about 60 bytes, 150 KiB in all.
    Runtime little = new Runtime(limited(device, 400_000, refusals), new Tuning(Map.of()));
    assertSame(expected, new KernelTreeSpectra(little).spectra(forests, trees));
    Selection some = Selection.largest(25);
    assertSame(
        new KernelTreeSpectra(plenty).spectra(forests, trees, some),
        new KernelTreeSpectra(little).spectra(forests, trees, some));
    assertTrue(refusals.get() > 0);
    assertEquals(before, device.allocated());
    Runtime none = new Runtime(limited(device, 10_000, refusals), new Tuning(Map.of()));
    assertThrows(
        OutOfDeviceMemoryException.class,
        () -> new KernelTreeSpectra(none).spectra(forests, trees));
    assertEquals(before, device.allocated());
  }

  @ParameterizedTest
  @MethodSource("devices")
  void onlySelectedTermsComeToTheHost(Device device) {
    KernelTreeSpectra spectra = new KernelTreeSpectra(new Runtime(device, new Tuning(Map.of())));
    List<Forest> forests = List.of(forest(1, 300), forest(2, 300));
    int[] trees = {TREES, TREES};
    int most = 20;
    Traffic before = device.traffic();
    List<Terms> terms = spectra.spectra(forests, trees, Selection.largest(most));
    long bytes = device.traffic().since(before).toHost();
    long own = 0;
    for (Terms spectrum : terms) {
      // A coefficient and a start each; the members.
      own += 12L * spectrum.sets().size() + 4L * spectrum.sets().features().length;
    }
    // Three sizes, and words whose number is that of the forests.
    long sizes = 64 + 32L * forests.size();
    assertTrue(bytes <= own + sizes, bytes + " bytes for terms of " + own);
    long whole = spectra.spectra(forests, trees).stream().mapToLong(t -> t.sets().size()).sum();
    assertTrue(12 * whole > 4 * (own + sizes), whole + " terms are too few to tell");
  }

  /** A device that has only so many bytes more than it holds now. */
  private static Device limited(Device device, long bytes, AtomicInteger refusals) {
    long most = device.allocated() + bytes;
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("allocate")
                  && device.allocated() + (long) arguments[0] > most) {
                refusals.incrementAndGet();
                throw new OutOfDeviceMemoryException(
                    device.name(), (long) arguments[0], device.allocated(), most);
              }
              try {
                return method.invoke(device, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aPathThatIsTooLongIsRefused(Device device) {
    int depth = 31;
    int[] feature = new int[depth + 1];
    int[] left = new int[depth + 1];
    int[] right = new int[depth + 1];
    for (int k = 0; k < depth; k++) {
      feature[k] = k;
      left[k] = k + 1;
      right[k] = depth;
    }
    feature[depth] = -1;
    Forest forest = new Forest(0, new int[] {0}, feature, left, right, new double[depth + 1]);
    long before = device.allocated();
    Runtime runtime = new Runtime(device, new Tuning(Map.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new KernelTreeSpectra(runtime).spectra(List.of(forest), new int[] {1}));
    assertEquals(before, device.allocated());
  }
}
