package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import java.util.List;

/** Transforms of known spectra. */
final class WalshChecks {
  private WalshChecks() {}

  static List<Check> all() {
    return List.of(
        // Integers below 2^24 and a power of two: exact in single precision too.
        new Check("walsh.transform", "closed form, 2^12", 0, b -> planted(b, 5, 12)),
        new Check("walsh.transform", "closed form, 2^17", 0, b -> planted(b, 1, 17)),
        // 10 additions in single precision of numbers of size 1, scaled to size 1.
        new Check("walsh.transform", "definition", 1e-5, WalshChecks::definition));
  }

  /** Row r has the coefficients r + 3 at 0, -5 at the last place and 2 in the middle. */
  private static double planted(Backend backend, int rows, int bits) {
    int length = 1 << bits;
    double[] values = new double[length * rows];
    double[] expected = new double[values.length];
    int last = length - 1;
    int middle = length / 3;
    for (int r = 0; r < rows; r++) {
      for (int l = 0; l < length; l++) {
        // Outputs stand in columns before they are transposed.
        values[l * rows + r] = r + 3 - 5 * sign(l & last) + 2 * sign(l & middle);
      }
      expected[r * length] = r + 3;
      expected[r * length + last] = -5;
      expected[r * length + middle] = 2;
    }
    return Inputs.distance(expected, transform(backend, values, length, rows, 1.0 / length));
  }

  private static double definition(Backend backend) {
    int length = 1 << 10;
    double[] values = Inputs.normal(length, 5);
    double scale = 1 / Math.sqrt(length);
    double[] expected = new double[length];
    for (int j = 0; j < length; j++) {
      for (int l = 0; l < length; l++) {
        expected[j] += sign(l & j) * values[l] * scale;
      }
    }
    return Inputs.distance(expected, transform(backend, values, length, 1, scale));
  }

  private static double[] transform(
      Backend backend, double[] values, int length, int outputs, double scale) {
    Buffer data = backend.walsh().byOutput(HostBuffer.of(values), length, outputs);
    try {
      backend.walsh().transform(data, outputs, length, scale);
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
    return Inputs.doubles(data);
  }

  private static int sign(int bits) {
    return Integer.bitCount(bits) % 2 == 0 ? 1 : -1;
  }
}
