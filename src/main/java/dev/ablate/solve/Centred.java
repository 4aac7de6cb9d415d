package dev.ablate.solve;

/**
 * A problem whose outputs have the mean 0.
 *
 * @param problem the rows, closed with this
 * @param means {@code (outputs)} what was taken off
 */
public record Centred(Problem problem, double[] means) implements AutoCloseable {
  @Override
  public void close() {
    problem.close();
  }
}
