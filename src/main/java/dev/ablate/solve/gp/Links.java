package dev.ablate.solve.gp;

import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** The links that values admit, and that would change more than their unit. */
final class Links {
  /** So many times as far apart does a link put some values as others, or it is left out. */
  private static final double BENDS = 3;

  /** Values so near a bound, as a share of the range, lie at it. */
  private static final double AT_BOUND = 0.01;

  /** A share of the values that lies at a bound says that it is one. */
  private static final double PILED = 0.05;

  /** Share of the range by which bounds lie beyond values that may lie at them. */
  private static final double MARGIN = 0.001;

  private Links() {}

  /** Those of an output, the identity left out. */
  static List<Link> of(Problem train, Problem held, int output) {
    double[] values =
        DoubleStream.concat(
                Arrays.stream(train.output(output).toHost().doubles()),
                Arrays.stream(held.output(output).toHost().doubles()))
            .sorted()
            .toArray();
    double low = values[0];
    double high = values[values.length - 1];
    List<Link> links = new ArrayList<>();
    boolean shares = low >= 0 && high <= 1;
    if (shares || isBounded(values)) {
      Link logit = shares ? Link.logit(0, 1, MARGIN) : Link.logit(low, high, MARGIN);
      if (bends(logit, low, high)) {
        links.add(logit);
      }
    }
    boolean twoValued = Arrays.stream(values).allMatch(v -> v == low || v == high);
    if (low > 0 && !twoValued && bends(Link.LOG, low, high)) {
      links.add(Link.LOG);
    }
    return links;
  }

  /** Whether ascending values pile up at an end. */
  private static boolean isBounded(double[] values) {
    double low = values[0];
    double high = values[values.length - 1];
    double near = AT_BOUND * (high - low);
    long atLow = Arrays.stream(values).filter(v -> v <= low + near).count();
    long atHigh = Arrays.stream(values).filter(v -> v >= high - near).count();
    return high > low && Math.max(atLow, atHigh) >= PILED * values.length;
  }

  private static boolean bends(Link link, double low, double high) {
    double middle = (low + high) / 2;
    double[] slopes = {link.derivative(low), link.derivative(middle), link.derivative(high)};
    Arrays.sort(slopes);
    return slopes[2] > BENDS * slopes[0];
  }
}
