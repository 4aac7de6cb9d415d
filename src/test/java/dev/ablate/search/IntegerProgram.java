package dev.ablate.search;

import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.ojalgo.optimisation.Expression;
import org.ojalgo.optimisation.ExpressionsBasedModel;
import org.ojalgo.optimisation.Optimisation;
import org.ojalgo.optimisation.Variable;

/** The largest value of a size by ojAlgo: products of kept features as variables of their own. */
final class IntegerProgram {
  private IntegerProgram() {}

  /**
   * Solves the program.
   *
   * @param integer whether features are kept or not; else any share of each may be, so that what
   *     comes is a bound
   */
  static double best(Spectrum spectrum, int size, boolean integer) {
    Map<String, Double> products = new TreeMap<>();
    for (int t = 0; t < spectrum.size(); t++) {
      int[] set = spectrum.sets().get(t);
      for (int bits = 0; bits < 1 << set.length; bits++) {
        int subset = bits;
        int[] product =
            IntStream.range(0, set.length)
                .filter(k -> (subset >>> k & 1) != 0)
                .map(k -> set[k])
                .toArray();
        double share = spectrum.coefficient(t) * Math.pow(-2, product.length);
        products.merge(Arrays.toString(product), share, Double::sum);
      }
    }
    ExpressionsBasedModel model = new ExpressionsBasedModel();
    Variable[] features = new Variable[spectrum.features()];
    Expression count = model.newExpression("size").level(size);
    for (int i = 0; i < features.length; i++) {
      double weight = products.getOrDefault(Arrays.toString(new int[] {i}), 0.0);
      features[i] = model.newVariable("x" + i).lower(0).upper(1).weight(weight);
      features[i].integer(integer);
      count.set(features[i], 1);
    }
    for (Map.Entry<String, Double> product : products.entrySet()) {
      int[] set =
          Arrays.stream(product.getKey().split("\\D+"))
              .filter(number -> !number.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      if (set.length > 1) {
        add(model, features, set, product.getValue());
      }
    }
    Optimisation.Result result = model.maximise();
    if (!result.getState().isOptimal()) {
      throw new IllegalStateException(result.toString());
    }
    return result.getValue() + products.getOrDefault("[]", 0.0);
  }

  private static void add(
      ExpressionsBasedModel model, Variable[] features, int[] set, double weight) {
    String name = Arrays.toString(set);
    Variable product = model.newVariable(name).lower(0).upper(1).weight(weight);
    Expression all = model.newExpression(name + " all").lower(1 - set.length).set(product, 1);
    for (int i : set) {
      all.set(features[i], -1);
      model.newExpression(name + " " + i).lower(0).set(features[i], 1).set(product, -1);
    }
  }
}
