package dev.ablate.backend.kernel;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a kernel is started with, by the names of its parameters in the source. {@link
 * KernelSignature} checks them; names in the order of the source cost least.
 */
final class Arguments {
  /** More than most kernels have. */
  private static final int USUAL = 16;

  private String[] names = new String[USUAL];
  private Object[] values = new Object[USUAL];
  private int count;

  /** A buffer whose words a kernel reads as another type than their own. */
  record Reinterpreted(KernelBuffer buffer) {}

  private Arguments() {}

  /** No arguments yet. */
  static Arguments of() {
    return new Arguments();
  }

  /** A buffer for a parameter that points to its elements. */
  Arguments put(String name, KernelBuffer buffer) {
    return add(name, Objects.requireNonNull(buffer, name));
  }

  /** A buffer for a parameter that points to anything. */
  Arguments reinterpret(String name, KernelBuffer buffer) {
    return add(name, new Reinterpreted(Objects.requireNonNull(buffer, name)));
  }

  /** An argument of 32 bits. */
  Arguments put(String name, int value) {
    return add(name, value);
  }

  /** An argument of 64 bits. */
  Arguments put(String name, long value) {
    return add(name, value);
  }

  /** An argument of single precision. */
  Arguments put(String name, float value) {
    return add(name, value);
  }

  /** An argument of double precision. */
  Arguments put(String name, double value) {
    return add(name, value);
  }

  private Arguments add(String name, Object value) {
    if (count == names.length) {
      names = Arrays.copyOf(names, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    names[count] = name;
    values[count++] = value;
    return this;
  }

  int count() {
    return count;
  }

  String name(int at) {
    return names[at];
  }

  Object value(int at) {
    return values[at];
  }

  /** Where a name stands, -1 where it does not. */
  int find(String name) {
    for (int i = 0; i < count; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
