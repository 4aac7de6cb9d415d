package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.game.Values;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.surrogate.Readout;
import dev.ablate.solve.surrogate.Surrogate;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What interactions of one output are read off: the fitted function and the rows that it was fitted
 * to, both on the host. What a spectrum leaves out counts here.
 */
public final class Reading {
  /** Folds of the jackknife. */
  private static final int FOLDS = 5;

  /** Fewer rows say nothing of errors. */
  private static final int FEWEST = 2 * FOLDS;

  private final Surrogate fit;
  private final Refit refit;
  private final Masks masks;
  private final double[] values;
  private final Design design;
  private final long seed;
  private final double own;
  private final int[] places;
  private List<Readout.Part> parts;

  private Reading(
      Surrogate fit,
      Refit refit,
      Masks masks,
      double[] values,
      Design design,
      long seed,
      double own,
      int[] places) {
    this.fit = fit;
    this.refit = refit;
    this.masks = masks;
    this.values = values;
    this.design = design;
    this.seed = seed;
    this.own = own;
    this.places = places;
  }

  /**
   * What a fit of one output says.
   *
   * @param fit the fitted function
   * @param refit makes it again without some rows; null where errors are not known
   * @param rows the rows it was fitted to, copied to the host
   * @param output which output of the rows
   */
  static Reading of(Surrogate fit, Refit refit, Problem rows, int output) {
    Masks masks = new Masks(rows.masks().buffer().toHost(), rows.rows(), rows.features());
    double[] values = rows.output(output).toHost().doubles().clone();
    return new Reading(fit, refit, masks, values, rows.design(), rows.seed(), 1, null);
  }

  /**
   * The same of values with noise.
   *
   * @param share of what the fit leaves of a row that is the mask's own, from 0 to 1
   */
  public Reading withOwn(double share) {
    return new Reading(fit, refit, masks, values, design, seed, share, places);
  }

  /** The same in terms of other features: {@code places} is the number of each feature there. */
  public Reading placed(int[] places) {
    int[] all = places.clone();
    if (this.places != null) {
      all = Arrays.stream(this.places).map(i -> places[i]).toArray();
    }
    return new Reading(fit, refit, masks, values, design, seed, own, all);
  }

  /**
   * Interactions with their standard errors, NaN-free where the fit can be made again.
   *
   * @param order highest order, at least 1
   * @param backend where the operations run
   */
  public IndexValues interactions(Index index, int order, Backend backend) {
    IndexValues read =
        new Readout(part(fit, masks, values), folds(backend), backend).interactions(index, order);
    if (places == null) {
      return read;
    }
    int[] members = Arrays.stream(read.sets().features()).map(i -> places[i]).toArray();
    Sets sets = new Sets(read.sets().starts(), members);
    return new IndexValues(read.index(), read.order(), sets, read.values(), read.standardErrors());
  }

  private Readout.Part part(Surrogate surrogate, Masks ofMasks, double[] ofValues) {
    return new Readout.Part(surrogate, ofMasks, ofValues, own);
  }

  /** Made once, for whatever index is asked first. */
  private synchronized List<Readout.Part> folds(Backend backend) {
    if (parts != null) {
      return parts;
    }
    parts = new ArrayList<>();
    if (refit == null || masks.count() < FEWEST) {
      return parts;
    }
    Samples samples =
        new Samples(masks, new Values(HostBuffer.of(values.clone()), values.length, 1), design);
    try (Problem all = Problem.of(samples, backend, seed)) {
      Folds folds = Folds.of(all.repeats(), FOLDS, seed);
      for (int k = 0; k < folds.count(); k++) {
        HeldFifth fold = HeldFifth.of(all, folds, k);
        int[] rows = rows(fold.train());
        try (Problem part = all.select(rows)) {
          double[] kept = Arrays.stream(rows).mapToDouble(r -> values[r]).toArray();
          Surrogate again = Work.firstOf(folds.count() + 1 - k, () -> refit.of(part));
          parts.add(part(again, masks.select(rows), kept));
        }
      }
    }
    return parts;
  }

  private int[] rows(long[] bits) {
    int[] rows = new int[masks.count()];
    int count = 0;
    for (int r = 0; r < rows.length; r++) {
      if ((bits[r >>> 6] >>> r & 1) != 0) {
        rows[count++] = r;
      }
    }
    return Arrays.copyOf(rows, count);
  }
}
