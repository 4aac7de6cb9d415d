package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Columns by mean and deviation of the training rows; rows of groups. */
class StandardisationTest {
  private static LabelledRows rows(double... x) {
    return new LabelledRows(x, x.length / 2, 2, List.of(), new double[x.length / 2]);
  }

  @Test
  void testRowsGoByTheTrainingRows() {
    Standardisation by = Standardisation.of(rows(1, 0.1, 3, 0.1, 5, 0.1));
    // Mean 3 and deviation sqrt(8 / 3); the second column is constant.
    double deviation = 1.632993161855452;
    assertArrayEquals(new double[] {3, 0.1}, by.means(), 1e-15);
    assertArrayEquals(new double[] {deviation, 1}, by.deviations(), 1e-15);
    assertArrayEquals(new double[] {4 / deviation, 0.9}, by.apply(rows(7, 1)).x(), 1e-15);
  }

  /** Numbers whose squares are no doubles have a mean and a deviation all the same. */
  @Test
  void theSizeOfNumbersIsFree() {
    double[] plain = {1, 0.1, 3, 0.2, 5, 0.7};
    double[] expected = Standardisation.of(rows(plain)).apply(rows(plain)).x();
    double[] other = plain.clone();
    for (int i = 0; i < other.length; i++) {
      other[i] *= i % 2 == 0 ? 1e300 : 1e-290;
    }
    assertArrayEquals(expected, Standardisation.of(rows(other)).apply(rows(other)).x(), 1e-14);
  }

  @Test
  void rowsOfGroupsAscend() {
    Groups groups = new Groups(List.of("a", "b", "c"), new int[] {2, 0, 2, 0, 0});
    int[][] members = groups.members();
    assertArrayEquals(new int[] {1, 3, 4}, members[0]);
    assertArrayEquals(new int[0], members[1]);
    assertArrayEquals(new int[] {0, 2}, members[2]);
  }
}
