package dev.ablate.solve.gp;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Problem;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.surrogate.LargestVariances;
import dev.ablate.work.Memory;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Outputs under priors of their own. Those whose priors began as the same one are read off the same
 * sets, so that the parities of the masks serve them all.
 */
final class OwnFit {
  /** Sets whose coefficients are computed for all outputs of a group. */
  static final int SETS = 8_192;

  /** Outputs that are read off together: so many columns of coefficients are in memory. */
  private static final int TOGETHER = 256;

  private OwnFit() {}

  /**
   * Priors and where they began.
   *
   * @param priors {@code (outputs)} the prior of each
   * @param groups {@code (outputs)} the number of the shared prior that each began as
   */
  record Priors(Prior[] priors, int[] groups) {
    /** Those of some outputs. */
    Priors of(int[] outputs) {
      return new Priors(
          IntStream.of(outputs).mapToObj(o -> priors[o]).toArray(Prior[]::new),
          IntStream.of(outputs).map(o -> groups[o]).toArray());
    }

    /** The outputs of each group. */
    private int[][] members() {
      int count = Arrays.stream(groups).max().orElse(-1) + 1;
      return IntStream.range(0, count)
          .mapToObj(g -> IntStream.range(0, groups.length).filter(o -> groups[o] == g).toArray())
          .toArray(int[][]::new);
    }

    /** A prior whose largest coefficients are those of some outputs together. */
    private Prior middle(int[] members) {
      double[] decays = new double[priors[members[0]].decays().length];
      double rough = 0;
      double stretch = 0;
      for (int o : members) {
        for (int i = 0; i < decays.length; i++) {
          decays[i] += priors[o].decays()[i] / members.length;
        }
        rough += priors[o].shape().rough() / members.length;
        stretch += Math.log(priors[o].shape().stretch()) / members.length;
      }
      return new Prior(decays, 1, 1, new Shape(rough, Math.exp(stretch), 0, 0));
    }
  }

  /** Hears what was read off an output, from several threads at once. */
  @FunctionalInterface
  interface Reader {
    void read(int output, ReadOff found);
  }

  /**
   * Reads every output off.
   *
   * @param rows rows of mean 0
   * @param priors of each output, without closeness
   * @param most how many terms of an output are read off
   */
  static void readOff(
      Problem rows, Priors priors, IntUnaryOperator most, boolean withErrors, Reader reader) {
    for (int[] members : priors.members()) {
      if (members.length > 0) {
        Sets sets = LargestVariances.of(priors.middle(members), SETS);
        Tilt tilt = new Tilt(rows.features(), sets);
        try (Buffer columns =
            rows.backend()
                .parity()
                .columns(sets, rows.masks().buffer(), rows.rows(), rows.features())) {
          for (int from = 0; from < members.length; from += TOGETHER) {
            int to = Math.min(members.length, from + TOGETHER);
            int[] some = Arrays.copyOfRange(members, from, to);
            new Group(rows, priors, sets, columns, tilt, some).readOff(most, withErrors, reader);
          }
        }
      }
    }
  }

  /**
   * Outputs that are read off the same sets.
   *
   * @param columns the parities of the sets
   */
  private record Group(
      Problem rows, Priors priors, Sets sets, Buffer columns, Tilt tilt, int[] outputs) {

    void readOff(IntUnaryOperator most, boolean withErrors, Reader reader) {
      int[] sizes = new Masks(rows.masks().buffer().toHost(), rows.rows(), rows.features()).sizes();
      int count = outputs.length;
      Forms[] forms = new Forms[count];
      double[] likelihoods = new double[count];
      Prior[] used = new Prior[count];
      double[][] variances = new double[count][];
      double[] weights = new double[rows.rows() * count];
      // What memory does not hold at once is fitted one after another.
      double bytes = (double) GaussianProcessEstimator.PAIR * rows.rows() * rows.rows();
      Work.forEach(
          count,
          k ->
              Memory.taking(
                  (withErrors ? 2 : 1) * bytes,
                  () -> {
                    try (Given given = Given.of(rows, outputs[k], priors.priors[outputs[k]])) {
                      used[k] = given.prior();
                      variances[k] = used[k].variances(sets);
                      likelihoods[k] = given.posterior().logLikelihood();
                      double[] of = given.posterior().weights().toHost().doubles();
                      double[] amplitudes = Tilt.amplitudes(used[k], sizes, rows.features());
                      for (int r = 0; r < of.length; r++) {
                        weights[r * count + k] = amplitudes[r] * of[r];
                      }
                      if (withErrors) {
                        forms[k] = forms(given, variances[k]);
                      }
                      return null;
                    }
                  }));
      double[] sums = sums(weights);
      Work.forEach(
          count,
          k -> {
            double[] means = new double[sets.size()];
            Arrays.setAll(means, s -> variances[k][s] * sums[k * means.length + s]);
            tilt.apply(used[k], means);
            reader.read(
                outputs[k],
                ReadOff.largest(
                    sets,
                    variances[k],
                    means,
                    most.applyAsInt(outputs[k]),
                    likelihoods[k],
                    forms[k],
                    null));
          });
    }

    /** Those of the prior without its tilt, under which coefficients are independent. */
    private Forms forms(Given given, double[] variances) {
      Prior prior = given.prior();
      if (prior.shape().isStationary()) {
        return Forms.of(given.posterior(), sets, variances);
      }
      Shape without = new Shape(prior.shape().rough(), prior.shape().stretch(), 0, 0);
      Prior plain = new Prior(prior.decays(), prior.scale(), prior.noise(), without);
      try (Given alike = Given.of(given.rows(), 0, plain)) {
        return Forms.of(alike.posterior(), sets, variances);
      }
    }

    /** {@code (outputs, sets)} sums of weights and parities. */
    private double[] sums(double[] weights) {
      try (Buffer products =
          rows.backend()
              .parity()
              .products(
                  columns,
                  sets.size(),
                  rows.rows(),
                  HostBuffer.of(Folds.all(rows.rows())),
                  1,
                  HostBuffer.of(weights),
                  outputs.length)) {
        return products.toHost().doubles();
      }
    }
  }
}
