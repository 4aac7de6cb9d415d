package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.index.Index;
import dev.ablate.mask.Masks;
import java.util.Arrays;

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
  public Sets candidates(int order, int most) {
    return LargestVariances.of(prior, order, most);
  }
}
