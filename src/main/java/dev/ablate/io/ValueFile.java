package dev.ablate.io;

import dev.ablate.backend.HostBuffer;
import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.game.Values;
import dev.ablate.table.CsvInput;
import dev.ablate.table.NpyHeader;
import dev.ablate.table.NpyInput;
import dev.ablate.table.NumberTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Values as NPY arrays in C order: little-endian {@code float32} or {@code float64}, {@code
 * (masks,)} or {@code (masks, outputs)}.
 */
public final class ValueFile {
  private ValueFile() {}

  /**
   * Reads values.
   *
   * @param path a {@code .npy} or {@code .csv} file, or {@code archive.npz:member}
   * @throws InputException if the file does not hold values, or one of them is not finite
   */
  public static Values read(Path path) {
    return open(path).values();
  }

  /**
   * Reads values and the names of their outputs, where the file has them.
   *
   * @param path {@code .csv} or {@code .tsv}, else as of {@link #read}
   * @throws InputException as of {@link #read}
   */
  public static NamedValues open(Path path) {
    if (CsvInput.isCsv(path)) {
      NumberTable table = NumberTable.read(path);
      HostBuffer numbers = HostBuffer.of(table.numbers());
      return new NamedValues(new Values(numbers, table.rows(), table.columns()), table.names());
    }
    return new NamedValues(npy(path), List.of());
  }

  private static Values npy(Path path) {
    try (NpyInput in = NpyInput.open(path)) {
      boolean single = in.header().type().equals("<f4");
      if (!single && !in.header().type().equals("<f8")) {
        throw new InputException(
            in.where()
                + " has type "
                + in.header().shownType()
                + ": values are little-endian float32 or float64; save values.astype('<f8')");
      }
      int bytes = single ? Float.BYTES : Double.BYTES;
      Values values = empty(in, bytes);
      double[] all = values.hostDoubles();
      int outputs = values.outputs();
      for (int r = 0; r < values.count(); r++) {
        ByteBuffer row = in.next(outputs * bytes);
        for (int o = 0; o < outputs; o++) {
          double value = single ? row.getFloat() : row.getDouble();
          if (!Double.isFinite(value)) {
            throw new InputException(
                in.where()
                    + " holds "
                    + value
                    + " in row "
                    + r
                    + (outputs > 1 ? ", column " + o : "")
                    + ": values must be finite, drop that mask");
          }
          all[r * outputs + o] = value;
        }
      }
      return values;
    }
  }

  private static Values empty(NpyInput in, int bytes) {
    long[] shape = in.header().shape();
    long outputs = shape.length == 2 ? shape[1] : 1;
    if (shape.length < 1 || shape.length > 2 || shape[0] < 1 || outputs < 1) {
      throw new InputException(
          in.where()
              + " has shape "
              + in.header().shownShape()
              + ": values need (masks,) or (masks, outputs), at least one of each");
    }
    String what = in.where() + " has shape " + in.header().shownShape();
    if (shape[0] > Integer.MAX_VALUE || outputs > Integer.MAX_VALUE / Double.BYTES) {
      throw new InputException(what + ": too many for one table");
    }
    in.requireLength(shape[0] * outputs * bytes);
    JavaMemory.length(what, shape[0] * outputs, Double.BYTES);
    return Values.zeros((int) shape[0], (int) outputs);
  }

  /**
   * Writes values as {@code float64}, {@code (masks,)} when there is one output.
   *
   * @throws InputException if the file cannot be written
   */
  public static void write(Path path, Values values) {
    int outputs = values.outputs();
    long[] shape =
        outputs == 1 ? new long[] {values.count()} : new long[] {values.count(), outputs};
    double[] all = values.hostDoubles();
    AtomicFiles.write(
        path,
        out -> {
          out.write(new NpyHeader("<f8", false, shape).bytes());
          ByteBuffer row =
              ByteBuffer.allocate(Double.BYTES * outputs).order(ByteOrder.LITTLE_ENDIAN);
          for (int r = 0; r < values.count(); r++) {
            row.asDoubleBuffer().put(all, r * outputs, outputs);
            out.write(row.array());
          }
        });
  }
}
