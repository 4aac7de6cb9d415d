package dev.ablate.model;

import dev.ablate.code.InputException;
import dev.ablate.model.Component.Kind;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which components of a network are to be switched.
 *
 * @param kinds heads, MLP blocks or both; or neurons alone
 * @param firstLayer the first layer, from 0
 * @param lastLayer the last layer; {@link #ALL_LAYERS} for all that there are
 */
public record ComponentChoice(Set<Kind> kinds, int firstLayer, int lastLayer) {
  /** In the place of the last layer: as many as the network has. */
  public static final int ALL_LAYERS = Integer.MAX_VALUE;

  /** All heads of all layers. */
  public static final ComponentChoice HEADS =
      new ComponentChoice(EnumSet.of(Kind.HEAD), 0, ALL_LAYERS);

  private static final Pattern NEURONS = Pattern.compile("neurons:(\\d{1,6})");
  private static final Pattern LAYERS = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

  /** Copies the kinds. */
  public ComponentChoice {
    kinds = Set.copyOf(kinds);
  }

  /**
   * Reads a choice.
   *
   * @param components {@code heads}, {@code mlp}, {@code heads+mlp} or {@code neurons:LAYER}; null
   *     for heads
   * @param layers {@code a-b}, both included, or {@code a} for one; null for all
   * @throws InputException if it is anything else
   */
  public static ComponentChoice parse(String components, String layers) {
    String asked = components == null ? "heads" : components;
    Matcher neurons = NEURONS.matcher(asked);
    if (neurons.matches()) {
      if (layers != null) {
        throw new InputException(
            InputException.setting("layers")
                + " says nothing about neurons, whose layer stands in "
                + InputException.setting("components")
                + ": leave it out");
      }
      int layer = Integer.parseInt(neurons.group(1));
      return new ComponentChoice(EnumSet.of(Kind.NEURON), layer, layer);
    }
    Set<Kind> kinds =
        switch (asked) {
          case "heads" -> EnumSet.of(Kind.HEAD);
          case "mlp" -> EnumSet.of(Kind.MLP);
          case "heads+mlp" -> EnumSet.of(Kind.HEAD, Kind.MLP);
          default ->
              throw new InputException(
                  InputException.setting("components")
                      + " is "
                      + asked
                      + "; give heads, mlp, heads+mlp or neurons:LAYER, such as neurons:0");
        };
    return layers == null ? new ComponentChoice(kinds, 0, ALL_LAYERS) : inLayers(kinds, layers);
  }

  private static ComponentChoice inLayers(Set<Kind> kinds, String layers) {
    Matcher range = LAYERS.matcher(layers);
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first <= last) {
        return new ComponentChoice(kinds, first, last);
      }
    }
    throw new InputException(
        InputException.setting("layers")
            + " is "
            + layers
            + "; give the first and the last layer, counted from 0, such as 0-3, or a single one");
  }

  /** Whether components of a kind are switched. */
  public boolean has(Kind kind) {
    return kinds.contains(kind);
  }

  /** Whether those of a layer are. */
  public boolean hasLayer(int layer) {
    return layer >= firstLayer && layer <= lastLayer;
  }

  /**
   * Looks whether the network has the layers.
   *
   * @param layers how many it has
   * @throws InputException if it lacks one
   */
  public void requireLayers(int layers) {
    int needed = lastLayer == ALL_LAYERS ? firstLayer : lastLayer;
    if (needed >= layers) {
      String setting = InputException.setting(has(Kind.NEURON) ? "components" : "layers");
      throw new InputException(
          setting
              + " names layer "
              + needed
              + ", but the network has "
              + (layers == 1 ? "one layer: 0" : layers + " layers: 0 to " + (layers - 1)));
    }
  }
}
