package dev.ablate.benchmarks;

import dev.ablate.backend.Backends;
import dev.ablate.code.Philox;
import dev.ablate.explanation.Causes;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import java.util.Arrays;
import java.util.Locale;

/**
 * Planted causes of an answer among up to 40 passages: twins, each of which suffices, and cascades
 * of three that only work together. Is the planted set the largest finding, of at most 200 replays,
 * and what does leaving one out show?
 *
 * <p>Arguments: {@code --cases=60}, {@code --replays=200}, {@code --noise=0}.
 */
public final class Replays {
  /** Log-probabilities of the answer with what it takes and without. */
  private static final double KNOWN = -0.1;

  private static final double UNKNOWN = -8;

  /** What other passages do at most, each by itself. */
  private static final double ASIDE = 0.1;

  private Replays() {}

  /** Prints what is found. */
  public static void main(String[] args) {
    int cases = 60;
    int replays = 200;
    double noise = 0;
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      if (arg.startsWith("--cases=")) {
        cases = Integer.parseInt(value);
      } else if (arg.startsWith("--replays=")) {
        replays = Integer.parseInt(value);
      } else if (arg.startsWith("--noise=")) {
        noise = Double.parseDouble(value);
      }
    }
    try (Backends.Choice choice = Backends.open("host", 0)) {
      for (int size : new int[] {2, 3}) {
        run(choice, size, cases, replays, noise);
      }
    }
  }

  private static void run(Backends.Choice choice, int size, int cases, int replays, double noise) {
    int found = 0;
    int seen = 0;
    for (int c = 0; c < cases; c++) {
      Philox.Stream random = Philox.stream(c, size);
      int passages = 8 + random.nextInt(33);
      int[] planted = Arrays.copyOf(random.permutation(passages), size);
      Arrays.sort(planted);
      double[] aside = new double[passages];
      Arrays.setAll(aside, i -> ASIDE * (2 * random.nextDouble() - 1));
      Game game = Game.of(passages, masks -> values(masks, planted, aside, noise, passages));
      Request request =
          Request.standard()
              .with(RunSettings.BUDGET, (long) replays)
              .with(RunSettings.TEST_MASKS, 0L);
      Explanation explanation = new Runner(choice).explain(game, request, Progress.NONE);
      Causes causes = Causes.of(explanation.outputs().get(0));
      boolean first =
          !causes.causes().isEmpty() && Arrays.equals(causes.causes().get(0).features(), planted);
      found += first ? 1 : 0;
      if (!first) {
        System.out.printf(
            Locale.ROOT,
            "  case %d: %d passages, planted %s, found %s by %s%n",
            c,
            passages,
            Arrays.toString(planted),
            causes.causes().isEmpty()
                ? "nothing"
                : Arrays.toString(causes.causes().get(0).features()),
            explanation.outputs().get(0).method().ran());
      }
      double whole = value(Masks.all(passages), 0, planted, aside);
      double most = 0;
      for (int i : planted) {
        Masks without = Masks.all(passages);
        without.hostWords()[0] &= ~(1L << i);
        most = Math.max(most, Math.abs(whole - value(without, 0, planted, aside)));
      }
      seen += most > (KNOWN - UNKNOWN) / 2 ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "%s: planted set first in %d of %d (%d replays, noise %.2f); leaving one out shows %d%n",
        size == 2 ? "twins" : "cascades of three",
        found,
        cases,
        replays,
        noise,
        seen);
  }

  private static double[] values(
      Masks masks, int[] planted, double[] aside, double noise, int seed) {
    double[] values = new double[masks.count()];
    for (int m = 0; m < values.length; m++) {
      Philox.Stream random = Philox.row(seed, 7, Arrays.hashCode(rowOf(masks, m)));
      values[m] = value(masks, m, planted, aside) + noise * random.nextGaussian();
    }
    return values;
  }

  private static long[] rowOf(Masks masks, int m) {
    return Arrays.copyOfRange(masks.hostWords(), m * masks.words(), (m + 1) * masks.words());
  }

  private static double value(Masks masks, int m, int[] planted, double[] aside) {
    long kept = Arrays.stream(planted).filter(i -> masks.kept(m, i)).count();
    boolean known = planted.length == 2 ? kept > 0 : kept == planted.length;
    double sum = known ? KNOWN : UNKNOWN;
    for (int i = 0; i < aside.length; i++) {
      sum += masks.kept(m, i) ? aside[i] : 0;
    }
    return sum;
  }
}
