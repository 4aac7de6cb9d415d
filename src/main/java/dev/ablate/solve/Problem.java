package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Rows;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.Repeats;
import dev.ablate.mask.SizeWeights;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What there is to fit: masks and values in the memory of a backend, where they stay. Parts of a
 * problem are made there too.
 *
 * <p>Closing a problem frees what was made for it: not what it was given, and not the masks that a
 * problem of the same rows shares with it, which must be closed last. Not safe from threads.
 */
public final class Problem implements AutoCloseable {
  private final Masks masks;
  private final Values values;
  private final Repeats repeats;
  private final Design design;
  private final double[] weights;
  private final Backend backend;
  private final long seed;
  private final List<Buffer> owned = new ArrayList<>();
  private final Buffer[] columns;
  private final Rows.Summary[] summaries;

  private Problem(
      Masks masks,
      Values values,
      Repeats repeats,
      Design design,
      double[] weights,
      Backend backend,
      long seed) {
    this.masks = masks;
    this.values = values;
    this.repeats = repeats;
    this.design = design;
    this.weights = weights;
    this.backend = backend;
    this.seed = seed;
    this.columns = new Buffer[values.outputs()];
    this.summaries = new Rows.Summary[values.outputs()];
  }

  /** The same of masks that look uniform. */
  public static Problem of(Masks masks, Values values, Backend backend, long seed) {
    Design design = new Design.Foreign(masks.features(), masks.count());
    return of(new Samples(masks, values, design), backend, seed);
  }

  /**
   * The problem of evaluated masks, which are copied to the backend where they do not live there.
   *
   * @param samples {@code (rows, features)} masks and {@code (rows, outputs)} values
   * @param backend where the operations run
   * @param seed the run's seed
   */
  public static Problem of(Samples samples, Backend backend, long seed) {
    Masks masks = samples.masks();
    Design design = samples.design();
    MaskSampling sampling = design.sampling();
    boolean alike = sampling == null || sampling == MaskSampling.UNIFORM;
    Masks there = masks.on(backend);
    Problem problem =
        new Problem(
            there,
            samples.values().on(backend),
            Repeats.of(masks, design),
            design,
            alike ? null : SizeWeights.of(masks),
            backend,
            seed);
    if (there != masks) {
      problem.owned.add(there.buffer());
    }
    if (problem.values != samples.values()) {
      problem.owned.add(problem.values.buffer());
    }
    return problem;
  }

  /** {@code (rows, features)}, in the memory of the backend. */
  public Masks masks() {
    return masks;
  }

  /** {@code (rows, outputs)}, in the memory of the backend. */
  public Values values() {
    return values;
  }

  /** Which rows have equal masks. */
  public Repeats repeats() {
    return repeats;
  }

  /** Where the masks come from; of part of the rows, where all come from. */
  public Design design() {
    return design;
  }

  /**
   * {@code (rows)} what each row counts, of mean 1, where a mean over rows is to estimate the mean
   * over all masks; null where each counts the same.
   */
  public double[] weights() {
    return weights == null ? null : weights.clone();
  }

  /** As many rows of uniform masks would say as much as these do with their weights. */
  public double effectiveRows() {
    double squares = 0;
    for (int r = 0; weights != null && r < rows(); r++) {
      squares += weights[r] * weights[r];
    }
    return weights == null ? rows() : (double) rows() * rows() / squares;
  }

  /**
   * Values whose means times parities estimate coefficients, however the sizes of masks are drawn:
   * with weights, the values less their weighted mean, times the weights; without, the values.
   */
  public Problem asUniform() {
    if (weights == null) {
      return sharing(values);
    }
    double[] products = values.hostDoubles().clone();
    for (int o = 0; o < outputs(); o++) {
      double mean = 0;
      for (int r = 0; r < rows(); r++) {
        mean += weights[r] * products[r * outputs() + o] / rows();
      }
      for (int r = 0; r < rows(); r++) {
        int at = r * outputs() + o;
        products[at] = weights[r] * (products[at] - mean);
      }
    }
    return holding(products);
  }

  /**
   * Values to correlate with parities: those of uniform masks themselves; those of masks by size
   * less what they owe to the size alone, in which parities of all sets have a part.
   */
  public Problem withoutSizes() {
    if (weights == null) {
      return sharing(values);
    }
    SizeTrend trend = new SizeTrend(masks);
    double[] rest = values.hostDoubles().clone();
    for (int o = 0; o < outputs(); o++) {
      trend.remove(rest, outputs(), o);
    }
    return holding(rest);
  }

  private Problem holding(double[] numbers) {
    Buffer there = backend.upload(HostBuffer.of(numbers));
    Problem problem = sharing(new Values(there, rows(), outputs()));
    problem.owned.add(there);
    return problem;
  }

  /** Other values of the same rows. */
  private Problem sharing(Values others) {
    return new Problem(masks, others, repeats, design, weights, backend, seed);
  }

  /** Where the operations run. */
  public Backend backend() {
    return backend;
  }

  /** The run's seed. */
  public long seed() {
    return seed;
  }

  /** Number of masks. */
  public int rows() {
    return masks.count();
  }

  /** Number of features. */
  public int features() {
    return masks.features();
  }

  /** Number of outputs. */
  public int outputs() {
    return values.outputs();
  }

  /** F64 {@code (rows)} one output, in the memory of the backend; freed with the problem. */
  public Buffer output(int output) {
    if (outputs() == 1) {
      return values.buffer();
    }
    if (columns[output] == null) {
      columns[output] =
          backend.rows().columns(values.buffer(), rows(), outputs(), new int[] {output});
      owned.add(columns[output]);
    }
    return columns[output];
  }

  /** What an output's values come to. */
  public Rows.Summary summary(int output) {
    if (summaries[output] == null) {
      Rows.Summary[] all = backend.rows().summaries(values.buffer(), rows(), outputs());
      System.arraycopy(all, 0, summaries, 0, all.length);
    }
    return summaries[output];
  }

  /** Some of the rows, ascending. */
  public Problem select(long[] bits) {
    int[] rows = IntStream.range(0, rows()).filter(r -> (bits[r >>> 6] >>> r & 1) != 0).toArray();
    try (Buffer positions = backend.rows().positions(new long[][] {bits}, rows())) {
      return gathered(rows, positions);
    }
  }

  /** Some of the rows, in any order. */
  public Problem select(int[] rows) {
    try (Buffer positions = backend.upload(HostBuffer.of(rows))) {
      return gathered(rows, positions);
    }
  }

  private Problem gathered(int[] rows, Buffer positions) {
    Work.check();
    Buffer someMasks = backend.rows().gather(masks.buffer(), masks.words(), positions);
    Buffer someValues;
    try {
      someValues = backend.rows().gather(values.buffer(), outputs(), positions);
    } catch (RuntimeException e) {
      someMasks.close();
      throw e;
    }
    Problem some =
        new Problem(
            new Masks(someMasks, rows.length, features()),
            new Values(someValues, rows.length, outputs()),
            repeats.select(rows),
            design,
            weights == null ? null : SizeWeights.select(weights, rows),
            backend,
            seed);
    some.owned.addAll(List.of(someMasks, someValues));
    return some;
  }

  /** Some of the outputs of the same rows, at least one; -1 stands for an output of zeros. */
  public Problem outputs(int... picks) {
    if (Arrays.equals(picks, IntStream.range(0, outputs()).toArray())) {
      return sharing(values);
    }
    return copied(picks);
  }

  /** Outputs in memory of their own. */
  private Problem copied(int... picks) {
    Buffer copy = backend.rows().columns(values.buffer(), rows(), outputs(), picks);
    Values some = new Values(copy, rows(), picks.length);
    Problem problem = sharing(some);
    problem.owned.add(copy);
    return problem;
  }

  /** What predictions of one output leave: {@code (rows)} each. */
  public Problem less(double[] predictions) {
    Problem left = copied(0);
    backend.rows().add(left.values.buffer(), rows(), 1, 0, -1, HostBuffer.of(predictions));
    return left;
  }

  /** One output's values before a link, those beyond its bounds as at the bounds. */
  public Problem linked(int output, Link link) {
    return linked(new int[] {output}, List.of(link));
  }

  /**
   * Some outputs' values before links.
   *
   * @param outputs which outputs, at least one
   * @param links one each
   */
  public Problem linked(int[] outputs, List<Link> links) {
    double[] all = values.hostDoubles();
    double[] before = new double[Math.multiplyExact(rows(), outputs.length)];
    for (int r = 0; r < rows(); r++) {
      for (int k = 0; k < outputs.length; k++) {
        Link link = links.get(k);
        double value = all[r * outputs() + outputs[k]];
        before[r * outputs.length + k] = link.forward(link.bounded(value));
      }
    }
    Buffer there = backend.upload(HostBuffer.of(before));
    Problem problem = sharing(new Values(there, rows(), outputs.length));
    problem.owned.add(there);
    return problem;
  }

  /** What spectra, one an output, leave of the values. */
  public Problem less(List<Spectrum> spectra) {
    Problem left = copied(IntStream.range(0, outputs()).toArray());
    try {
      for (int o = 0; o < outputs(); o++) {
        try (Buffer fitted = spectra.get(o).evaluateThere(masks, backend)) {
          backend.rows().add(left.values.buffer(), rows(), outputs(), o, -1, fitted);
        }
      }
      return left;
    } catch (RuntimeException e) {
      left.close();
      throw e;
    }
  }

  /** The values with each output's mean taken off. */
  public Centred centred() {
    double[] means = new double[outputs()];
    Arrays.setAll(means, o -> summary(o).sum() / rows());
    double[] offsets = Arrays.stream(means).map(m -> -m).toArray();
    Problem centred = copied(IntStream.range(0, outputs()).toArray());
    try {
      backend.rows().shift(centred.values.buffer(), rows(), outputs(), offsets);
      return new Centred(centred, means);
    } catch (RuntimeException e) {
      centred.close();
      throw e;
    }
  }

  /** R² of a spectrum on an output; negative infinity where all values are equal to another. */
  public double r2(Spectrum spectrum, int output) {
    return r2(spectrum, Link.IDENTITY, output);
  }

  /**
   * R² of a spectrum before a link on an output; negative infinity where all values are equal to
   * another.
   *
   * @param link what is between the spectrum and the values
   */
  public double r2(Spectrum spectrum, Link link, int output) {
    if (!link.isIdentity()) {
      return R2.of(output(output).toHost().doubles(), predicted(spectrum, link));
    }
    try (Buffer predicted = spectrum.evaluateThere(masks, backend)) {
      return R2.of(backend.rows().errors(output(output), predicted));
    }
  }

  /** {@code (rows)} what a spectrum before a link leaves of an output, on the host. */
  public double[] left(Spectrum spectrum, Link link, int output) {
    double[] left = output(output).toHost().doubles().clone();
    double[] predicted = predicted(spectrum, link);
    Arrays.setAll(left, r -> left[r] - predicted[r]);
    return left;
  }

  private double[] predicted(Spectrum spectrum, Link link) {
    return link.inverse(spectrum.evaluate(masks, backend));
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
    owned.clear();
  }
}
