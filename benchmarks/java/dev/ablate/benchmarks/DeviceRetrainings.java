package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.LogisticRegression.Problem;
import dev.ablate.backend.LogisticRegression.Trainer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.Arrays;

/**
 * Logistic regressions on halves of standardised rows, a cloud a class, on a device: seconds from
 * the rows to the last scores on the host, and of them what finding the start takes. Margins of the
 * first subsets must be within a hundredth of their spread of converged fits by the host.
 *
 * <p>Arguments: backend (default cuda), subsets (default 10,000), rows (1,000), columns (64),
 * classes (10), test rows (797).
 */
public final class DeviceRetrainings {
  private static final int REPEATS = 5;
  private static final int COMPARED = 40;

  /** As learners ask for it. */
  private static final double TOLERANCE = 2e-3;

  private static final double SECONDS_ASKED = 0.5;

  private final int[] sizes;
  private final Philox.Stream random = Philox.stream(5, 0);
  private final double[] centres;
  private final double[] x;
  private final int[] labels;
  private final double[] tests;
  private final int[] testLabels;

  private DeviceRetrainings(int[] sizes) {
    this.sizes = sizes;
    this.centres = numbers(sizes[3] * sizes[2]);
    this.labels = new int[sizes[1]];
    this.testLabels = new int[sizes[4]];
    this.x = clouds(labels);
    this.tests = clouds(testLabels);
  }

  private double[] numbers(int count) {
    double[] numbers = new double[count];
    Arrays.setAll(numbers, i -> random.nextGaussian());
    return numbers;
  }

  /** Rows about the centre of their class, to columns of variance 1. */
  private double[] clouds(int[] of) {
    int columns = sizes[2];
    double[] rows = numbers(of.length * columns);
    for (int r = 0; r < of.length; r++) {
      of[r] = random.nextInt(sizes[3]);
      for (int j = 0; j < columns; j++) {
        int i = r * columns + j;
        rows[i] = (1.5 * rows[i] + centres[of[r] * columns + j]) / Math.sqrt(1 + 1.5 * 1.5);
      }
    }
    return rows;
  }

  /** Prints one line. */
  public static void main(String[] args) {
    int[] sizes = {10_000, 1000, 64, 10, 797};
    for (int i = 1; i < args.length; i++) {
      sizes[i - 1] = Integer.parseInt(args[i]);
    }
    new DeviceRetrainings(sizes).run(args.length > 0 ? args[0] : "cuda");
  }

  private void run(String name) {
    int words = (sizes[1] + 63) / 64;
    long tail = -1L >>> (64 * words - sizes[1]);
    long[] kept = new long[sizes[0] * words];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = random.nextLong() & (i % words == words - 1 ? tail : -1L);
    }
    HostBuffer masks = HostBuffer.of(kept);
    Problem problem = problem(TOLERANCE);
    try (Backend backend = Backends.open(name, 0).backend();
        HostBackend host = new HostBackend()) {
      int few = Math.min(COMPARED, sizes[0]);
      double[][] found = train(backend, problem, masks, sizes[0]);
      double[][] right = train(host, problem(1e-7), masks, few);
      double deviation = deviation(right, found);
      if (!(deviation <= 0.01)) {
        throw new IllegalStateException("margins are off by " + deviation + " of their spread");
      }
      double[] seconds = new double[REPEATS];
      double[] opening = new double[REPEATS];
      for (int i = 0; i < REPEATS; i++) {
        long begin = System.nanoTime();
        try (Trainer trainer = backend.logisticRegression().open(problem, tests, sizes[4])) {
          opening[i] = (System.nanoTime() - begin) * 1e-9;
          trainer.train(masks, sizes[0], (subset, scores) -> {});
        }
        seconds[i] = (System.nanoTime() - begin) * 1e-9;
      }
      long begin = System.nanoTime();
      train(host, problem, masks, few);
      double each = (System.nanoTime() - begin) * 1e-9 / few;
      Measured.of("DeviceRetrainings", backend)
          .with("subsets", sizes[0])
          .with("rows", sizes[1])
          .with("columns", sizes[2])
          .with("classes", sizes[3])
          .with("test_rows", sizes[4])
          .with("margins_off", Measured.rounded(deviation))
          .with("host_ms_a_subset", Measured.rounded(1e3 * each))
          .milliseconds("open_ms", opening)
          .milliseconds("ms", seconds)
          .against("seconds", Measured.median(seconds), SECONDS_ASKED)
          .report();
    }
  }

  private Problem problem(double tolerance) {
    int[] groupOf = new int[sizes[1]];
    Arrays.setAll(groupOf, r -> r);
    return new Problem(x, sizes[2], labels, sizes[3], groupOf, sizes[1], 1, tolerance);
  }

  /** Scores of the first subsets that are compared. */
  private double[][] train(Backend backend, Problem problem, HostBuffer masks, int subsets) {
    double[][] told = new double[Math.min(COMPARED, sizes[0])][];
    try (Trainer trainer = backend.logisticRegression().open(problem, tests, sizes[4])) {
      trainer.train(
          masks,
          subsets,
          (subset, scores) -> {
            if (subset < told.length) {
              told[subset] = scores.clone();
            }
          });
    }
    return told;
  }

  /** The largest deviation of a margin, in units of the spread of its subset's margins. */
  private double deviation(double[][] right, double[][] found) {
    double largest = 0;
    for (int m = 0; m < right.length; m++) {
      double[] wanted = margins(right[m]);
      double[] got = margins(found[m]);
      double mean = Arrays.stream(wanted).average().orElseThrow();
      double variance =
          Arrays.stream(wanted).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int t = 0; t < wanted.length; t++) {
        largest = Math.max(largest, Math.abs(got[t] - wanted[t]) / Math.sqrt(variance));
      }
    }
    return largest;
  }

  private double[] margins(double[] scores) {
    int classes = sizes[3];
    double[] margins = new double[testLabels.length];
    for (int t = 0; t < margins.length; t++) {
      double other = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        other = k == testLabels[t] ? other : Math.max(other, scores[t * classes + k]);
      }
      margins[t] = scores[t * classes + testLabels[t]] - other;
    }
    return margins;
  }
}
