package dev.ablate.solve.surrogate;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Sets;
import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.spectrum.Combinations;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Interactions of a fitted function. A model gives a mask one value, so that what the function
 * leaves of an evaluated mask belongs to that mask: it is added there and nowhere else. With every
 * mask evaluated nothing is estimated.
 *
 * <p>Standard errors are those of a grouped jackknife: the function is fitted without each fold,
 * and each fit is read off as the whole is. Errors of one order are alike, so that half of a
 * variance is the mean of its order. Fits that lack a fold err more than that of all rows. What no
 * row tells all folds miss alike; a fit with a prior knows of it, and where that is more it counts.
 */
public final class Readout {
  /** Sets that are read off, at most and at least. */
  private static final int MOST_SETS = 50_000;

  private static final int LEAST_SETS = 2_000;

  /** Of more features than are listed no larger sets are read off: a set takes all its subsets. */
  private static final int MOST_ORDER = 12;

  /** Sums over rows, each of one set, for all parts together: seconds on two cores. */
  private static final double MOST_WORK = 4e9;

  /** Interactions that are listed, those of single features not counted. */
  private static final int MOST_LISTED = 4_000;

  /** Up to so many features all masks are listed. */
  static final int LISTED = 16;

  /** Share of the largest value that is rounding. */
  private static final double ROUNDING = 1e-13;

  /** No fit leaves more than so many times the largest value of a row that it was fitted to. */
  private static final double WILD = 1e6;

  /** Share of the largest value that a fit may leave where it errs in nothing else: its nugget. */
  private static final double SINGLE = 0x1p-24;

  /** Squared errors of fits fall as this power of the number of rows, in the middle of many. */
  private static final double FALL = 1.5;

  private final Part whole;
  private final List<Part> folds;
  private final Backend backend;
  private final boolean lists;

  /**
   * A function and the rows it was fitted to.
   *
   * @param fit the function
   * @param masks {@code (rows, features)} evaluated masks, on the host
   * @param values {@code (rows)} their values
   * @param own share of what is left of a row that belongs to its mask, 1 where values have no
   *     noise
   */
  public record Part(Surrogate fit, Masks masks, double[] values, double own) {
    private Part distilled(Backend backend) {
      return new Part(fit.distilled(backend), masks, values, own);
    }
  }

  /**
   * A readout.
   *
   * @param whole the fit of all rows
   * @param folds fits without a fold each, and their rows; empty where errors are not known
   */
  public Readout(Part whole, List<Part> folds, Backend backend) {
    this(whole, folds, backend, LISTED);
  }

  /** The same with another limit up to which masks are listed, for tests. */
  Readout(Part whole, List<Part> folds, Backend backend, int listed) {
    this.lists = whole.fit.features() <= listed;
    this.whole = lists ? whole : whole.distilled(backend);
    this.folds =
        lists ? List.copyOf(folds) : folds.stream().map(f -> f.distilled(backend)).toList();
    this.backend = backend;
  }

  /**
   * Values of an index.
   *
   * @param order highest order, at least 1; SV and BV take it as 1
   */
  public IndexValues interactions(Index index, int order) {
    int highest = Math.min(index.effectiveOrder(order), whole.fit.features());
    Sets sets = sets(index, highest);
    Rule rule = new Rule(index, highest, sets);
    double[] values = Work.firstOf(1 + folds.size(), () -> rule.of(whole));
    List<double[]> left = new ArrayList<>();
    for (Part fold : folds) {
      left.add(Work.firstOf(1 + folds.size() - left.size(), () -> rule.of(fold)));
    }
    double[] errors = errors(sets, left);
    if (errors.length > 0 && lists) {
      double[] missed = missed(rule);
      Arrays.setAll(errors, s -> Math.max(errors[s], missed[s]));
    }
    return listed(index, index.effectiveOrder(order), sets, values, errors);
  }

  private Sets sets(Index index, int order) {
    int features = whole.fit.features();
    double count = 0;
    double ofOrder = 1;
    for (int s = 0; s <= order; s++) {
      count += ofOrder;
      ofOrder *= (features - s) / (s + 1.0);
    }
    boolean nothing = index != Index.SV && index != Index.BV;
    int most = most(index, order);
    Sets sets =
        count <= most
            ? all(features, order)
            : whole.fit.candidates(lists ? order : Math.min(order, MOST_ORDER), most);
    return nothing
        ? sets
        : sets.select(IntStream.range(0, sets.size()).filter(s -> sets.order(s) > 0).toArray());
  }

  /** How many sets the work limit allows. */
  private int most(Index index, int order) {
    int features = whole.fit.features();
    if (lists) {
      return MOST_SETS;
    }
    double nodes = SizeRule.of(index, order, features).nodes().length;
    double each = nodes * whole.fit.work() * (1 + folds.size());
    return (int) Math.max(LEAST_SETS, Math.min(MOST_SETS, MOST_WORK / Math.max(1, each)));
  }

  private static Sets all(int features, int order) {
    List<int[]> all = new ArrayList<>();
    for (int s = 0; s <= order; s++) {
      int[] set = Combinations.first(s);
      do {
        all.add(set.clone());
      } while (Combinations.next(set, features));
    }
    return Sets.of(all);
  }

  /** An index of some sets, from whatever part. */
  private final class Rule {
    private final Index index;
    private final int order;
    private final Sets sets;
    private final SizeRule rule;

    Rule(Index index, int order, Sets sets) {
      this.index = index;
      this.order = order;
      this.sets = sets;
      this.rule = SizeRule.of(index, order, whole.fit.features());
    }

    double[] of(Part part) {
      return lists ? of(table(part)) : of(corrected(part), index == Index.K_SII ? none(part) : 0);
    }

    double[] of(Table table) {
      return of(table.weighed(sets, rule), table.values()[0]);
    }

    private double[] of(double[] sums, double none) {
      return switch (index) {
        case BII, BV -> scaled(sums);
        case FBII -> scaled(Closure.sumsOverSupersets(sets, sums, new double[] {1}));
        case K_SII -> kSii(sums, none);
        default -> sums;
      };
    }

    private double[] scaled(double[] coefficients) {
      double[] scaled = new double[coefficients.length];
      Arrays.setAll(
          scaled,
          s ->
              Math.scalb(
                  sets.order(s) % 2 == 0 ? coefficients[s] : -coefficients[s], sets.order(s)));
      return scaled;
    }

    private double[] corrected(Part part) {
      double[] sums = part.fit.weighed(sets, rule, backend);
      double[][] bySize = new double[order + 1][];
      Arrays.setAll(bySize, rule::bySize);
      Masks masks = part.masks;
      long[] words = masks.hostWords();
      int[] sizes = masks.sizes();
      int[] rows = counting(bySize, sizes);
      double[] left = left(part, rows);
      Work.forEach(
          sums.length,
          s -> {
            int[] set = sets.get(s);
            long[] members = new long[masks.words()];
            for (int i : set) {
              members[i >>> 6] |= 1L << i;
            }
            int[] held = IntStream.of(set).map(i -> i >>> 6).distinct().toArray();
            double[] weights = bySize[set.length];
            double sum = 0;
            for (int k = 0; k < rows.length; k++) {
              int r = rows[k];
              int kept = 0;
              for (int w : held) {
                kept += Long.bitCount(words[r * masks.words() + w] & members[w]);
              }
              double weighed = weights[sizes[r] - kept] * left[k];
              sum += (set.length - kept & 1) == 0 ? weighed : -weighed;
            }
            sums[s] += sum;
          });
      return sums;
    }

    /**
     * Rows that count beyond rounding, whatever is left of them: of many features all but the
     * smallest and largest do not.
     */
    private int[] counting(double[][] bySize, int[] sizes) {
      double[] most = new double[rule.features() + 1];
      for (double[] weights : bySize) {
        int order = rule.features() + 1 - weights.length;
        for (int t = 0; t < weights.length; t++) {
          for (int size = t; size <= Math.min(t + order, rule.features()); size++) {
            most[size] = Math.max(most[size], Math.abs(weights[t]));
          }
        }
      }
      double least = ROUNDING / WILD / Math.max(1, sizes.length);
      return IntStream.range(0, sizes.length).filter(r -> most[sizes[r]] > least).toArray();
    }

    /** With Bernoulli numbers: the SII of sets up to the order, spread to their subsets. */
    private double[] kSii(double[] sii, double none) {
      double[] bernoulli = new double[order + 1];
      for (int m = 0; m <= order; m++) {
        double sum = m == 0 ? 1 : 0;
        double binomial = 1;
        for (int k = 0; k < m; k++) {
          sum -= binomial * bernoulli[k] / (m - k + 1);
          binomial = binomial * (m - k) / (k + 1);
        }
        bernoulli[m] = sum;
      }
      double[] values = Closure.sumsOverSupersets(sets, sii, bernoulli);
      for (int s = 0; s < values.length; s++) {
        values[s] = sets.order(s) == 0 ? none : values[s];
      }
      return values;
    }
  }

  private double largest() {
    return Arrays.stream(whole.values).map(Math::abs).max().orElse(0);
  }

  private double none(Part part) {
    Masks masks = part.masks;
    long[] words = masks.hostWords();
    for (int r = 0; r < masks.count(); r++) {
      int row = r;
      if (IntStream.range(0, masks.words()).allMatch(w -> words[row * masks.words() + w] == 0)) {
        return part.values[r];
      }
    }
    return part.fit.at(Masks.none(1, masks.features()), backend)[0];
  }

  /** What is left of some rows, of repeated masks in equal shares. */
  private double[] left(Part part, int[] rows) {
    if (rows.length == 0) {
      return new double[0];
    }
    double[] left = part.fit.at(part.masks.select(rows), backend);
    int[] position = DistinctMasks.of(part.masks).position();
    int[] times = new int[position.length];
    for (int p : position) {
      times[p]++;
    }
    Arrays.setAll(
        left, k -> part.own * (part.values[rows[k]] - left[k]) / times[position[rows[k]]]);
    return left;
  }

  private Table table(Part part) {
    int features = part.fit.features();
    double[] fitted = part.fit.at(Masks.exhaustive(features), backend);
    double[] values = fitted.clone();
    long[] words = part.masks.hostWords();
    for (int r = 0; r < part.masks.count(); r++) {
      int mask = (int) words[r];
      values[mask] = fitted[mask] + part.own * (part.values[r] - fitted[mask]);
    }
    return new Table(features, values);
  }

  /** {@code (sets)} root mean squares of what the fit misses by its prior; zeros without one. */
  private double[] missed(Rule rule) {
    double[] squares = new double[rule.sets.size()];
    List<Table> tables = Missed.of(whole, backend);
    for (Table table : tables) {
      double[] values = rule.of(table);
      Arrays.setAll(squares, s -> squares[s] + values[s] * values[s] / tables.size());
    }
    Arrays.setAll(squares, s -> Math.sqrt(squares[s]));
    return squares;
  }

  private double[] errors(Sets sets, List<double[]> left) {
    if (left.isEmpty()) {
      return new double[0];
    }
    int folds = left.size();
    double[] variances = new double[sets.size()];
    double[] pooled = new double[sets.maxOrder() + 1];
    int[] counts = new int[pooled.length];
    for (int s = 0; s < variances.length; s++) {
      int set = s;
      double mean = left.stream().mapToDouble(of -> of[set]).average().orElseThrow();
      double squares = left.stream().mapToDouble(of -> (of[set] - mean) * (of[set] - mean)).sum();
      variances[s] = (folds - 1.0) / folds * squares;
      pooled[sets.order(s)] += variances[s];
      counts[sets.order(s)]++;
    }
    // Of so many masks so many are known, as far as a value is the mask's own.
    double known = whole.own * DistinctMasks.of(whole.masks).masks().count();
    double unknown = 1 - known / Math.pow(2, whole.fit.features());
    double share = unknown * Math.pow(1 - 1.0 / folds, FALL);
    double least = unknown > 0 ? SINGLE * largest() : 0;
    double[] errors = new double[variances.length];
    Arrays.setAll(
        errors,
        s -> {
          double alike = pooled[sets.order(s)] / counts[sets.order(s)];
          return Math.max(least, Math.sqrt(share * (alike + variances[s]) / 2));
        });
    return errors;
  }

  private IndexValues listed(Index index, int order, Sets sets, double[] values, double[] errors) {
    double largest = largest();
    Integer[] kept =
        IntStream.range(0, values.length)
            .filter(s -> Math.abs(values[s]) > ROUNDING * largest)
            .boxed()
            .sorted((a, b) -> Double.compare(Math.abs(values[b]), Math.abs(values[a])))
            .toArray(Integer[]::new);
    int[] places = largest(sets, Arrays.stream(kept).mapToInt(Integer::intValue).toArray());
    double[] own = IntStream.of(places).mapToDouble(s -> values[s]).toArray();
    double[] itsErrors =
        errors.length == 0 ? errors : IntStream.of(places).mapToDouble(s -> errors[s]).toArray();
    return new IndexValues(index, order, sets.select(places), own, itsErrors);
  }

  /** Single features and as many of the others as are listed; the largest come first. */
  private static int[] largest(Sets sets, int[] falling) {
    int[] listed = new int[falling.length];
    int count = 0;
    int others = 0;
    for (int s : falling) {
      if (sets.order(s) <= 1 || others++ < MOST_LISTED) {
        listed[count++] = s;
      }
    }
    return Arrays.copyOf(listed, count);
  }
}
