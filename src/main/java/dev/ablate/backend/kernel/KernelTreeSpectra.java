package dev.ablate.backend.kernel;

import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Trees;
import java.util.List;
import java.util.Objects;

/**
 * Spectra of trees on a device: {@code kernels/tree_spectra.cl}. All forests of a call are done
 * together; where the memory does not hold their terms, each half of them.
 */
final class KernelTreeSpectra implements TreeSpectra {
  private final Runtime runtime;

  KernelTreeSpectra(Runtime runtime) {
    this.runtime = runtime;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if more than 30 features stand on the path to a leaf
   * @throws OutOfDeviceMemoryException if the terms of one forest do not fit
   */
  @Override
  public List<Terms> spectra(List<? extends Trees> forests, int[] trees, Selection selection) {
    for (int f = 0; f < forests.size(); f++) {
      Objects.checkFromToIndex(0, trees[f], forests.get(f).trees());
    }
    Terms[] terms = new Terms[forests.size()];
    MemoryBatches.over(
        terms.length,
        terms.length,
        1,
        (first, count) -> {
          Terms[] some = batch(forests.subList(first, first + count), trees, selection, first);
          System.arraycopy(some, 0, terms, first, count);
        });
    return List.of(terms);
  }

  private Terms[] batch(List<? extends Trees> forests, int[] trees, Selection selection, int from) {
    int[] counts = new int[forests.size()];
    System.arraycopy(trees, from, counts, 0, counts.length);
    try (Runtime.Scope scope = runtime.scope()) {
      KernelForests all = KernelForests.of(runtime, scope, forests, counts);
      return new KernelTreeSpectraBatch(runtime, scope, all).terms(selection.most());
    }
  }
}
