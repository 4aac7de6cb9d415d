package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Rows;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Screening on a device: {@code kernels/screening.cl}. Values are rounded to a few bits for the
 * search; what comes near the threshold is summed again in double precision, and so are single
 * features, which are few. Orders from 2 on are matrix products where tensor cores are and values
 * fit a byte, and prefixes elsewhere.
 */
final class KernelScreening implements Screening {
  private static final String STEM = "screening";

  /** Prefixes of a launch: a search of minutes is told apart into many. */
  private static final int PREFIXES = 1 << 24;

  private static final int FIRST_ROOM = 1 << 14;

  private static final int STRETCH = KernelMacros.of(STEM).constant("SCREENING_STRETCH");

  private final Runtime runtime;
  private final KernelParity parity;
  private final Rows rowSets;

  KernelScreening(Runtime runtime, Rows rows) {
    this.runtime = runtime;
    this.parity = new KernelParity(runtime);
    this.rowSets = rows;
  }

  @Override
  public List<Hits> screen(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Search> searches) {
    List<Hits> hits = new ArrayList<>();
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer there = scope.in(masks);
      KernelBuffer y = scope.in(values);
      for (int o = 0; o < outputs; o++) {
        Search search = searches.get(o);
        if (search.minOrder() < 1) {
          throw new IllegalArgumentException(
              "sets of order " + search.minOrder() + " are not tested");
        }
        List<int[]> near = new ArrayList<>();
        if (search.minOrder() == 1 && search.maxOrder() >= 1) {
          Arrays.stream(search.features()).forEach(feature -> near.add(new int[] {feature}));
        }
        if (Math.min(search.maxOrder(), search.features().length) >= 2) {
          near.addAll(near(there, rows, features, y, outputs, o, search));
        }
        hits.add(exact(Sets.of(near), there, rows, features, y, outputs, o, search));
      }
    }
    return hits;
  }

  @Override
  public double candidateMasksPerSecond() {
    return runtime.tuning().screeningRate();
  }

  /** The sets of order two and more whose rounded sums come near the threshold, in no order. */
  private List<int[]> near(
      KernelBuffer masks,
      int rows,
      int features,
      KernelBuffer values,
      int outputs,
      int output,
      Search search) {
    int active = search.features().length;
    int[] starts = IntStream.rangeClosed(0, active).toArray();
    List<int[]> near = new ArrayList<>();
    try (Runtime.Scope scope = runtime.scope();
        KernelBuffer columns =
            (KernelBuffer)
                parity.columns(new Sets(starts, search.features()), masks, rows, features)) {
      Rounding rounding = rounding(values, rows, outputs, output);
      int words = (rows + 63) >>> 6;
      KernelBuffer planes = scope.temporary(Element.U64, (long) rounding.planes() * words);
      runtime.forItems(
          STEM,
          "screening_planes",
          words,
          Arguments.of()
              .put("planes", planes)
              .put("values", values)
              .put("rows", rows)
              .put("words", words)
              .put("plane_count", rounding.planes())
              .put("outputs", outputs)
              .put("output", output)
              .put("step", rounding.step()));
      double least = Math.max(0, search.threshold() - rounding.error());
      long limit = (long) Math.ceil(2 * least * rows / rounding.step());
      int highest = Math.min(search.maxOrder(), active);
      boolean products =
          runtime.tuning().get("screening.tensor") == 1
              && rounding.planes() <= KernelScreeningProducts.MOST_PLANES
              && rows < KernelScreeningProducts.MOST_ROWS;
      int fewest = Math.max(2, search.minOrder());
      if (products) {
        KernelScreeningProducts.of(runtime, columns, planes, rounding.planes(), rows, active)
            .search(fewest, highest, limit)
            .forEach(set -> near.add(named(set, search.features())));
      }
      for (int order = fewest; order <= highest && !products; order++) {
        prefixes(
            new Pass(columns, planes, order - 1, active, words, rounding.planes(), rows, limit),
            search.features(),
            near);
      }
    }
    return near;
  }

  /** How an output's values are rounded for the search. */
  private Rounding rounding(KernelBuffer values, int rows, int outputs, int output) {
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer spread = scope.temporary(Element.F64, 2);
      Runtime.Kernel kernel = runtime.kernel(STEM, "screening_spread", Map.of());
      runtime.launch(
          kernel,
          1,
          runtime.groupSize(kernel),
          kernel.number("SCREENING_SPREAD_LOCAL"),
          Arguments.of()
              .put("spread", spread)
              .put("values", values)
              .put("rows", rows)
              .put("outputs", outputs)
              .put("output", output));
      double[] known = spread.toHost().doubles();
      return Rounding.of(known[0], known[1], rows);
    }
  }

  private static int[] named(int[] set, int[] features) {
    return Arrays.stream(set).map(k -> features[k]).toArray();
  }

  private void prefixes(Pass pass, int[] features, List<int[]> near) {
    long prefixes = KernelScreeningTiles.choose(pass.features, pass.size);
    for (long first = 0; first < prefixes; first += PREFIXES) {
      run(pass, first, (int) Math.min(PREFIXES, prefixes - first), features, near);
    }
  }

  /** Prefixes of one size. */
  private record Pass(
      KernelBuffer columns,
      KernelBuffer planes,
      int size,
      int features,
      int words,
      int planeCount,
      int rows,
      long limit) {}

  private void run(Pass pass, long first, int prefixes, int[] features, List<int[]> near) {
    Runtime.Kernel kernel = runtime.kernel(STEM, "screening_prefixes", Map.of());
    int size = runtime.groupSize(kernel);
    int stretch = stretch(pass, kernel);
    int local = kernel.number("SCREENING_PREFIXES_LOCAL", pass.planeCount, stretch);
    int room = FIRST_ROOM;
    int count = room + 1;
    while (count > room) {
      room = Math.max(room, count);
      try (Runtime.Scope scope = runtime.scope()) {
        int order = pass.size + 1;
        KernelBuffer hits = scope.temporary(Element.I32, (long) room * order);
        KernelBuffer found = scope.zeros(Element.I32, 1);
        runtime.launch(
            kernel,
            runtime.groups((long) prefixes * size, size),
            size,
            local,
            Arguments.of()
                .put("hits", hits)
                .put("found", found)
                .put("columns", pass.columns)
                .put("planes", pass.planes)
                .put("first", first)
                .put("prefixes", prefixes)
                .put("size", pass.size)
                .put("features", pass.features)
                .put("words", pass.words)
                .put("stretch", stretch)
                .put("plane_count", pass.planeCount)
                .put("rows", pass.rows)
                .put("limit", pass.limit)
                .put("most", room));
        count = found.toHost().ints()[0];
        if (count <= room && count > 0) {
          HostBuffer all = HostBuffer.zeros(Element.I32, count * order);
          runtime.device().read(hits.memory(), 0, all);
          for (int h = 0; h < count; h++) {
            int[] set = Arrays.copyOfRange(all.ints(), h * order, (h + 1) * order);
            near.add(named(set, features));
          }
        }
      }
    }
  }

  /** Words of each plane that a group holds at once. */
  private int stretch(Pass pass, Runtime.Kernel kernel) {
    long besides = kernel.number("SCREENING_PREFIXES_LOCAL", pass.planeCount, 0);
    long room = Math.min(STRETCH, runtime.device().limits().localBytes() - besides);
    return (int) Math.min(pass.words, room / (8L * pass.planeCount));
  }

  private Hits exact(
      Sets sets,
      KernelBuffer masks,
      int rows,
      int features,
      KernelBuffer values,
      int outputs,
      int output,
      Search search) {
    double[] coefficients = new double[sets.size()];
    try (Buffer all = rowSets.all(rows);
        Buffer y = rowSets.columns(values, rows, outputs, new int[] {output})) {
      MemoryBatches.over(
          sets.size(),
          sets.size(),
          1,
          (first, count) -> {
            Sets some = sets.select(IntStream.range(first, first + count).toArray());
            try (Buffer columns = parity.columns(some, masks, rows, features);
                Buffer products = parity.products(columns, count, rows, all, 1, y, 1)) {
              double[] sums = products.toHost().doubles();
              for (int s = 0; s < count; s++) {
                coefficients[first + s] = sums[s] / rows;
              }
            }
          });
    }
    Comparator<Integer> bySet = Comparator.comparing(sets::get, Sets::compare);
    List<Integer> kept =
        new ArrayList<>(
            IntStream.range(0, sets.size())
                .filter(s -> Math.abs(coefficients[s]) >= search.threshold())
                .boxed()
                .sorted(
                    Comparator.comparingDouble((Integer s) -> -Math.abs(coefficients[s]))
                        .thenComparing(bySet))
                .toList());
    int found = kept.size();
    if (found > search.most()) {
      kept.subList(search.most(), found).clear();
    }
    kept.sort(bySet);
    int[] order = kept.stream().mapToInt(Integer::intValue).toArray();
    return new Hits(
        sets.select(order),
        Arrays.stream(order).mapToDouble(s -> coefficients[s]).toArray(),
        found);
  }
}
