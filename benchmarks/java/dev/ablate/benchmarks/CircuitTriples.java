package dev.ablate.benchmarks;

import dev.ablate.Ablate;
import dev.ablate.backend.Sets;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Output;
import dev.ablate.game.Game;
import dev.ablate.solve.Samples;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether three heads together are worth less than their pairs and singles say: the signs of
 * interactions of three heads, with intervals. An interaction is in the unit of the game, averaged
 * over what else is kept: {@code -8 F(S)} of a set of three.
 */
final class CircuitTriples {
  private static final double PER_TRIPLE = -8;
  private static final int CHOSEN = 20;
  private static final int SHOWN = 6;

  /** Two-sided 95 % for one interval; for 20 and for 56 at once (Bonferroni). */
  private static final double ONE = 1.960;

  private static final double TWENTY = 3.023;
  private static final double FIFTY_SIX = 3.322;

  private CircuitTriples() {}

  /**
   * A game with an output an example whose every mask is evaluated: the intervals are over
   * examples.
   */
  static void exact(Ablate engine, String title, Game each) {
    Explanation all =
        engine
            .request()
            .game(each)
            .method("exact")
            .budget(1 << each.features())
            .testMasks(0)
            .explain();
    HeadNames names = new HeadNames(each.featureNames());
    List<int[]> sets = triples(names.names().size());
    List<double[]> found = new ArrayList<>();
    for (int[] set : sets) {
      double[] values =
          all.outputs().stream()
              .mapToDouble(output -> PER_TRIPLE * output.spectrum().coefficientOf(set))
              .toArray();
      found.add(meanAndError(values));
    }
    System.out.printf("%s: %d triples, %d examples%n", title, sets.size(), all.outputs().size());
    count(found, FIFTY_SIX);
    show(sets, found, names, FIFTY_SIX);
    double[] whole = all.outputs().stream().mapToDouble(output -> average(output, sets)).toArray();
    System.out.println("  all triples on average " + interval(meanAndError(whole), ONE));
  }

  private static double average(Output output, List<int[]> sets) {
    return sets.stream()
        .mapToDouble(set -> PER_TRIPLE * output.spectrum().coefficientOf(set))
        .average()
        .orElse(0);
  }

  /**
   * A game with more heads: half of the masks choose the largest triples, the other half measures
   * them by least squares on all sets of one and two heads and these triples.
   */
  static void sampled(String title, HeadNames names, Samples choosing, Samples measuring) {
    int n = names.names().size();
    List<int[]> sets = triples(n);
    Sets small = upToPairs(n);
    double[] left = left(choosing, LeastSquares.fit(choosing, small).spectrum());
    double[][] signs = signs(choosing);
    List<Integer> order =
        IntStream.range(0, sets.size())
            .boxed()
            .sorted(Comparator.comparingDouble(s -> -Math.abs(product(signs, left, sets.get(s)))))
            .toList();
    List<int[]> chosen = order.subList(0, CHOSEN).stream().map(sets::get).toList();
    List<int[]> model = new ArrayList<>(chosen);
    IntStream.range(0, small.size()).forEach(s -> model.add(small.get(s)));
    LeastSquares fit = LeastSquares.fit(measuring, Sets.of(model));
    List<double[]> found = new ArrayList<>();
    for (int[] set : chosen) {
      int term = fit.spectrum().indexOf(set);
      found.add(
          new double[] {
            PER_TRIPLE * fit.spectrum().coefficient(term),
            Math.abs(PER_TRIPLE) * fit.standardErrors()[term]
          });
    }
    System.out.printf(
        "%s: the %d largest of %d triples by %d masks, measured by %d others%n",
        title, CHOSEN, sets.size(), choosing.masks().count(), measuring.masks().count());
    count(found, TWENTY);
    show(chosen, found, names, TWENTY);
    onAverage(names, sets, measuring, small);
  }

  /** The mean interaction of all triples, and of those within a layer and across layers. */
  private static void onAverage(HeadNames names, List<int[]> sets, Samples measuring, Sets small) {
    double[] left = left(measuring, LeastSquares.fit(measuring, small).spectrum());
    // What the fit of singles and pairs takes up of any other column, on average.
    double share = 1 - (double) (small.size() + 1) / left.length;
    double[][] signs = signs(measuring);
    for (int layers = 0; layers <= 3; layers++) {
      int wanted = layers;
      List<int[]> some =
          sets.stream().filter(set -> wanted == 0 || names.layers(set) == wanted).toList();
      if (some.isEmpty()) {
        continue;
      }
      double[] values = new double[left.length];
      for (int r = 0; r < values.length; r++) {
        for (int[] set : some) {
          values[r] += signs[r][set[0]] * signs[r][set[1]] * signs[r][set[2]];
        }
        values[r] *= PER_TRIPLE * left[r] / share / some.size();
      }
      System.out.printf(
          "  %d triples %s on average %s%n",
          some.size(),
          layers == 0 ? "in all" : "in " + layers + (layers == 1 ? " layer" : " layers"),
          interval(meanAndError(values), ONE));
    }
  }

  private static void count(List<double[]> found, double width) {
    long negative = found.stream().filter(v -> v[0] + width * v[1] < 0).count();
    long positive = found.stream().filter(v -> v[0] - width * v[1] > 0).count();
    System.out.printf(
        "  95 %% intervals for all at once: %d below 0, %d above 0%n", negative, positive);
  }

  private static void show(List<int[]> sets, List<double[]> found, HeadNames names, double width) {
    IntStream.range(0, sets.size())
        .boxed()
        .sorted(Comparator.comparingDouble(s -> -Math.abs(found.get(s)[0])))
        .limit(SHOWN)
        .forEach(
            s ->
                System.out.println(
                    "  " + names.of(sets.get(s)) + " " + interval(found.get(s), width)));
  }

  private static String interval(double[] value, double width) {
    return String.format(
        "%+.4f [%+.4f, %+.4f]", value[0], value[0] - width * value[1], value[0] + width * value[1]);
  }

  private static double[] meanAndError(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new double[] {mean, Math.sqrt(squares / (values.length - 1) / values.length)};
  }

  private static double[] left(Samples samples, Spectrum spectrum) {
    double[] left = samples.values().column(0);
    double[] predicted = spectrum.evaluate(samples.masks());
    Arrays.setAll(left, r -> left[r] - predicted[r]);
    return left;
  }

  private static double[][] signs(Samples samples) {
    double[][] signs = new double[samples.masks().count()][samples.masks().features()];
    for (int r = 0; r < signs.length; r++) {
      for (int f = 0; f < signs[r].length; f++) {
        signs[r][f] = samples.masks().kept(r, f) ? -1 : 1;
      }
    }
    return signs;
  }

  private static double product(double[][] signs, double[] left, int[] set) {
    double sum = 0;
    for (int r = 0; r < left.length; r++) {
      sum += left[r] * signs[r][set[0]] * signs[r][set[1]] * signs[r][set[2]];
    }
    return sum / left.length;
  }

  private static Sets upToPairs(int features) {
    List<int[]> sets = new ArrayList<>();
    for (int i = 0; i < features; i++) {
      sets.add(new int[] {i});
      for (int j = i + 1; j < features; j++) {
        sets.add(new int[] {i, j});
      }
    }
    sets.sort(Sets::compare);
    return Sets.of(sets);
  }

  private static List<int[]> triples(int features) {
    List<int[]> sets = new ArrayList<>();
    for (int i = 0; i < features; i++) {
      for (int j = i + 1; j < features; j++) {
        for (int k = j + 1; k < features; k++) {
          sets.add(new int[] {i, j, k});
        }
      }
    }
    return sets;
  }

  /** The triples that the default reports, with their own intervals. */
  static void reported(String title, Explanation explanation, HeadNames names) {
    List<Interaction> triples = explanation.interactions().ofOrders(3, 3).values();
    long negative = triples.stream().filter(t -> sure(t) && t.value() < 0).count();
    long positive = triples.stream().filter(t -> sure(t) && t.value() > 0).count();
    System.out.printf(
        "%s: auto reports %d triples, 95 %% intervals of their own: %d below 0, %d above 0%n",
        title, triples.size(), negative, positive);
    triples.stream()
        .limit(SHOWN)
        .forEach(
            t ->
                System.out.println(
                    "  "
                        + names.of(t.features())
                        + " "
                        + interval(
                            new double[] {
                              t.value(), t.standardError() == null ? Double.NaN : t.standardError()
                            },
                            ONE)));
  }

  private static boolean sure(Interaction t) {
    return t.standardError() != null && Math.abs(t.value()) > ONE * t.standardError();
  }
}
