package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Priors of largest evidence. The evidence of blocks of rows stands for that of all rows: it costs
 * the square of the block's size a row, all blocks run side by side, and together they say nearly
 * as much about the prior. All outputs climb in step, so that one call serves them all.
 */
final class PriorFit {
  /** A step that gains less is the last: values are logarithms of likelihoods. */
  private static final double FLAT = 0.01;

  private PriorFit() {}

  /**
   * How to climb.
   *
   * @param rows rows of a block
   * @param blocks most blocks
   * @param evaluations how often the evidence is computed
   */
  record Stage(int rows, int blocks, int evaluations) {}

  /**
   * Climbs from some priors.
   *
   * @param masks {@code (rows, features)}, in random order
   * @param values {@code (rows, outputs)}, each output of mean 0
   * @param start a prior for each output
   * @param parameters which of a prior's parameters move
   */
  static Prior[] fit(
      Backend backend,
      Masks masks,
      Values values,
      Prior[] start,
      Parameters parameters,
      List<Stage> stages) {
    Lbfgs[] climbs = climbs(backend, masks, values, start, parameters, stages);
    return priors(climbs, parameters);
  }

  /** The priors that some climbs came to. */
  static Prior[] priors(Lbfgs[] climbs, Parameters parameters) {
    return Arrays.stream(climbs).map(climb -> parameters.prior(climb.best())).toArray(Prior[]::new);
  }

  /** The climbs themselves, which know how the evidence bends; otherwise as above. */
  static Lbfgs[] climbs(
      Backend backend,
      Masks masks,
      Values values,
      Prior[] start,
      Parameters parameters,
      List<Stage> stages) {
    double[][] origin = Arrays.stream(start).map(parameters::point).toArray(double[][]::new);
    Lbfgs[] climbs =
        Arrays.stream(origin).map(point -> new Lbfgs(point, FLAT)).toArray(Lbfgs[]::new);
    int before = 0;
    for (Stage stage : stages) {
      int taken = blockCount(stage, masks.count()) * blockRows(stage, masks.count());
      if (before > 0) {
        double more = (double) taken / before;
        Arrays.setAll(climbs, o -> climbs[o].onward(more));
      }
      before = taken;
      // How many more follow is seen on the way.
      Work.part(null, 0.5, () -> climb(backend, masks, values, parameters, origin, climbs, stage));
    }
    return climbs;
  }

  /**
   * Climbs of outputs from where others ended, as if each had bent the evidence of its own.
   *
   * @param climbs one an output, begun by {@link Lbfgs#from}
   */
  static Prior[] onward(
      Backend backend,
      Masks masks,
      Values values,
      Lbfgs[] climbs,
      Parameters parameters,
      Stage stage) {
    double[][] origin = Arrays.stream(climbs).map(Lbfgs::point).toArray(double[][]::new);
    climb(backend, masks, values, parameters, origin, climbs, stage);
    return priors(climbs, parameters);
  }

  /** Climbs, and gives back where it is. */
  private static Lbfgs[] climb(
      Backend backend,
      Masks masks,
      Values values,
      Parameters parameters,
      double[][] origin,
      Lbfgs[] climbs,
      Stage stage) {
    int outputs = climbs.length;
    for (int e = 0; e < stage.evaluations(); e++) {
      Work.done((double) e / stage.evaluations());
      List<Block> asked = new ArrayList<>();
      for (int o = 0; o < outputs; o++) {
        if (!climbs[o].done()) {
          asked.addAll(blocks(stage, masks.count(), o, parameters.prior(climbs[o].point())));
        }
      }
      if (asked.isEmpty()) {
        break;
      }
      List<Evidence> evidence =
          backend
              .gaussianProcess()
              .evidence(
                  masks.buffer(), masks.count(), masks.features(), values.buffer(), outputs, asked);
      int blocks = blockCount(stage, masks.count());
      int next = 0;
      for (int o = 0; o < outputs; o++) {
        if (!climbs[o].done()) {
          tell(climbs[o], parameters, origin[o], evidence.subList(next, next + blocks));
          next += blocks;
        }
      }
    }
    return climbs;
  }

  private static int blockCount(Stage stage, int rows) {
    return 4 * rows <= 5 * stage.rows() ? 1 : stage.blocks();
  }

  private static int blockRows(Stage stage, int rows) {
    int blocks = blockCount(stage, rows);
    return blocks > 1 ? Math.min(stage.rows(), rows / blocks) : rows;
  }

  /** The blocks of one output: one of all rows where they are few, else as the stage says. */
  static List<Block> blocks(Stage stage, int rows, int output, Prior prior) {
    int blocks = blockCount(stage, rows);
    int count = blockRows(stage, rows);
    return IntStream.range(0, blocks)
        .mapToObj(b -> new Block(b * count, count, output, prior))
        .toList();
  }

  private static void tell(
      Lbfgs climb, Parameters parameters, double[] origin, List<Evidence> evidence) {
    double[] point = climb.point();
    double[] gradient = new double[point.length];
    double value = 0;
    for (Evidence one : evidence) {
      value -= one.logLikelihood();
      for (int p = 0; p < point.length; p++) {
        gradient[p] -= one.gradient()[p];
      }
    }
    climb.tell(value + parameters.penalise(point, origin, gradient), gradient);
  }
}
