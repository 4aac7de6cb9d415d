package dev.ablate.backend.host;

import dev.ablate.backend.Scores;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of a network as doubles. */
final class HostNumbers {
  private static final VarHandle DOUBLES = view(double[].class);
  private static final VarHandle FLOATS = view(float[].class);
  private static final VarHandle SHORTS = view(short[].class);

  private final byte[] memory;
  private final Scores.Number number;
  private final long first;
  private final int positions;
  private final int count;

  HostNumbers(Scores.Given given) {
    this.memory = given.memory().toHost().byteArray();
    this.number = given.number();
    this.first = given.row();
    this.positions = given.positions();
    this.count = given.count();
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.nativeOrder());
  }

  /** All numbers of one place of a row. */
  void read(int row, int position, double[] to) {
    long at = ((first + row) * positions + position) * count * number.bytes();
    int from = Math.toIntExact(at);
    switch (number) {
      case F64 -> {
        for (int k = 0; k < count; k++) {
          to[k] = (double) DOUBLES.get(memory, from + k * Double.BYTES);
        }
      }
      case F32 -> {
        for (int k = 0; k < count; k++) {
          to[k] = (float) FLOATS.get(memory, from + k * Float.BYTES);
        }
      }
      case F16 -> {
        for (int k = 0; k < count; k++) {
          to[k] = half((short) SHORTS.get(memory, from + k * Short.BYTES));
        }
      }
      case BF16 -> {
        for (int k = 0; k < count; k++) {
          int bits = (short) SHORTS.get(memory, from + k * Short.BYTES);
          to[k] = Float.intBitsToFloat(bits << Short.SIZE);
        }
      }
    }
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
  private static double half(short bits) {
    int exponent = bits >>> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = fraction * 0x1p-24;
    } else {
      // 52 bits of fraction, an exponent that counts from -1023 and not from -15.
      magnitude = Double.longBitsToDouble((exponent + 1008L) << 52 | (long) fraction << 42);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
