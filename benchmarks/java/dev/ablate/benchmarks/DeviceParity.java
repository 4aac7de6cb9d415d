package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Parity columns of random sets of orders 0 to 4 over uniform masks, their products with values,
 * and their Gram matrices over folds that are ranges of rows, on a device; each beside a copy of
 * the bytes of its result. Parts of the results are compared with the host's.
 *
 * <p>Arguments: backend (default cuda), sets (default 1100), rows (default 4000), folds (default
 * 5), features (default 1000). No folds means no Gram matrices, and products over all rows.
 */
public final class DeviceParity {
  private static final int REPEATS = 7;
  private static final int CHECKED = 200;

  private final Backend backend;
  private final Device device;
  private final int sets;
  private final int rows;
  private final int folds;
  private final int features;

  private DeviceParity(Backend backend, int[] sizes) {
    this.backend = backend;
    this.device = DeviceClock.device(backend);
    this.sets = sizes[0];
    this.rows = sizes[1];
    this.folds = sizes[2];
    this.features = sizes[3];
  }

  /** Prints a line an operation. */
  public static void main(String[] args) {
    String name = args.length > 0 ? args[0] : "cuda";
    int[] sizes = {1100, 4000, 5, 1000};
    for (int i = 1; i < args.length; i++) {
      sizes[i - 1] = Integer.parseInt(args[i]);
    }
    try (Backend backend = Backends.open(name, 0).backend()) {
      new DeviceParity(backend, sizes).run();
    }
  }

  private void run() {
    Sets all = randomSets();
    HostBuffer parts = parts();
    int partCount = Math.max(1, folds);
    double[] values = new double[rows];
    Philox.Stream random = Philox.stream(3, 0);
    Arrays.setAll(values, r -> random.nextGaussian());
    try (Buffer masks = backend.sampling().uniform(1, 0, 0, rows, features);
        Buffer columns = backend.parity().columns(all, masks, rows, features);
        Buffer part = backend.upload(parts);
        Buffer y = backend.upload(HostBuffer.of(values))) {
      check(all, masks, columns, parts, partCount, values);
      report(
          "columns",
          columns.bytes(),
          () -> backend.parity().columns(all, masks, rows, features).close());
      report(
          "products",
          columns.bytes(),
          () -> backend.parity().products(columns, sets, rows, part, partCount, y, 1).close());
      if (folds > 0) {
        report(
            "gram",
            8L * folds * sets * sets,
            () -> backend.parity().gram(columns, sets, rows, part, folds).close());
      }
    }
  }

  private void report(String operation, long bytes, Runnable work) {
    double[] copy = DeviceClock.copy(device, REPEATS, Math.max(8, bytes / 2));
    Measured.of("DeviceParity " + operation, backend)
        .with("sets", sets)
        .with("rows", rows)
        .with("folds", folds)
        .milliseconds("copy_ms", copy)
        .milliseconds("ms", DeviceClock.seconds(device, REPEATS, work))
        .report();
  }

  private Sets randomSets() {
    Philox.Stream random = Philox.stream(2, 0);
    List<int[]> list = new ArrayList<>();
    while (list.size() < sets) {
      int order = list.size() % 5;
      int[] set = new int[order];
      Arrays.setAll(set, k -> random.nextInt(features));
      if (Arrays.stream(set).distinct().count() == order) {
        list.add(set);
      }
    }
    return Sets.of(list);
  }

  /** The folds as ranges of rows; one part of all rows if there are none. */
  private HostBuffer parts() {
    int count = Math.max(1, folds);
    int words = (rows + 63) / 64;
    long[] parts = new long[count * words];
    for (int r = 0; r < rows; r++) {
      parts[(int) ((long) r * count / rows) * words + r / 64] |= 1L << r;
    }
    return HostBuffer.of(parts);
  }

  /** The first sets' results against the host's: bit for bit. */
  private void check(
      Sets all, Buffer masks, Buffer columns, HostBuffer parts, int partCount, double[] values) {
    int some = Math.min(CHECKED, sets);
    int[] first = new int[some];
    Arrays.setAll(first, s -> s);
    try (HostBackend host = new HostBackend()) {
      Buffer few = host.parity().columns(all.select(first), masks.toHost(), rows, features);
      same(few.toHost().words(), Arrays.copyOf(columns.toHost().words(), (int) few.length()));
      HostBuffer y = HostBuffer.of(values);
      try (Buffer onDevice = backend.upload(few);
          Buffer gram = backend.parity().gram(onDevice, some, rows, parts, partCount);
          Buffer products =
              backend.parity().products(onDevice, some, rows, parts, partCount, y, 1)) {
        Buffer hostGram = host.parity().gram(few, some, rows, parts, partCount);
        same(bits(hostGram), bits(gram));
        Buffer hostProducts = host.parity().products(few, some, rows, parts, partCount, y, 1);
        same(bits(hostProducts), bits(products));
      }
    }
  }

  private static long[] bits(Buffer doubles) {
    return Arrays.stream(doubles.toHost().doubles()).mapToLong(Double::doubleToLongBits).toArray();
  }

  private static void same(long[] expected, long[] found) {
    int at = Arrays.mismatch(expected, found);
    if (at >= 0) {
      throw new IllegalStateException("the device's results differ from the host's at " + at);
    }
  }
}
