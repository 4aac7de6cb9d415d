package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.TreeSpectra.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The spectra of forests that are worked on together, step by step. */
final class KernelTreeSpectraBatch {
  private static final String STEM = "tree_spectra";

  /** Most features on a path, PATH in the source. */
  private static final int PATH = 30;

  /** Terms of a set that one item adds, STRANDS in the source. */
  private static final int STRANDS = 64;

  /** Trees whose means are added at once, TREES in the source. */
  private static final int TREES = 256;

  /** Terms have 32-bit numbers, and blocks of them may reach past the last. */
  private static final long MOST_TERMS = 1L << 30;

  /** Bytes of memory a term takes on its way, for the message where there are too many. */
  private static final long TERM_BYTES = 64;

  private final Runtime runtime;
  private final Runtime.Scope scope;
  private final KernelForests forests;
  private final KernelSort sort;
  private final int trees;
  private KernelBuffer treeStarts;
  private KernelBuffer nodeStarts;

  KernelTreeSpectraBatch(Runtime runtime, Runtime.Scope scope, KernelForests forests) {
    this.runtime = runtime;
    this.scope = scope;
    this.forests = forests;
    this.sort = new KernelSort(runtime);
    this.trees = forests.trees();
  }

  /** What a split adds, on the device: see {@code tree_spectra_records}. */
  private record Records(
      int count,
      int terms,
      int longest,
      int largest,
      KernelBuffer paths,
      KernelBuffer shapes,
      KernelBuffer values,
      KernelBuffer starts) {}

  /** The spectra, one a forest. */
  Terms[] terms() {
    if (trees == 0) {
      return TreeSpectraKeys.constants(forests.bases());
    }
    treeStarts = scope.in(Arrays.copyOf(forests.treeStarts(), forests.count()));
    nodeStarts = scope.in(forests.nodeStarts());
    KernelBuffer means = scope.temporary(Element.F64, trees);
    Records records = records(means);
    double[] constants = constants(means);
    if (records.terms == 0) {
      return TreeSpectraKeys.constants(constants);
    }
    TreeSpectraKeys layout = new TreeSpectraKeys(forests.count(), records.longest, records.largest);
    return sums(records, layout, constants);
  }

  private Records records(KernelBuffer means) {
    KernelBuffer splitCounts = scope.temporary(Element.I32, trees);
    KernelBuffer termCounts = scope.temporary(Element.I32, trees);
    KernelBuffer most = scope.zeros(Element.U64, 3);
    runtime.forItems(
        STEM,
        "tree_spectra_count",
        trees,
        splitCounts,
        termCounts,
        most,
        treeStarts,
        nodeStarts,
        forests.roots(),
        forests.feature(),
        forests.left(),
        forests.right(),
        forests.count(),
        trees);
    long[] sizes = most.toHost().words();
    if (sizes[0] > PATH) {
      throw new IllegalArgumentException(
          "a path of a tree has more than " + PATH + " features; fit trees of less depth");
    }
    if (sizes[2] > MOST_TERMS) {
      Device device = runtime.device();
      throw new OutOfDeviceMemoryException(
          device.name(), sizes[2] * TERM_BYTES, device.allocated(), device.limits().memoryBytes());
    }
    KernelBuffer splitStarts = sort.prefix(scope, splitCounts, trees);
    KernelBuffer termStarts = sort.prefix(scope, termCounts, trees);
    int splits = Math.toIntExact(last(splitStarts));
    int longest = (int) sizes[0];
    Records records =
        new Records(
            splits,
            (int) sizes[2],
            longest,
            (int) sizes[1],
            scope.temporary(Element.I32, (long) splits * longest),
            scope.temporary(Element.U64, splits),
            scope.temporary(Element.F64, splits),
            scope.temporary(Element.I32, splits));
    runtime.forItems(
        STEM,
        "tree_spectra_records",
        trees,
        means,
        records.paths,
        records.shapes,
        records.values,
        records.starts,
        splitStarts,
        termStarts,
        treeStarts,
        nodeStarts,
        forests.roots(),
        forests.feature(),
        forests.left(),
        forests.right(),
        forests.value(),
        forests.count(),
        trees,
        longest);
    return records;
  }

  /** The base of each forest and the means of its trees, added as HostTreeSpectra does. */
  private double[] constants(KernelBuffer means) {
    List<int[]> blocks = new ArrayList<>();
    for (int f = 0; f < forests.count(); f++) {
      int end = forests.treeStarts()[f + 1];
      for (int t = forests.treeStarts()[f]; t < end; t += TREES) {
        blocks.add(new int[] {t, Math.min(end, t + TREES), f});
      }
    }
    KernelBuffer sums = scope.temporary(Element.F64, blocks.size());
    runtime.forItems(
        STEM,
        "tree_spectra_means",
        blocks.size(),
        sums,
        means,
        scope.in(blocks.stream().mapToInt(b -> b[0]).toArray()),
        scope.in(blocks.stream().mapToInt(b -> b[1]).toArray()),
        blocks.size());
    double[] parts = sums.toHost().doubles();
    double[] constants = forests.bases().clone();
    for (int b = 0; b < parts.length; b++) {
      constants[blocks.get(b)[2]] += parts[b];
    }
    return constants;
  }

  private Terms[] sums(Records records, TreeSpectraKeys layout, double[] constants) {
    int count = records.terms;
    int keyWords = layout.words();
    KernelBuffer values = scope.temporary(Element.F64, count);
    KernelBuffer keys = scope.temporary(Element.U64, (long) keyWords * count);
    runtime.forItems(
        STEM,
        "tree_spectra_terms",
        count,
        values,
        keys,
        records.paths,
        records.shapes,
        records.values,
        records.starts,
        records.count,
        count,
        records.longest,
        layout.orderBits(),
        layout.featureBits(),
        layout.firstSlots(),
        layout.slots());
    KernelSort.Sorted sorted = sort.sort(scope, keys, count, layout.bits());
    KernelBuffer heads = scope.temporary(Element.I32, count);
    runtime.forItems(
        STEM,
        "tree_spectra_heads",
        count,
        heads,
        sorted.firstWords(),
        keys,
        sorted.numbers(),
        count,
        keyWords);
    KernelBuffer places = sort.prefix(scope, heads, count);
    int sets = Math.toIntExact(last(places));
    KernelBuffer setStarts = scope.temporary(Element.I32, sets + 1L);
    KernelBuffer setKeys = scope.temporary(Element.U64, (long) keyWords * sets);
    runtime.forItems(
        STEM,
        "tree_spectra_sets",
        count,
        setStarts,
        setKeys,
        heads,
        places,
        keys,
        sorted.numbers(),
        count,
        keyWords,
        sets);
    double[] sums = add(setStarts, values, sorted.numbers(), count, sets);
    return layout.terms(setKeys.toHost().words(), sums, constants);
  }

  /** The sum of the terms of each set. */
  private double[] add(
      KernelBuffer setStarts, KernelBuffer values, KernelBuffer numbers, int count, int sets) {
    KernelBuffer sums = scope.temporary(Element.F64, sets);
    long longSets = count / STRANDS;
    KernelBuffer listed = scope.temporary(Element.I32, 1 + longSets);
    runtime.device().clear(listed.memory(), 0, Integer.BYTES);
    runtime.forItems(
        STEM, "tree_spectra_sums", sets, sums, listed, setStarts, values, numbers, sets);
    if (longSets > 0) {
      Device.Kernel kernel = runtime.kernel(STEM, "tree_spectra_long_sums", Map.of());
      int size = Math.min(STRANDS, runtime.groupSize(kernel));
      runtime.launch(
          kernel,
          runtime.groups(Math.min(longSets, sets) * size, size),
          size,
          STRANDS * Double.BYTES,
          sums,
          listed,
          setStarts,
          values,
          numbers);
    }
    return sums.toHost().doubles();
  }

  private long last(KernelBuffer words) {
    HostBuffer one = HostBuffer.zeros(Element.U64, 1);
    runtime.device().read(words.memory(), (words.length() - 1) * Long.BYTES, one);
    return one.words()[0];
  }
}
