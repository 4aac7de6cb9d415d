package dev.ablate.backend;

import dev.ablate.backend.Scores.Given;
import dev.ablate.backend.Scores.Number;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Numbers of a network.
 *
 * @param bytes as they lie in memory
 * @param values what they mean
 */
record NetworkNumbers(Number number, byte[] bytes, double[] values) {
  /** Some of the rows, with so many numbers each place. */
  Given given(int row, int rows, int positions, int count) {
    return new Given(HostBuffer.of(bytes), number, row, rows, positions, count);
  }

  /** The nearest smaller number of a kind, or one that its bits say. */
  static NetworkNumbers of(Number number, double[] wanted) {
    ByteBuffer bytes =
        ByteBuffer.wrap(new byte[wanted.length * number.bytes()]).order(ByteOrder.nativeOrder());
    double[] values = new double[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      switch (number) {
        case F64 -> values[i] = put(bytes, wanted[i]);
        case F32 -> {
          values[i] = (float) wanted[i];
          bytes.putFloat((float) wanted[i]);
        }
        case BF16 -> {
          int bits = Float.floatToIntBits((float) wanted[i]) & 0xffff0000;
          values[i] = Float.intBitsToFloat(bits);
          bytes.putShort((short) (bits >>> 16));
        }
        case F16 -> {
          int bits = half(wanted[i]);
          values[i] = half(bits);
          bytes.putShort((short) bits);
        }
      }
    }
    return new NetworkNumbers(number, bytes.array(), values);
  }

  private static double put(ByteBuffer bytes, double value) {
    bytes.putDouble(value);
    return value;
  }

  /** The half of a number, cut off. */
  private static int half(double wanted) {
    int sign = Double.doubleToRawLongBits(wanted) < 0 ? 0x8000 : 0;
    double magnitude = Math.abs(wanted);
    if (Double.isNaN(wanted)) {
      return 0x7e01;
    }
    if (magnitude >= 65536) {
      return sign | 0x7c00;
    }
    int exponent = Math.max(-14, Math.getExponent(magnitude));
    int fraction = (int) (magnitude * Math.pow(2, 10 - exponent));
    return sign | (fraction < 1024 ? fraction : (exponent + 15) << 10 | fraction - 1024);
  }

  /** What the bits of a half mean: one sign, five of the exponent, ten of the fraction. */
  static double half(int bits) {
    int exponent = bits >> 10 & 31;
    double fraction = (bits & 1023) / 1024.0;
    double magnitude =
        exponent == 0 ? fraction * Math.pow(2, -14) : (1 + fraction) * Math.pow(2, exponent - 15);
    if (exponent == 31) {
      magnitude = (bits & 1023) == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  static double[] normal(int count, double scale, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToDouble(i -> scale * random.nextGaussian()).toArray();
  }

  static double[] unit(double[] vector) {
    double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> norm == 0 ? 0 : x / norm).toArray();
  }
}
