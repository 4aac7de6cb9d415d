package dev.ablate.solve.proxyspex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Sets;
import dev.ablate.backend.TreeSpectra;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a lasso may choose from. */
class CandidatesTest {
  /** A term for every four rows, within bounds: 4,000 rows and fewer give as many as ever. */
  @ParameterizedTest
  @CsvSource({"10, 1000", "4000, 1000", "5734, 1433", "12000, 3000", "80000, 3000"})
  void termsGrowWithTheRows(int rows, int terms) {
    assertEquals(terms, Candidates.terms(rows).most());
  }

  @Test
  void theEmptySetAndSinglesComeFirst() {
    Sets sets = Sets.of(List.of(new int[] {2}, new int[] {0, 2}));
    Candidates candidates =
        Candidates.of(new TreeSpectra.Terms(sets, new double[] {0.5, -2}), new double[] {1, 0, 3});
    assertEquals("[[], [0], [1], [2], [0, 2]]", text(candidates.sets()));
  }

  private static String text(Sets sets) {
    return IntStream.range(0, sets.size())
        .mapToObj(s -> Arrays.toString(sets.get(s)))
        .toList()
        .toString();
  }
}
