package dev.ablate.benchmarks;

import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.tribuo.Example;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.dtree.impurity.GiniIndex;
import org.tribuo.classification.ensemble.FullyWeightedVotingCombiner;
import org.tribuo.common.tree.LeafNode;
import org.tribuo.common.tree.Node;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.common.tree.SplitNode;
import org.tribuo.common.tree.TreeModel;
import org.tribuo.ensemble.WeightedEnsembleModel;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * A random forest's probability of the class it predicts for one example, where ablated features
 * are replaced by their mean over the data. Trees are Tribuo's: bootstrap, Gini, fully grown, about
 * sqrt(features) tried at each split; votes are the mean of the leaves' class shares.
 *
 * <p>The example is fixed, so a split asks for one bit only: which way the example's own value goes
 * and which way the mean. Trees are rewritten as such once; 10,000 masks then take milliseconds.
 */
final class ForestGame implements Game {
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  private final int features;

  /** {@code (nodes, 3)}: feature, next node when kept, next node when ablated; a leaf is ~leaf. */
  private final List<int[]> nodes = new ArrayList<>();

  private final List<Double> shares = new ArrayList<>();
  private final int[] roots;

  /**
   * Trains the forest on all rows but the example's.
   *
   * @param table the data
   * @param example row that is explained
   * @param trees how many
   * @param seed draws bootstraps and features
   */
  ForestGame(DataTable table, int example, int trees, long seed) {
    this.features = table.features();
    WeightedEnsembleModel<Label> forest = train(table, example, trees, seed);
    double[] kept = table.rows()[example];
    String label = predicted(forest, kept);
    Walk walk = new Walk(kept, table.means(), label);
    this.roots =
        forest.getModels().stream()
            .mapToInt(tree -> walk.compile(root(tree), tree.getFeatureIDMap()))
            .toArray();
    check(Masks.all(features), forest, kept, label);
    check(Masks.none(1, features), forest, table.means(), label);
  }

  /** The rewritten trees must say what Tribuo's forest says. */
  private void check(
      Masks mask, WeightedEnsembleModel<Label> forest, double[] values, String label) {
    Values ours = Values.zeros(1, 1);
    evaluate(mask, ours);
    Example<Label> example =
        new ArrayExample<>(LabelFactory.UNKNOWN_LABEL, names(features), values);
    double theirs = forest.predict(example).getOutputScores().get(label).getScore();
    if (!(Math.abs(ours.get(0, 0) - theirs) < 1e-6)) {
      throw new IllegalStateException(ours.get(0, 0) + " where the forest says " + theirs);
    }
  }

  private static String[] names(int features) {
    return IntStream.range(0, features)
        .mapToObj(f -> String.format("%04d", f))
        .toArray(String[]::new);
  }

  private static WeightedEnsembleModel<Label> train(
      DataTable table, int left, int trees, long seed) {
    TRIBUO.setLevel(Level.WARNING);
    String[] names = names(table.features());
    List<Example<Label>> examples = new ArrayList<>();
    for (int r = 0; r < table.rows().length; r++) {
      if (r != left) {
        examples.add(new ArrayExample<>(new Label(table.classes()[r]), names, table.rows()[r]));
      }
    }
    MutableDataset<Label> data =
        new MutableDataset<>(
            examples,
            new SimpleDataSourceProvenance("table", new LabelFactory()),
            new LabelFactory());
    float tried = (float) Math.floor(Math.sqrt(table.features())) / table.features();
    CARTClassificationTrainer tree =
        new CARTClassificationTrainer(
            Integer.MAX_VALUE, 1f, 0f, tried, false, new GiniIndex(), seed);
    RandomForestTrainer<Label> trainer =
        new RandomForestTrainer<>(tree, new FullyWeightedVotingCombiner(), trees, seed);
    return (WeightedEnsembleModel<Label>) trainer.train(data);
  }

  private static Node<Label> root(Model<Label> tree) {
    return ((TreeModel<Label>) tree).getRoot();
  }

  private static String predicted(WeightedEnsembleModel<Label> forest, double[] values) {
    Map<String, Double> votes = new TreeMap<>();
    for (Model<Label> tree : forest.getModels()) {
      Node<Label> node = root(tree);
      while (node instanceof SplitNode<Label> split) {
        node =
            goesUp(split, tree.getFeatureIDMap(), values)
                ? split.getGreaterThan()
                : split.getLessThanOrEqual();
      }
      LeafNode<Label> leaf = (LeafNode<Label>) node;
      leaf.getDistribution().keySet().forEach(c -> votes.merge(c, share(leaf, c), Double::sum));
    }
    return votes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private static boolean goesUp(
      SplitNode<Label> split, ImmutableFeatureMap names, double[] values) {
    return values[feature(split, names)] > split.splitValue();
  }

  private static int feature(SplitNode<Label> split, ImmutableFeatureMap names) {
    return Integer.parseInt(names.get(split.getFeatureID()).getName());
  }

  private static double share(LeafNode<Label> leaf, String label) {
    double sum = leaf.getDistribution().values().stream().mapToDouble(Label::getScore).sum();
    Label of = leaf.getDistribution().get(label);
    return of == null ? 0 : of.getScore() / sum;
  }

  /** Rewrites trees for one example. */
  private final class Walk {
    private final double[] kept;
    private final double[] ablated;
    private final String label;

    Walk(double[] kept, double[] ablated, String label) {
      this.kept = kept;
      this.ablated = ablated;
      this.label = label;
    }

    int compile(Node<Label> node, ImmutableFeatureMap names) {
      if (!(node instanceof SplitNode<Label> split)) {
        shares.add(share((LeafNode<Label>) node, label));
        return ~(shares.size() - 1);
      }
      boolean keptUp = goesUp(split, names, kept);
      boolean ablatedUp = goesUp(split, names, ablated);
      Node<Label> whenKept = keptUp ? split.getGreaterThan() : split.getLessThanOrEqual();
      if (keptUp == ablatedUp) {
        return compile(whenKept, names);
      }
      int[] made = {feature(split, names), 0, 0};
      nodes.add(made);
      final int at = nodes.size() - 1;
      made[1] = compile(whenKept, names);
      made[2] = compile(ablatedUp ? split.getGreaterThan() : split.getLessThanOrEqual(), names);
      return at;
    }
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public void evaluate(Masks masks, Values out) {
    double[] values = out.hostDoubles();
    long[] words = masks.hostWords();
    IntStream.range(0, masks.count())
        .parallel()
        .forEach(
            r ->
                values[r] =
                    Arrays.stream(roots)
                            .mapToDouble(root -> leaf(root, words, r * masks.words()))
                            .sum()
                        / roots.length);
  }

  private double leaf(int root, long[] words, int mask) {
    int at = root;
    while (at >= 0) {
      int[] node = nodes.get(at);
      at = (words[mask + (node[0] >>> 6)] >>> node[0] & 1) != 0 ? node[1] : node[2];
    }
    return shares.get(~at);
  }
}
