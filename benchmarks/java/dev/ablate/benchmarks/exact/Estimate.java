package dev.ablate.benchmarks.exact;

/**
 * An estimate of an index, one number for each of {@link SmallSets#of}.
 *
 * @param values the estimates
 * @param standardErrors their standard errors, NaN where there is none
 */
public record Estimate(double[] values, double[] standardErrors) {}
