package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The mean of a Gaussian process given rows, {@code mean + sum_r weights(r) k(m, m_r)}.
 *
 * @param prior its prior
 * @param fitted {@code (rows, features)} the masks of the rows, on the host
 * @param weights {@code (rows)} those of the posterior; not a copy
 * @param mean what was taken off the values
 */
public record ProcessSurrogate(Prior prior, Masks fitted, double[] weights, double mean)
    implements Surrogate {
  /** Functions that are drawn, at most; fewer say too little. */
  private static final int MOST_DRAWS = 16;

  private static final int FEWEST_DRAWS = 8;

  /** Steps for all functions that are drawn: a second or two on two cores. */
  private static final double MOST_WORK = 4e9;

  /** Steps that transforms take a mask. */
  private static final double TRANSFORMS = 2_000;

  @Override
  public int features() {
    return fitted.features();
  }

  @Override
  public double[] at(Masks masks, Backend backend) {
    try (Buffer means =
        backend
            .gaussianProcess()
            .predict(
                fitted.buffer(),
                fitted.count(),
                features(),
                HostBuffer.of(weights),
                prior,
                masks.buffer(),
                masks.count())) {
      double[] values = means.toHost().doubles().clone();
      Arrays.setAll(values, m -> values[m] + mean);
      return values;
    }
  }

  @Override
  public double[] weighed(Sets sets, SizeRule rule, Backend backend) {
    double[] sums = new Extension(this, backend).weighed(sets, rule);
    for (int s = 0; s < sums.length; s++) {
      sums[s] += sets.order(s) == 0 ? mean * Arrays.stream(rule.weights()[0]).sum() : 0;
    }
    return sums;
  }

  @Override
  public double work() {
    return (double) fitted.count() * Extension.columns(prior);
  }

  /** {@code (sets)} Fourier coefficients, the mean not counted. */
  public double[] coefficients(Sets sets, Backend backend) {
    if (features() > Readout.LISTED) {
      SizeRule rule = SizeRule.of(Index.FOURIER, sets.maxOrder(), features());
      return new Extension(this, backend).weighed(sets, rule);
    }
    double[] values = new ProcessSurrogate(prior, fitted, weights, 0).all(backend);
    try (Buffer data = backend.upload(HostBuffer.of(values))) {
      backend.walsh().transform(data, 1, values.length, 1.0 / values.length);
      double[] all = data.toHost().doubles();
      double[] coefficients = new double[sets.size()];
      Arrays.setAll(coefficients, s -> all[Table.number(sets.get(s))]);
      return coefficients;
    }
  }

  private double[] all(Backend backend) {
    return at(Masks.exhaustive(features()), backend);
  }

  /** The same with another mean. */
  public ProcessSurrogate withMean(double other) {
    return new ProcessSurrogate(prior, fitted, weights, other);
  }

  @Override
  public List<double[]> possible(Backend backend) {
    int rows = fitted.count();
    double each = Math.scalb(TRANSFORMS, features()) + Math.pow(rows, 3);
    int draws = (int) Math.min(MOST_DRAWS, MOST_WORK / each);
    if (rows == 0 || draws < FEWEST_DRAWS) {
      return List.of();
    }
    double[] own = all(backend);
    PriorDraws prior = new PriorDraws(this.prior, features(), backend);
    List<double[]> possible = new ArrayList<>();
    for (int draw = 0; draw < draws; draw++) {
      Philox.Stream random = PriorDraws.random(draw);
      double[] drawn = prior.values(random);
      double[] missed = prior.means(fitted.hostWords(), weights(drawn, random, backend));
      Arrays.setAll(missed, m -> own[m] + drawn[m] - missed[m]);
      possible.add(missed);
    }
    return possible;
  }

  /** Weights of the same rows with this prior, of other values on all masks. */
  private double[] weights(double[] all, Philox.Stream random, Backend backend) {
    long[] masks = fitted.hostWords();
    double[] values = new double[fitted.count()];
    double noise = Math.sqrt(prior.noise());
    Arrays.setAll(values, r -> all[(int) masks[r]] + noise * random.nextGaussian());
    try (GaussianProcess.Posterior given =
        backend
            .gaussianProcess()
            .posterior(
                fitted.buffer(), values.length, features(), HostBuffer.of(values), 1, 0, prior)) {
      return given.weights().toHost().doubles().clone();
    }
  }

  @Override
  public Sets candidates(int order, int most) {
    return LargestVariances.of(prior, order, most);
  }
}
