package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import java.util.function.ToDoubleFunction;

/**
 * One known answer.
 *
 * @param operation the family and the operation, such as {@code walsh.transform}
 * @param against what the answer is known from
 * @param tolerance largest deviation that passes
 * @param deviation runs the operation and returns its largest deviation from the answer
 */
record Check(
    String operation, String against, double tolerance, ToDoubleFunction<Backend> deviation) {

  /** Where a result must have the size or the sets of the answer; what differs is far off. */
  static final double WRONG = Double.POSITIVE_INFINITY;
}
