package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding.Decoded;
import dev.ablate.backend.Decoding.Settings;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.PeelingRules;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Some problems at once: their bins, what is left in them, and the terms taken out so far. */
final class KernelPeeling {
  private static final int TILE = 32;
  private static final int CHUNK = 64;
  private static final int MOST_WEAK = 30;
  private static final int MOST_DEGREE = 20;
  private static final int STATES = 8;
  private static final int RADIX = 2048;
  private static final int RADIX_RUN = 32;

  private final Runtime runtime;
  private final KernelCode code;
  private final CodedBins bins;
  private final int problems;
  private final int binCount;
  private final Settings settings;
  private final int items;
  private final int patterns;
  private final KernelBuffer numbers;
  private final KernelBuffer energies;
  private final KernelBuffer largest;
  private final KernelBuffer floors;
  private final KernelBuffer settled;
  private final KernelBuffer todo;
  private final KernelBuffer counters;
  private final KernelBuffer left;
  private final KernelBuffer where;
  private final KernelBuffer sets;
  private final KernelBuffer places;
  private final KernelBuffer claims;
  private final KernelBuffer means;
  private final KernelBuffer coefficients;
  private final KernelBuffer lists;
  private final KernelBuffer status;
  private final KernelBuffer foundValues;
  private final KernelBuffer foundSets;
  private final List<TreeMap<int[], Double>> terms = new ArrayList<>();
  private double rounding;

  /** Room for problems of a design; all of it belongs to the scope. */
  KernelPeeling(
      Runtime runtime, Runtime.Scope scope, KernelCode code, int problems, Settings settings) {
    this.runtime = runtime;
    this.code = code;
    this.bins = code.bins();
    this.problems = problems;
    this.binCount = code.binsOfAll();
    this.settings = settings;
    int weak = Math.min(Math.min(2 * code.errors(), bins.delays()), MOST_WEAK);
    this.items = settings.patterns() == 1 ? 0 : weak;
    this.patterns = (int) Math.min(settings.patterns(), 1L << items);
    int all = Math.multiplyExact(problems, binCount);
    int errors = code.capacity();
    this.numbers = scope.temporary(Element.F64, (long) all * bins.delays());
    this.energies = scope.temporary(Element.F64, all);
    this.largest = scope.zeros(Element.U64, problems);
    this.floors = scope.temporary(Element.F64, problems);
    this.settled = scope.zeros(Element.I32, all);
    this.todo = scope.temporary(Element.I32, all);
    this.counters = scope.temporary(Element.I32, 1L + problems);
    this.left = scope.temporary(Element.F64, all);
    this.where = scope.temporary(Element.I32, all);
    this.sets = scope.temporary(Element.I32, (long) all * (errors + 1));
    this.places = scope.temporary(Element.I32, (long) all * bins.groups());
    this.claims = scope.zeros(Element.U64, 2L * all);
    this.means = scope.temporary(Element.F64, (long) all * bins.groups());
    this.coefficients = scope.temporary(Element.F64, all);
    this.lists = scope.temporary(Element.I32, 3L * all);
    this.status = scope.zeros(Element.I32, 1L + problems);
    // A round takes at most one term a bin: room for one round behind as many terms.
    this.foundValues = scope.temporary(Element.F64, 2L * all);
    this.foundSets = scope.temporary(Element.I32, 2L * all * (errors + 2));
    for (int p = 0; p < problems; p++) {
      terms.add(new TreeMap<>(Sets::compare));
    }
  }

  /** Decodes changed bins and peels until nothing changes in any problem. */
  List<Decoded> run(KernelBuffer transforms, int first) {
    gather(transforms, first);
    int[] rounds = new int[problems];
    boolean[] active = new boolean[problems];
    Arrays.fill(active, true);
    int[] before = new int[1 + problems];
    boolean progress = true;
    for (int round = 1; progress && round <= PeelingRules.MAX_ROUNDS; round++) {
      round(round == 1 && settings.everyBin());
      int[] now = new int[1 + problems];
      runtime.device().read(status.memory(), 0, HostBuffer.of(now));
      progress = false;
      for (int p = 0; p < problems; p++) {
        // A problem without progress has no changed bins and stays as it is from then on.
        rounds[p] = active[p] ? round : rounds[p];
        active[p] &= now[1 + p] > before[1 + p];
        progress |= active[p];
      }
      if (now[0] > problems * binCount) {
        collect(now[0]);
        now[0] = 0;
      }
      before = now;
    }
    collect(before[0]);
    return decoded(rounds);
  }

  private void gather(KernelBuffer transforms, int first) {
    boolean single = transforms.element() == Element.F32;
    rounding = single ? PeelingRules.SINGLE_ROUNDING : PeelingRules.ROUNDING;
    Device.Kernel kernel = runtime.kernel("decoding", "decoding_gather", code.macros());
    int blocks = problems * bins.groups();
    long tiles = (long) blocks * ((bins.points() + TILE - 1) / TILE);
    runtime.launch(
        kernel,
        runtime.groups(tiles, 1),
        runtime.groupSize(kernel),
        TILE * (TILE + 2) * Double.BYTES,
        transforms,
        transforms,
        single ? 1 : 0,
        (long) first * binCount * bins.delays(),
        numbers,
        energies,
        largest,
        blocks,
        bins.groups(),
        bins.delays(),
        bins.points());
  }

  private void round(boolean every) {
    Device device = runtime.device();
    device.clear(counters.memory(), 0, counters.bytes());
    floor(every);
    Device.Kernel kernel = runtime.kernel("peeling", "peeling_todo", Map.of());
    int group = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) problems * binCount, group),
        group,
        0,
        energies,
        floors,
        settled,
        todo,
        counters,
        problems,
        binCount);
    decode();
    peel();
  }

  private void floor(boolean every) {
    Device.Kernel kernel = runtime.kernel("peeling", "peeling_floor", Map.of());
    runtime.launch(
        kernel,
        problems,
        runtime.groupSize(kernel),
        (RADIX + RADIX / RADIX_RUN + 2) * Integer.BYTES,
        energies,
        largest,
        floors,
        problems,
        binCount,
        every ? 1 : 0,
        PeelingRules.quietRank(binCount),
        rounding,
        PeelingRules.LOUD);
  }

  /** What {@code shared_of} in {@code decoding.cl} lays out. */
  private int decodingLocalBytes() {
    int errors = code.capacity();
    int doubles = bins.delays() + MOST_WEAK + patterns + 2 + CHUNK;
    int integers =
        patterns
            + 2
            + 3 * CHUNK
            + MOST_WEAK
            + (MOST_WEAK + CHUNK + MOST_DEGREE + errors + 2) * errors
            + STATES;
    long bytes = (long) doubles * Double.BYTES + (long) integers * Integer.BYTES;
    if (bytes > runtime.device().limits().localBytes()) {
      throw new IllegalArgumentException(
          patterns
              + " patterns of t = "
              + code.errors()
              + " need "
              + bytes
              + " bytes of local memory, "
              + runtime.device().name()
              + " has "
              + runtime.device().limits().localBytes());
    }
    return (int) bytes;
  }

  private void decode() {
    Device.Kernel kernel = runtime.kernel("decoding", "decoding_decode", code.macros());
    runtime.launch(
        kernel,
        runtime.groups((long) problems * binCount, 1),
        runtime.groupSize(kernel),
        decodingLocalBytes(),
        numbers,
        energies,
        todo,
        counters,
        code.rows(),
        code.tables(),
        code.errors(),
        code.fieldDegree(),
        code.shifts(),
        code.fourFoldings(),
        code.hashes(),
        code.signatures(),
        bins.features(),
        bins.groups(),
        bins.delays(),
        bins.points(),
        bins.words(),
        patterns,
        items,
        settings.residual(),
        left,
        where,
        sets,
        places);
  }

  private void peel() {
    Device.Kernel kernel = runtime.kernel("peeling", "peeling_peel", Map.of());
    runtime.launch(
        kernel,
        problems,
        runtime.groupSize(kernel),
        2 * Integer.BYTES,
        numbers,
        energies,
        settled,
        largest,
        counters,
        left,
        where,
        sets,
        places,
        code.signatures(),
        code.logSets(),
        claims,
        means,
        coefficients,
        lists,
        status,
        foundValues,
        foundSets,
        problems,
        binCount,
        bins.groups(),
        bins.delays(),
        bins.words(),
        code.capacity(),
        rounding,
        settings.residual(),
        settings.evidence());
  }

  /** Brings the terms found so far to the host, in the order in which they were taken. */
  private void collect(int count) {
    if (count == 0) {
      return;
    }
    int width = code.capacity() + 2;
    double[] values = new double[count];
    int[] records = new int[Math.multiplyExact(count, width)];
    runtime.device().read(foundValues.memory(), 0, HostBuffer.of(values));
    runtime.device().read(foundSets.memory(), 0, HostBuffer.of(records));
    runtime.device().clear(status.memory(), 0, Integer.BYTES);
    for (int i = 0; i < count; i++) {
      int from = i * width + 2;
      int[] set = Arrays.copyOfRange(records, from, from + records[from - 1]);
      terms.get(records[from - 2]).merge(set, values[i], Double::sum);
    }
  }

  private List<Decoded> decoded(int[] rounds) {
    List<Decoded> decoded = new ArrayList<>();
    for (int p = 0; p < problems; p++) {
      TreeMap<int[], Double> found = terms.get(p);
      double[] values = found.values().stream().mapToDouble(Double::doubleValue).toArray();
      decoded.add(new Decoded(Sets.of(found.keySet()), values, rounds[p]));
    }
    return decoded;
  }
}
