package dev.ablate.explanation;

import dev.ablate.index.Index;
import dev.ablate.lens.data.DataValue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What an output says of groups of training examples: effects and interactions averaged over what
 * else is kept.
 *
 * @param better 1 where larger values are better, -1 where smaller ones are, 0 where neither is
 * @param alone the effect of each group; Banzhaf values where the output can be converted
 * @param pairs what two groups do beyond their parts; the Banzhaf interaction index, likewise
 * @param signed whether pairs are counted against their parts already: negative ones are redundant
 */
public record ExampleFindings(int better, Interactions alone, Interactions pairs, boolean signed) {
  /** The findings of an output whose features are groups of training examples. */
  public static ExampleFindings of(Output output) {
    DataValue value = DataValue.of(output.value());
    boolean convertible = output.convertible();
    Interactions alone = convertible ? output.interactions(Index.BV, 1) : output.interactions();
    Interactions pairs = convertible ? output.interactions(Index.BII, 2) : output.interactions();
    return new ExampleFindings(
        value == null ? 0 : value.better(), alone.ofOrders(1, 1), pairs.ofOrders(2, 2), false);
  }

  /**
   * Whether outputs say something together: several of which larger or smaller ones are better.
   * Plain predictions, or whatever a command gives, may be of different things.
   */
  public static boolean together(List<Output> outputs) {
    return outputs.size() > 1
        && outputs.stream()
            .map(output -> DataValue.of(output.value()))
            .allMatch(value -> value != null && value.better() != 0);
  }

  /**
   * The findings of several outputs together, a test row each: means over the rows. What two groups
   * do beyond their parts is counted against what the two do for that row: a pair may help one row
   * less than its parts and harm another less than they do, which a mean of plain values hides.
   *
   * @param outputs those of which this is {@linkplain #together so}, whose features are groups of
   *     training examples
   */
  public static ExampleFindings over(List<Output> outputs) {
    ExampleFindings first = of(outputs.get(0));
    SetMeans alone = new SetMeans(outputs.size());
    SetMeans pairs = new SetMeans(outputs.size());
    for (int o = 0; o < outputs.size(); o++) {
      ExampleFindings row = o == 0 ? first : of(outputs.get(o));
      Map<Integer, Double> effects = row.effects();
      for (Interaction one : row.alone.values()) {
        alone.add(o, one, 1);
      }
      for (Interaction pair : row.pairs.values()) {
        pairs.add(o, pair, Math.signum(row.parts(pair, effects)));
      }
    }
    return new ExampleFindings(
        first.better,
        new Interactions(first.alone.index(), 1, alone.means()),
        new Interactions(first.pairs.index(), 2, pairs.meansAmongOthers()),
        true);
  }

  /**
   * What is sure at 95 %, the largest first, by what it is called: {@code helpful} and {@code
   * harmful} groups ({@code raising} and {@code lowering} ones where no value is better than
   * another), {@code redundant} and {@code synergistic} pairs.
   */
  public Map<String, List<Interaction>> kinds() {
    Map<Integer, Double> effects = effects();
    double up = better == 0 ? 1 : better;
    Map<String, List<Interaction>> kinds = new LinkedHashMap<>();
    kinds.put(better == 0 ? "raising" : "helpful", sure(alone, one -> one.value() * up > 0));
    kinds.put(better == 0 ? "lowering" : "harmful", sure(alone, one -> one.value() * up < 0));
    kinds.put("redundant", sure(pairs, pair -> pair.value() * sign(pair, effects) < 0));
    kinds.put("synergistic", sure(pairs, pair -> pair.value() * sign(pair, effects) > 0));
    return kinds;
  }

  private Map<Integer, Double> effects() {
    Map<Integer, Double> effects = new HashMap<>();
    alone.values().forEach(one -> effects.put(one.features()[0], one.value()));
    return effects;
  }

  private double sign(Interaction pair, Map<Integer, Double> effects) {
    return signed ? 1 : parts(pair, effects);
  }

  /**
   * What the two do by themselves, together: a pair is redundant where it does less than that,
   * whichever way it goes, so that two copies of a harmful example are redundant too.
   */
  private double parts(Interaction pair, Map<Integer, Double> effects) {
    double sum = 0;
    for (int feature : pair.features()) {
      sum += effects.getOrDefault(feature, 0.0);
    }
    return sum != 0 ? sum : better == 0 ? 1 : better;
  }

  private static List<Interaction> sure(Interactions all, Predicate<Interaction> which) {
    return all.values().stream().filter(each -> !each.isUnsure()).filter(which).toList();
  }

  /** How many groups have an effect whose sign is not sure; those without a term have none. */
  public long unsureAlone() {
    return alone.values().stream().filter(Interaction::isUnsure).count();
  }

  /** How many pairs have an interaction whose sign is not sure. */
  public long unsurePairs() {
    return pairs.values().stream().filter(Interaction::isUnsure).count();
  }
}
