package dev.ablate.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ojalgo.optimisation.Expression;
import org.ojalgo.optimisation.ExpressionsBasedModel;
import org.ojalgo.optimisation.Optimisation;
import org.ojalgo.optimisation.Variable;

/**
 * A linear program that no set goes beyond. A feature is a variable from 0 to 1, and so is the
 * parity of each term of order 2 and 3; between them stand the facets of the parity polytope that
 * keep the term from being better than its features say. What does not fit, and terms of higher
 * orders, count with their magnitudes.
 *
 * <p>Source of the facets: Jeroslow, "On defining sets of vertices of the hypercube by linear
 * inequalities", Discrete Mathematics 11, 1975.
 *
 * @param bound at least the largest value
 * @param kept {@code (active)} how far each feature is kept where the program is at its best; null
 *     where that is unknown; not a copy
 * @param work what solving it costs at most, about: a step of the simplex method goes over rows times
 *     columns, and there are as many steps as rows and columns
 */
record Relaxation(double bound, double[] kept, long work) {
  private static final int HIGHEST_ORDER = 3;

  /** Steps of the simplex method, so many for each row and column. */
  private static final int STEPS = 20;

  /**
   * Solves it.
   *
   * @param most the work; the terms of least magnitude are left out to keep to it
   * @return without {@code kept} and with the simple bound where the solver did not come to an end
   */
  static Relaxation of(Polynomial polynomial, long most) {
    int[] taken = taken(polynomial, most);
    ExpressionsBasedModel model = new ExpressionsBasedModel();
    Variable[] features = new Variable[polynomial.active()];
    Expression size = model.newExpression("size").lower(polynomial.low()).upper(polynomial.high());
    double[] single = new double[features.length];
    double constant = polynomial.constant();
    boolean[] isTaken = new boolean[polynomial.terms()];
    Arrays.stream(taken).forEach(t -> isTaken[t] = true);
    for (int t = 0; t < polynomial.terms(); t++) {
      double weight = polynomial.weight(t);
      if (polynomial.term(t).length == 1) {
        single[polynomial.term(t)[0]] = -2 * weight;
      }
      boolean counted = polynomial.term(t).length == 1 || isTaken[t];
      constant += counted ? weight : Math.abs(weight);
    }
    for (int i = 0; i < features.length; i++) {
      features[i] = model.newVariable("x" + i).lower(0).upper(1).weight(single[i]);
      size.set(features[i], 1);
    }
    int rows = 1;
    for (int t : taken) {
      rows += addTerm(model, features, polynomial.term(t), polynomial.weight(t), t);
    }
    int columns = features.length + taken.length;
    model.options.linear().dual();
    model.options.iterations_abort = STEPS * (rows + columns);
    Optimisation.Result result = model.maximise();
    long work = work(rows, columns);
    if (!result.getState().isOptimal() || !Double.isFinite(result.getValue())) {
      return new Relaxation(polynomial.simpleBound(), null, work);
    }
    double[] kept = IntStream.range(0, features.length).mapToDouble(result::doubleValue).toArray();
    return new Relaxation(
        Math.min(polynomial.simpleBound(), constant + result.getValue()), kept, work);
  }

  /** Whether the program of all terms of order 2 and 3 keeps to the work. */
  static boolean fits(Polynomial polynomial, long most) {
    return taken(polynomial, most).length == taken(polynomial, Long.MAX_VALUE).length;
  }

  private static long work(long rows, long columns) {
    double work = (double) rows * columns * (rows + columns);
    return (long) Math.min(work, Long.MAX_VALUE);
  }

  /** The terms of order 2 and 3 that stand in the program, those of largest magnitude. */
  private static int[] taken(Polynomial polynomial, long most) {
    int[] falling =
        IntStream.range(0, polynomial.terms())
            .filter(t -> polynomial.term(t).length > 1)
            .filter(t -> polynomial.term(t).length <= HIGHEST_ORDER)
            .boxed()
            .sorted(Comparator.comparingDouble(t -> -Math.abs(polynomial.weight(t))))
            .mapToInt(Integer::intValue)
            .toArray();
    long rows = 1;
    long columns = polynomial.active();
    int count = 0;
    while (count < falling.length) {
      rows += 1L << (polynomial.term(falling[count]).length - 1);
      columns++;
      if (work(rows, columns) > most) {
        break;
      }
      count++;
    }
    return Arrays.copyOf(falling, count);
  }

  /**
   * Adds a term's parity and the facets on the side to which its coefficient pulls.
   *
   * @return how many rows
   */
  private static int addTerm(
      ExpressionsBasedModel model, Variable[] features, int[] term, double weight, int number) {
    Variable parity = model.newVariable("z" + number).lower(0).upper(1).weight(-2 * weight);
    boolean down = weight > 0;
    int rows = 0;
    for (int subset = 0; subset < 1 << term.length; subset++) {
      int ones = Integer.bitCount(subset);
      boolean odd = (ones & 1) == 1;
      if (odd != down) {
        continue;
      }
      Expression facet = model.newExpression("f" + number + "." + subset);
      for (int k = 0; k < term.length; k++) {
        facet.set(features[term[k]], (subset >>> k & 1) != 0 ? 1 : -1);
      }
      facet.set(parity, down ? -1 : 1).upper(down ? ones - 1 : ones);
      rows++;
    }
    return rows;
  }
}
