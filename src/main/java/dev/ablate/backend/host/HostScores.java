package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Scores;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Values of what a network gave, on the host's cores. */
final class HostScores implements Scores {
  private static final int BLOCK = 16;
  private final Workers workers;

  HostScores(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void labels(Given given, LabelValue value, boolean exclusive, Buffer targets, Into into) {
    HostNumbers numbers = new HostNumbers(given);
    int[] labels = targets.toHost().ints();
    forRows(
        given.rows(),
        into,
        () -> {
          double[] logits = new double[given.count()];
          return (row, out, at) -> {
            numbers.read(row, 0, logits);
            for (int o = 0; o < labels.length; o++) {
              out[at + o] = ofLabel(logits, value, exclusive, labels[o]);
            }
            return Arrays.stream(logits).allMatch(Double::isFinite);
          };
        });
  }

  private static double ofLabel(double[] logits, LabelValue value, boolean exclusive, int label) {
    double own = logits[label];
    if (value == LabelValue.LOGIT) {
      return own;
    }
    boolean alone = !exclusive || logits.length == 1;
    double odds = alone ? own : own - logSumExpOfOthers(logits, label);
    return value == LabelValue.LOG_ODDS ? odds : 1 / (1 + Math.exp(-odds));
  }

  private static double logSumExpOfOthers(double[] logits, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < logits.length; k++) {
      largest = k == label ? largest : Math.max(largest, logits[k]);
    }
    double sum = 0;
    for (int k = 0; k < logits.length; k++) {
      sum += k == label ? 0 : Math.exp(logits[k] - largest);
    }
    return largest + Math.log(sum);
  }

  @Override
  public void logProbabilities(
      Given given, Buffer targets, long target, Buffer logs, long at, int each, int stride) {
    HostNumbers numbers = new HostNumbers(given);
    long[] tokens = targets.toHost().words();
    double[] out = logs.toHost().doubles();
    workers.forBlocks(
        given.rows(),
        BLOCK,
        (from, to) -> {
          double[] logits = new double[given.count()];
          for (int r = from; r < to; r++) {
            numbers.read(r, 0, logits);
            long token = tokens[Math.toIntExact(target + r)];
            boolean known = token >= 0 && token < logits.length;
            double own = known ? logits[(int) token] : Double.NaN;
            out[Math.toIntExact(at + (long) (r / each) * stride + r % each)] =
                own - logSumExp(logits);
          }
        });
  }

  /** Writes over the numbers. */
  private static double logSumExp(double[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    for (int k = 0; k < logits.length; k++) {
      logits[k] -= largest;
    }
    HostExponentials.of(logits, logits.length);
    double sum = 0;
    for (double exponential : logits) {
      sum += exponential;
    }
    return largest + Math.log(sum);
  }

  @Override
  public void answers(
      Buffer logs, int first, int rows, int[] starts, AnswerValue value, Into into) {
    double[] all = logs.toHost().doubles();
    int tokens = starts[starts.length - 1];
    boolean ofTokens = value == AnswerValue.TOKENS || value == AnswerValue.TOKEN_PROBABILITIES;
    forRows(
        rows,
        into,
        () ->
            (row, out, at) -> {
              int from = (first + row) * tokens;
              double against = sum(all, from + starts[starts.length - 2], from + tokens);
              for (int o = 0; o < into.outputs(); o++) {
                int begin = from + (ofTokens ? o : starts[o]);
                int end = from + (ofTokens ? o + 1 : starts[o + 1]);
                double sum = sum(all, begin, end);
                out[at + o] =
                    switch (value) {
                      case SUM, TOKENS -> sum;
                      case MEAN -> sum / (end - begin);
                      case PROBABILITY, TOKEN_PROBABILITIES -> Math.exp(sum);
                      case LOG_ODDS -> sum - against;
                    };
              }
              return Double.isFinite(sum(all, from, from + tokens));
            });
  }

  private static double sum(double[] all, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += all[i];
    }
    return sum;
  }

  @Override
  public void perplexities(
      Buffer logs, int rows, int width, Buffer lengths, int length, Into into) {
    double[] all = logs.toHost().doubles();
    int[] tokens = lengths.toHost().ints();
    forRows(
        rows,
        into,
        () ->
            (row, out, at) -> {
              int from = row * (width - 1);
              int count = tokens[length + row] - 1;
              double sum = sum(all, from, from + count);
              out[at] = count < 1 ? 1 : Math.exp(-sum / count);
              return Double.isFinite(sum);
            });
  }

  @Override
  public void similarities(
      Given given, Pool pool, Buffer lengths, int length, Buffer references, Into into) {
    HostNumbers numbers = new HostNumbers(given);
    int[] tokens = lengths.toHost().ints();
    double[] others = references.toHost().doubles();
    int size = given.count();
    forRows(
        given.rows(),
        into,
        () -> {
          HostPooling pooling = new HostPooling(pool, size);
          return (row, out, at) -> {
            int count = Math.min(tokens[length + row], given.positions());
            double[] vector = pooling.of(count, (token, to) -> numbers.read(row, token, to));
            double norm = Math.sqrt(product(vector, vector, 0));
            for (int o = 0; o < into.outputs(); o++) {
              // A vector of no length is at right angles to all others.
              out[at + o] = norm == 0 ? 0 : product(vector, others, o * size) / norm;
            }
            return Double.isFinite(norm);
          };
        });
  }

  private static double product(double[] vector, double[] others, int at) {
    double product = 0;
    for (int d = 0; d < vector.length; d++) {
      product += vector[d] * others[at + d];
    }
    return product;
  }

  /** Makes the values of a row. */
  private interface OfRow {
    /** Writes them from {@code at} on; returns whether what they were made of is finite. */
    boolean write(int row, double[] out, int at);
  }

  /** Makes the values of all rows; each thread has memory of its own. */
  private void forRows(int rows, Into into, Supplier<OfRow> memory) {
    double[] out = into.values().toHost().doubles();
    int[] bad = into.bad().toHost().ints();
    AtomicInteger least = new AtomicInteger(bad[0]);
    workers.forBlocks(
        rows,
        BLOCK,
        (from, to) -> {
          OfRow ofRow = memory.get();
          for (int r = from; r < to; r++) {
            int row = into.first() + r;
            int at = Math.multiplyExact(row, into.outputs());
            boolean finite = ofRow.write(r, out, at);
            for (int o = 0; o < into.outputs(); o++) {
              finite &= Double.isFinite(out[at + o]);
            }
            if (!finite) {
              least.accumulateAndGet(row, Math::min);
            }
          }
        });
    bad[0] = least.get();
  }
}
