package dev.ablate.backend.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tuned numbers by name, from tables in layers: device, architecture, default. They change speed,
 * never results, but for {@code screening.rate} and {@code joins.rate}, which turn work limits into
 * sizes.
 */
public final class Tuning {
  private static final String GROUP = "group";
  private static final Map<String, Integer> DEFAULT = TuningTables.builtIn("default.properties");

  /** The tables, the most specific first, the default table last. */
  private final List<Map<String, Integer>> layers;

  private final Consumer<String> asked;

  private Tuning(List<Map<String, Integer>> layers, Consumer<String> asked) {
    this.layers = List.copyOf(layers);
    this.asked = asked;
  }

  /** The given numbers before those of the default table. */
  public Tuning(Map<String, Integer> numbers) {
    this(List.of(Map.copyOf(numbers), DEFAULT), name -> {});
  }

  /** The tables of a device: the user's, its own, its architecture's, the default one. */
  public static Tuning forDevice(Device device) {
    return forDevice(device.name(), device.architecture(), System.getenv());
  }

  /** The tables of the host; no user's table, because the host has nothing to tune. */
  public static Tuning host() {
    return new Tuning(List.of(TuningTables.builtIn("host.properties"), DEFAULT), name -> {});
  }

  static Tuning forDevice(String device, String architecture, Map<String, String> environment) {
    return new Tuning(
        List.of(
            TuningTables.user(device, environment),
            TuningTables.builtIn(TuningTables.fileName(device)),
            TuningTables.builtIn(architecture + ".properties"),
            DEFAULT),
        name -> {});
  }

  /** The given numbers before all others. */
  public Tuning with(Map<String, Integer> numbers) {
    List<Map<String, Integer>> more = new ArrayList<>(layers);
    more.add(0, Map.copyOf(numbers));
    return new Tuning(more, asked);
  }

  /** The same numbers; a listener hears each name that is asked for. */
  Tuning heardBy(Consumer<String> listener) {
    return new Tuning(layers, listener);
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException if not even the default table has it
   */
  public int get(String name) {
    asked.accept(name);
    for (Map<String, Integer> layer : layers) {
      Integer number = layer.get(name);
      if (number != null) {
        return number;
      }
    }
    throw new IllegalArgumentException("kernels/tuning/default.properties has no " + name);
  }

  /**
   * How many candidates times masks of a screening a second may be counted on to test.
   *
   * @return a number a second; the tables give millions
   */
  public double screeningRate() {
    return 1e6 * this.get("screening.rate");
  }

  /**
   * How many lookups of {@link dev.ablate.backend.Joins} a second may be counted on.
   *
   * @return a number a second; the tables give millions
   */
  public double joinsRate() {
    return 1e6 * this.get("joins.rate");
  }

  /** A number, or the given one where only the default table has it, or none. */
  public int get(String name, int otherwise) {
    asked.accept(name);
    return layers.stream()
        .filter(layer -> layer != DEFAULT && layer.containsKey(name))
        .findFirst()
        .map(layer -> layer.get(name))
        .orElse(otherwise);
  }

  /** Items a group where a kernel has no number of its own. */
  public int groupSize() {
    return get(GROUP);
  }

  /** Items a group of a kernel: in each table its own number goes before the common one. */
  public int groupSize(String kernel) {
    String own = kernel + "." + GROUP;
    asked.accept(own);
    for (Map<String, Integer> layer : layers) {
      Integer number = layer.getOrDefault(own, layer.get(GROUP));
      if (number != null) {
        return number;
      }
    }
    throw new IllegalArgumentException("kernels/tuning/default.properties has no " + GROUP);
  }
}
