package dev.ablate.solve;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Rows;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.mask.Repeats;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
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
  private final Backend backend;
  private final long seed;
  private final List<Buffer> owned = new ArrayList<>();
  private final Buffer[] columns;
  private final Rows.Summary[] summaries;

  private Problem(Masks masks, Values values, Repeats repeats, Backend backend, long seed) {
    this.masks = masks;
    this.values = values;
    this.repeats = repeats;
    this.backend = backend;
    this.seed = seed;
    this.columns = new Buffer[values.outputs()];
    this.summaries = new Rows.Summary[values.outputs()];
  }

  /**
   * The problem of evaluated masks, which are copied to the backend where they do not live there.
   *
   * @param samples {@code (rows, features)} masks and {@code (rows, outputs)} values
   * @param backend where the operations run
   * @param seed the run's seed
   */
  public static Problem of(Samples samples, Backend backend, long seed) {
    return of(
        samples.masks(),
        samples.values(),
        Repeats.of(samples.masks(), samples.design()),
        backend,
        seed);
  }

  /** The same of masks that come to the host, to see which repeat. */
  public static Problem of(Masks masks, Values values, Backend backend, long seed) {
    return of(masks, values, Repeats.of(masks), backend, seed);
  }

  private static Problem of(
      Masks masks, Values values, Repeats repeats, Backend backend, long seed) {
    Masks there = masks.on(backend);
    Problem problem = new Problem(there, values.on(backend), repeats, backend, seed);
    if (there != masks) {
      problem.owned.add(there.buffer());
    }
    if (problem.values != values) {
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
            backend,
            seed);
    some.owned.addAll(List.of(someMasks, someValues));
    return some;
  }

  /** Some of the outputs of the same rows, at least one; -1 stands for an output of zeros. */
  public Problem outputs(int... picks) {
    if (Arrays.equals(picks, IntStream.range(0, outputs()).toArray())) {
      return new Problem(masks, values, repeats, backend, seed);
    }
    return copied(picks);
  }

  /** Outputs in memory of their own. */
  private Problem copied(int... picks) {
    Buffer copy = backend.rows().columns(values.buffer(), rows(), outputs(), picks);
    Values some = new Values(copy, rows(), picks.length);
    Problem problem = new Problem(masks, some, repeats, backend, seed);
    problem.owned.add(copy);
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
    try (Buffer predicted = spectrum.evaluateThere(masks, backend)) {
      return R2.of(backend.rows().errors(output(output), predicted));
    }
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
    owned.clear();
  }
}
