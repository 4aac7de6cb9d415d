package dev.ablate.search;

import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import dev.ablate.search.BestSubset.Search;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.BitSet;

/**
 * The best set of features of a size by a spectrum: the mask of so many kept features whose value
 * is largest, or smallest. Where all such masks can be looked at they are; else greedy choices with
 * swaps are followed by branch and bound, which also says what no set can go beyond. A link between
 * the spectrum and the values rises, so that the best set is the same behind it.
 */
public final class SubsetSearch {
  /** How many features are kept. */
  public static final Setting<Long> SIZE =
      Setting.of("size", "K", new Kind.Whole(1, Masks.MOST_FEATURES), "how many features to keep");

  /** How long to search; a number of looks and no clock, so that the same is found anywhere. */
  public static final Setting<Long> WORK =
      Setting.of(
              "work",
              "W",
              new Kind.Whole(0, 1_000_000),
              "work to spend where not all sets can be looked at: million looks at a feature of a"
                  + " term")
          .standard(100L);

  private static final long LOOKS = 1_000_000;

  private SubsetSearch() {}

  /**
   * The best set of a size.
   *
   * @param spectrum before the link
   * @param link between the spectrum and the values
   * @param size how many features are kept, from 1 to all
   * @param goal whether the largest or the smallest value is sought
   * @param work as {@link #WORK} says
   * @throws InputException if the size is none of the spectrum, or its coefficients are too large
   *     to be added
   */
  public static BestSubset best(Spectrum spectrum, Link link, long size, Goal goal, long work) {
    int features = InputException.required(spectrum, "the spectrum to search").features();
    if (size < 1 || size > features) {
      throw new InputException(
          SIZE + " " + size + ": there are " + features + " features, so give 1 to " + features);
    }
    Polynomial polynomial =
        new Polynomial(spectrum.scale(goal.sign()).above(0), features, (int) size);
    if (!Double.isFinite(4 * (polynomial.magnitude() + Math.abs(polynomial.constant())))) {
      throw new InputException(
          "the coefficients are too large to be added up; scale the explanation down");
    }
    Found found =
        AllSubsets.canBe(polynomial) ? all(polynomial) : bounded(polynomial, work * LOOKS);
    return result(polynomial, features, found, goal, link);
  }

  /** What a search ended with; values of the polynomial. */
  private record Found(boolean[] kept, double bound, boolean proven, Search search, int nodes) {}

  private static Found all(Polynomial polynomial) {
    boolean[] kept = AllSubsets.best(polynomial);
    return new Found(kept, polynomial.value(kept), true, Search.EXHAUSTIVE, 0);
  }

  private static Found bounded(Polynomial polynomial, long looks) {
    BranchAndBound search =
        new BranchAndBound(polynomial, new LocalSearch(polynomial).search(), looks);
    search.run();
    return new Found(
        search.best(), search.bound(), search.isProven(), Search.BRANCH_AND_BOUND, search.nodes());
  }

  private static BestSubset result(
      Polynomial polynomial, int features, Found found, Goal goal, Link link) {
    BitSet kept = new BitSet();
    BitSet idle = new BitSet();
    idle.set(0, features);
    for (int i = 0; i < found.kept().length; i++) {
      kept.set(polynomial.feature(i), found.kept()[i]);
      idle.clear(polynomial.feature(i));
    }
    int[] filling = idle.stream().limit(polynomial.size() - kept.cardinality()).toArray();
    for (int feature : filling) {
      kept.set(feature);
    }
    double value = link.inverse(goal.sign() * polynomial.value(found.kept()));
    double bound = link.inverse(goal.sign() * found.bound());
    return new BestSubset(
        kept.stream().toArray(),
        filling,
        value,
        bound,
        // A link may cut both off at the same end.
        found.proven() || value == bound,
        found.search(),
        found.nodes());
  }
}
