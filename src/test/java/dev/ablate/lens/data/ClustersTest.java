package dev.ablate.lens.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.code.Philox;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lloyd's algorithm. */
class ClustersTest {
  /** Rows about points that are far from each other, in turns. */
  private static LabelledRows about(double[][] points, int rows) {
    Philox.Stream random = Philox.stream(3, 1);
    double[] x = new double[2 * rows];
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      double[] point = points[r % points.length];
      x[2 * r] = point[0] + random.nextGaussian();
      x[2 * r + 1] = point[1] + random.nextGaussian();
      y[r] = r % points.length == 2 ? 1 : 0;
    }
    return new LabelledRows(x, rows, 2, List.of("a", "b"), y);
  }

  @Test
  void clustersThatAreFarApartAreFound() {
    LabelledRows rows = about(new double[][] {{0, 0}, {50, 0}, {0, 50}, {50, 50}}, 200);
    Groups groups = Clusters.groups(rows, 4);
    assertArrayEquals(IntStream.range(0, 200).map(r -> r % 4).toArray(), groups.groupOf());
    assertEquals(
        List.of("cluster 0 (a)", "cluster 1 (a)", "cluster 2 (b)", "cluster 3 (a)"),
        groups.names());
  }

  /** No row is nearer to the mean of another cluster than to its own: where Lloyd's rounds end. */
  @Test
  void everyRowIsInItsNearestCluster() {
    LabelledRows rows = about(new double[][] {{0, 0}, {1, 0}, {0, 2}}, 300);
    int[] clusterOf = Clusters.of(rows, 7);
    double[][] means = new double[7][3];
    for (int r = 0; r < 300; r++) {
      means[clusterOf[r]][0] += rows.x()[2 * r];
      means[clusterOf[r]][1] += rows.x()[2 * r + 1];
      means[clusterOf[r]][2]++;
    }
    for (int r = 0; r < 300; r++) {
      double[] squared = new double[7];
      for (int c = 0; c < 7; c++) {
        double dx = rows.x()[2 * r] - means[c][0] / means[c][2];
        double dy = rows.x()[2 * r + 1] - means[c][1] / means[c][2];
        squared[c] = dx * dx + dy * dy;
      }
      double least = Arrays.stream(squared).min().orElseThrow();
      assertEquals(least, squared[clusterOf[r]], 1e-9, "row " + r);
    }
  }

  @Test
  void noClusterIsEmptyWhereRowsRepeat() {
    LabelledRows same = new LabelledRows(new double[6], 6, 1, List.of(), new double[6]);
    int[] clusterOf = Clusters.of(same, 4);
    assertEquals(4, Arrays.stream(clusterOf).distinct().count());
    assertArrayEquals(
        new int[] {0, 1, 2, 3, 4, 5}, Clusters.of(about(new double[][] {{0, 0}}, 6), 6));
  }
}
