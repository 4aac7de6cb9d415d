package dev.ablate.lens.text;

import java.util.ArrayList;
import java.util.List;

/**
 * How values of equal requests lie apart, by when they were asked: alone, one after another, or in
 * company. Differences that come with the order are told from noise by what noise never does: to
 * give the same number again, to the last digit, or to grow from one request to the next.
 */
final class Steadiness {
  /** Differences up to this share of a value are rounding. */
  private static final double ROUNDING = 1e-9;

  /** Pairs of equal values that noise does not come to, where other values differ. */
  private static final int EQUAL_PAIRS = 3;

  /** Correlation with the number of the request that noise does not come to. */
  private static final double DRIFT = 0.9;

  /** Standard errors between values in company and alone that noise does not come to. */
  private static final double APART = 5;

  private final List<List<Asked>> rows = new ArrayList<>();
  private int asked;

  /**
   * A value.
   *
   * @param number how many were asked before it
   * @param company whether others were asked at the same time
   */
  private record Asked(int number, boolean company, double value) {}

  /** Values of so many different requests. */
  Steadiness(int requests) {
    for (int r = 0; r < requests; r++) {
      rows.add(new ArrayList<>());
    }
  }

  /** Takes a value of a request. */
  synchronized void add(int request, boolean company, double value) {
    rows.get(request).add(new Asked(asked++, company, value));
  }

  private static double mean(List<Asked> values) {
    return values.stream().mapToDouble(Asked::value).average().orElse(0);
  }

  /** Whether no value ever differs. */
  boolean isSteady() {
    return rows.stream().allMatch(row -> equalPairs(row) == pairs(row.size()));
  }

  /** How far apart the means of different requests lie. */
  double range() {
    double[] means = rows.stream().mapToDouble(Steadiness::mean).sorted().toArray();
    return means[means.length - 1] - means[0];
  }

  /** Standard deviation of a value about the mean of its request. */
  double deviation() {
    return deviation(false);
  }

  private double deviation(boolean aloneOnly) {
    double squares = 0;
    int free = 0;
    for (List<Asked> row : rows) {
      List<Asked> own = aloneOnly ? row.stream().filter(value -> !value.company()).toList() : row;
      double mean = mean(own);
      squares += own.stream().mapToDouble(v -> (v.value() - mean) * (v.value() - mean)).sum();
      free += Math.max(0, own.size() - 1);
    }
    return Math.sqrt(squares / Math.max(1, free));
  }

  /** Whether values differ between requests that were asked one after another. */
  boolean differsAlone() {
    return rows.stream()
        .map(row -> row.stream().filter(value -> !value.company()).toList())
        .anyMatch(alone -> equalPairs(alone) < pairs(alone.size()));
  }

  /** Whether the differences come with the order or with company, and are no noise. */
  boolean isSystematic() {
    int equal = rows.stream().mapToInt(Steadiness::equalPairs).sum();
    return !isSteady()
        && (equal >= EQUAL_PAIRS || Math.abs(drift()) > DRIFT || companyApart() > APART);
  }

  private static int equalPairs(List<Asked> row) {
    int equal = 0;
    for (int a = 0; a < row.size(); a++) {
      for (int b = 0; b < a; b++) {
        double one = row.get(a).value();
        double other = row.get(b).value();
        equal += Math.abs(one - other) <= ROUNDING * Math.max(1, Math.abs(one)) ? 1 : 0;
      }
    }
    return equal;
  }

  private static int pairs(int values) {
    return values * (values - 1) / 2;
  }

  /** Correlation between what is left of values without their means and their numbers. */
  private double drift() {
    double products = 0;
    double squares = 0;
    double numbers = 0;
    for (List<Asked> row : rows) {
      double mean = mean(row);
      double middle = row.stream().mapToInt(Asked::number).average().orElse(0);
      for (Asked value : row) {
        products += (value.value() - mean) * (value.number() - middle);
        squares += (value.value() - mean) * (value.value() - mean);
        numbers += (value.number() - middle) * (value.number() - middle);
      }
    }
    return products / Math.sqrt(squares * numbers);
  }

  /** How far values in company lie from those alone, in standard errors of those alone. */
  private double companyApart() {
    double apart = 0;
    double variance = 0;
    for (List<Asked> row : rows) {
      List<Asked> company = row.stream().filter(Asked::company).toList();
      List<Asked> alone = row.stream().filter(value -> !value.company()).toList();
      if (!company.isEmpty() && !alone.isEmpty()) {
        apart += mean(company) - mean(alone);
        variance += 1.0 / company.size() + 1.0 / alone.size();
      }
    }
    return Math.abs(apart) / (deviation(true) * Math.sqrt(variance));
  }
}
