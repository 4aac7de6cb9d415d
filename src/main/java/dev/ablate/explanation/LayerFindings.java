package dev.ablate.explanation;

import dev.ablate.game.Input;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an output says of features that stand in the layers of a network.
 *
 * @param shares of the spectral energy
 * @param sets the interactions of two and three features, by falling magnitude
 */
public record LayerFindings(Shares shares, List<Found> sets) {
  private static final int LARGEST = 3;

  /** Copies the list. */
  public LayerFindings {
    sets = List.copyOf(sets);
  }

  /**
   * How the spectral energy, the sum of the squared coefficients of all sets but the empty one, is
   * spread. The shares are 1 together; NaN where there is no energy.
   *
   * @param linear of single features
   * @param within of sets that lie in one layer
   * @param across of sets that lie in two layers
   * @param acrossMore of sets that lie in three layers or more
   */
  public record Shares(double linear, double within, double across, double acrossMore) {}

  /**
   * An interaction of two or three features.
   *
   * @param interaction the set and its value
   * @param layers the different layers of its features, ascending
   * @param isRedundant whether together the features do less than their parts: raise the value by
   *     less, or lower it by less where less is better; else they are synergistic
   */
  public record Found(Interaction interaction, List<Integer> layers, boolean isRedundant) {}

  /**
   * The findings of an output.
   *
   * @param input where its features are
   */
  public static LayerFindings of(Output output, Input.Components input) {
    List<Found> sets =
        output.interactions().ofOrders(2, LARGEST).values().stream()
            .map(
                interaction ->
                    new Found(
                        interaction,
                        layers(interaction.features(), input),
                        isRedundant(interaction, output)))
            .toList();
    return new LayerFindings(shares(output.spectrum(), input), sets);
  }

  private static boolean isRedundant(Interaction interaction, Output output) {
    double raised = output.interactions().index().sign(interaction.order()) * interaction.value();
    return output.lessIsBetter() ? raised > 0 : raised < 0;
  }

  private static List<Integer> layers(int[] set, Input.Components input) {
    return Arrays.stream(set)
        .map(feature -> input.components().get(feature).layer())
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }

  private static Shares shares(Spectrum spectrum, Input.Components input) {
    double[] energy = new double[4];
    double all = 0;
    double largest = Arrays.stream(spectrum.coefficients()).map(Math::abs).max().orElse(0);
    for (int i = 0; i < spectrum.size(); i++) {
      int[] set = spectrum.sets().get(i);
      if (set.length > 0 && largest > 0) {
        double share = spectrum.coefficient(i) / largest;
        int layers = layers(set, input).size();
        energy[set.length == 1 ? 0 : Math.min(layers, 3)] += share * share;
        all += share * share;
      }
    }
    return new Shares(energy[0] / all, energy[1] / all, energy[2] / all, energy[3] / all);
  }

  /** The sets of a number of features that are sure to be redundant, largest first. */
  public List<Found> redundant(int order) {
    return sure(order, Found::isRedundant);
  }

  /** The sets of a number of features that are sure to be synergistic, largest first. */
  public List<Found> synergistic(int order) {
    return sure(order, found -> !found.isRedundant() && found.interaction().value() != 0);
  }

  /** How many sets of a number of features have a sign that is not sure. */
  public long unsure(int order) {
    return ofOrder(order).stream().filter(found -> found.interaction().isUnsure()).count();
  }

  private List<Found> sure(int order, Predicate<Found> which) {
    return ofOrder(order).stream()
        .filter(found -> !found.interaction().isUnsure())
        .filter(which)
        .toList();
  }

  private List<Found> ofOrder(int order) {
    return sets.stream().filter(found -> found.interaction().order() == order).toList();
  }
}
