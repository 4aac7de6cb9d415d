package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Known answers for every operation family, on a backend of choice. */
public final class SelfTest {
  private SelfTest() {}

  /**
   * How one operation did.
   *
   * @param operation the family and the operation, such as {@code walsh.transform}
   * @param against what the answer is known from
   * @param deviation largest deviation, NaN where the operation failed
   * @param tolerance largest deviation that passes
   * @param failure what the operation threw, null where it ended
   * @param seconds how long it took, compiling included
   */
  public record Result(
      String operation,
      String against,
      double deviation,
      double tolerance,
      String failure,
      double seconds) {
    /** Whether the operation ended and the answer is right. */
    public boolean passed() {
      return failure == null && deviation <= tolerance;
    }
  }

  /** All checks in a fixed order. Whoever adds a family to {@link Backend} adds its checks here. */
  private static List<Check> checks() {
    return Stream.of(
            RowsChecks.all(),
            TokensChecks.all(),
            ScoresChecks.all(),
            SamplingChecks.all(),
            WalshChecks.all(),
            EvaluationChecks.all(),
            ParityChecks.all(),
            DecodingChecks.all(),
            CodedRegressionChecks.all(),
            BoostingChecks.all(),
            LogisticRegressionChecks.all(),
            TreeSpectraChecks.all(),
            PathsChecks.all(),
            ParityRegressionChecks.all(),
            ScreeningChecks.all(),
            JoinsChecks.all(),
            GaussianProcessChecks.all(),
            ShapedProcessChecks.all())
        .flatMap(List::stream)
        .toList();
  }

  /** Runs every check; an operation that throws has failed, the others run all the same. */
  public static List<Result> run(Backend backend) {
    List<Result> results = new ArrayList<>();
    for (Check check : checks()) {
      long start = System.nanoTime();
      double deviation = Double.NaN;
      String failure = null;
      try {
        deviation = check.deviation().applyAsDouble(backend);
      } catch (RuntimeException | LinkageError e) {
        failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      }
      results.add(
          new Result(
              check.operation(),
              check.against(),
              deviation,
              check.tolerance(),
              failure,
              (System.nanoTime() - start) * 1e-9));
    }
    return results;
  }
}
