package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The spectra of forests that are worked on together: from trees to records of their splits. */
final class KernelTreeSpectraBatch {
  static final String STEM = "tree_spectra";

  /** Most features on a path. */
  private static final int PATH = KernelMacros.of(STEM).constant("PATH");

  /** Trees whose means are added at once, as HostTreeSpectra does. */
  private static final int TREES = KernelMacros.of(STEM).constant("TREES");

  /** Terms have 32-bit numbers, and blocks of them may reach past the last. */
  private static final long MOST_TERMS = 1L << 30;

  /** Bytes of memory a term takes on its way, for the message where there are too many. */
  private static final long TERM_BYTES = 64;

  private final Runtime runtime;
  private final Runtime.Scope scope;
  private final KernelForests forests;
  private final int trees;

  KernelTreeSpectraBatch(Runtime runtime, Runtime.Scope scope, KernelForests forests) {
    this.runtime = runtime;
    this.scope = scope;
    this.forests = forests;
    this.trees = forests.trees();
  }

  /**
   * What a split adds, on the device: see {@code tree_spectra_records}.
   *
   * @param count number of records
   * @param terms number of terms of all
   * @param longest most features of a path, at least 1
   * @param largest largest feature
   */
  record Records(
      int count,
      int terms,
      int longest,
      int largest,
      KernelBuffer paths,
      KernelBuffer shapes,
      KernelBuffer values,
      KernelBuffer starts) {}

  /**
   * The spectra, one a forest.
   *
   * @param largest how many terms of order 2 and more of each
   */
  Terms[] terms(int largest) {
    if (trees == 0) {
      return constantTerms(forests.bases());
    }
    KernelBuffer treeStarts = scope.in(Arrays.copyOf(forests.treeStarts(), forests.count()));
    KernelBuffer nodeStarts = scope.in(forests.nodeStarts());
    KernelBuffer splitCounts = scope.temporary(Element.I32, trees);
    KernelBuffer termCounts = scope.temporary(Element.I32, trees);
    KernelBuffer most = scope.zeros(Element.U64, 3);
    walk(
        "tree_spectra_count",
        Arguments.of()
            .put("split_counts", splitCounts)
            .put("term_counts", termCounts)
            .put("most", most)
            .put("tree_starts", treeStarts)
            .put("node_starts", nodeStarts)
            .put("roots", forests.roots())
            .put("feature", forests.feature())
            .put("left", forests.left())
            .put("right", forests.right())
            .put("forests", forests.count())
            .put("trees", trees));
    KernelSort sort = new KernelSort(runtime);
    KernelBuffer splitStarts = sort.prefix(scope, splitCounts, trees);
    KernelBuffer termStarts = sort.prefix(scope, termCounts, trees);
    Records records = room(most.toHost().words(), Math.toIntExact(last(runtime, splitStarts)));
    KernelBuffer means = scope.temporary(Element.F64, trees);
    walk(
        "tree_spectra_records",
        Arguments.of()
            .put("means", means)
            .put("record_paths", records.paths)
            .put("record_shapes", records.shapes)
            .put("record_terms", records.values)
            .put("record_starts", records.starts)
            .put("split_starts", splitStarts)
            .put("term_starts", termStarts)
            .put("tree_starts", treeStarts)
            .put("node_starts", nodeStarts)
            .put("roots", forests.roots())
            .put("feature", forests.feature())
            .put("left", forests.left())
            .put("right", forests.right())
            .put("value", forests.value())
            .put("forests", forests.count())
            .put("trees", trees)
            .put("longest", records.longest));
    double[] constants = constants(means);
    return records.terms == 0
        ? constantTerms(constants)
        : new KernelTreeSpectraSets(runtime, scope, sort, records, constants.length)
            .terms(constants, largest);
  }

  /** Starts a kernel whose items each walk a tree, spread over the device in small groups. */
  private void walk(String function, Arguments arguments) {
    Runtime.Kernel kernel = runtime.kernel(STEM, function, Map.of());
    int most = runtime.tuning().get("tree_spectra.walk_group");
    int size = Math.min(most, runtime.groupSize(kernel));
    runtime.launch(kernel, runtime.groups(trees, size), size, 0, arguments);
  }

  /** Memory for the records, once their sizes are known. */
  private Records room(long[] most, int splits) {
    int longest = (int) most[0];
    if (longest > PATH) {
      throw new IllegalArgumentException(
          "a path of a tree has more than " + PATH + " features; fit trees of less depth");
    }
    if (most[2] > MOST_TERMS) {
      Device device = runtime.device();
      throw new OutOfDeviceMemoryException(
          device.name(), most[2] * TERM_BYTES, device.allocated(), device.limits().memoryBytes());
    }
    return new Records(
        splits,
        (int) most[2],
        longest,
        (int) most[1],
        scope.temporary(Element.I32, (long) splits * longest),
        scope.temporary(Element.U64, splits),
        scope.temporary(Element.F64, splits),
        scope.temporary(Element.I32, splits));
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
        Arguments.of()
            .put("sums", sums)
            .put("means", means)
            .put("first", scope.in(blocks.stream().mapToInt(b -> b[0]).toArray()))
            .put("end", scope.in(blocks.stream().mapToInt(b -> b[1]).toArray()))
            .put("blocks", blocks.size()));
    double[] parts = sums.toHost().doubles();
    double[] constants = forests.bases().clone();
    for (int b = 0; b < parts.length; b++) {
      constants[blocks.get(b)[2]] += parts[b];
    }
    return constants;
  }

  private static Terms[] constantTerms(double[] constants) {
    Terms[] terms = new Terms[constants.length];
    for (int f = 0; f < terms.length; f++) {
      terms[f] = new Terms(new Sets(new int[2], new int[0]), new double[] {constants[f]});
    }
    return terms;
  }

  /** The last of some words, read alone. */
  static long last(Runtime runtime, KernelBuffer words) {
    HostBuffer one = HostBuffer.zeros(Element.U64, 1);
    runtime.device().read(words.memory(), (words.length() - 1) * Long.BYTES, one);
    return one.words()[0];
  }
}
