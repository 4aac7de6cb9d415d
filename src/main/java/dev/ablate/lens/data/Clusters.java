package dev.ablate.lens.data;

import dev.ablate.code.Philox;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in clusters by Lloyd's algorithm, begun as k-means++ begins: the same rows give the same
 * clusters on every machine. Distances are those of the rows as learners see them.
 *
 * <p>Source: Lloyd, "Least squares quantization in PCM", 1982; Arthur and Vassilvitskii,
 * "k-means++", 2007.
 */
final class Clusters {
  private static final int ROUNDS = 100;
  private static final int STREAM = 0xC1;

  private final LabelledRows rows;
  private final int columns;
  private final double[] centres;
  private final int[] clusterOf;
  private final double[] distance;

  private Clusters(LabelledRows rows, int count) {
    this.rows = rows;
    this.columns = rows.columns();
    this.centres = new double[count * columns];
    this.clusterOf = new int[rows.rows()];
    this.distance = new double[rows.rows()];
  }

  /**
   * Rows in clusters, each called by its number and, where rows have classes, by the class that
   * most of its rows have.
   *
   * @param count at least 1 and at most the number of rows
   */
  static Groups groups(LabelledRows rows, int count) {
    int[] clusterOf = of(rows, count);
    int classes = Math.max(1, rows.classes().size());
    int[] members = new int[count * classes];
    for (int r = 0; r < clusterOf.length; r++) {
      members[clusterOf[r] * classes + (rows.isRegression() ? 0 : rows.label(r))]++;
    }
    List<String> names = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      int most = 0;
      for (int k = 1; k < classes; k++) {
        most = members[c * classes + k] > members[c * classes + most] ? k : most;
      }
      String label = rows.isRegression() ? "" : " (" + rows.classes().get(most) + ")";
      names.add("cluster " + c + label);
    }
    return new Groups(names, clusterOf);
  }

  /**
   * The cluster of each row, numbered in the order of their first rows; none is empty.
   *
   * @param count at least 1 and at most the number of rows
   */
  static int[] of(LabelledRows rows, int count) {
    Clusters clusters = new Clusters(rows, count);
    clusters.begin(count);
    for (int round = 0; round < ROUNDS && clusters.assign(count); round++) {
      clusters.fillEmpty(count);
      clusters.centre(count);
    }
    clusters.fillEmpty(count);
    return clusters.inOrder(count);
  }

  /** Each centre is a row, drawn with a chance that grows with its distance from the others. */
  private void begin(int count) {
    Philox.Stream random = Philox.stream(0, STREAM);
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    int row = random.nextInt(rows.rows());
    for (int c = 0; c < count; c++) {
      System.arraycopy(rows.x(), row * columns, centres, c * columns, columns);
      double sum = 0;
      for (int r = 0; r < distance.length; r++) {
        distance[r] = Math.min(distance[r], squared(r, c));
        sum += distance[r];
      }
      double at = random.nextDouble() * sum;
      row = 0;
      while (row < distance.length - 1 && (at -= distance[row]) >= 0) {
        row++;
      }
    }
    Arrays.fill(clusterOf, -1);
  }

  /** Whether a row went to another cluster: that of the nearest centre, the first of equal ones. */
  private boolean assign(int count) {
    boolean moved = false;
    for (int r = 0; r < clusterOf.length; r++) {
      int nearest = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int c = 0; c < count; c++) {
        double squared = squared(r, c);
        if (squared < least) {
          least = squared;
          nearest = c;
        }
      }
      moved |= clusterOf[r] != nearest;
      clusterOf[r] = nearest;
      distance[r] = least;
    }
    return moved;
  }

  /** A cluster without rows takes the row that is farthest from its centre. */
  private void fillEmpty(int count) {
    int[] sizes = new int[count];
    for (int cluster : clusterOf) {
      sizes[cluster]++;
    }
    for (int c = 0; c < count; c++) {
      if (sizes[c] == 0) {
        int farthest = -1;
        for (int r = 0; r < clusterOf.length; r++) {
          boolean free = sizes[clusterOf[r]] > 1;
          if (free && (farthest < 0 || distance[r] > distance[farthest])) {
            farthest = r;
          }
        }
        sizes[clusterOf[farthest]]--;
        sizes[c]++;
        clusterOf[farthest] = c;
        distance[farthest] = 0;
      }
    }
  }

  private void centre(int count) {
    int[] sizes = new int[count];
    Arrays.fill(centres, 0);
    for (int r = 0; r < clusterOf.length; r++) {
      int from = clusterOf[r] * columns;
      sizes[clusterOf[r]]++;
      for (int j = 0; j < columns; j++) {
        centres[from + j] += rows.x()[r * columns + j];
      }
    }
    for (int c = 0; c < count; c++) {
      for (int j = 0; j < columns; j++) {
        centres[c * columns + j] /= sizes[c];
      }
    }
  }

  private double squared(int row, int centre) {
    double sum = 0;
    for (int j = 0; j < columns; j++) {
      double off = rows.x()[row * columns + j] - centres[centre * columns + j];
      sum += off * off;
    }
    return sum;
  }

  private int[] inOrder(int count) {
    int[] numbers = new int[count];
    Arrays.fill(numbers, -1);
    int next = 0;
    int[] ordered = new int[clusterOf.length];
    for (int r = 0; r < ordered.length; r++) {
      if (numbers[clusterOf[r]] < 0) {
        numbers[clusterOf[r]] = next++;
      }
      ordered[r] = numbers[clusterOf[r]];
    }
    return ordered;
  }
}
