package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.Tuning;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kernel backends on every device of this machine, at several group sizes. */
public final class KernelBackends {
  /**
   * One item, a warp and several, and with {@code ablate.test.slow} two warps; or the one of {@code
   * ablate.test.group} where more would do the same again.
   */
  private static final List<Integer> GROUP_SIZES =
      Stream.ofNullable(Integer.getInteger("ablate.test.group"))
          .findAny()
          .map(List::of)
          .orElse(
              Boolean.getBoolean("ablate.test.slow")
                  ? List.of(1, 32, 64, 256)
                  : List.of(1, 32, 256));

  /** The one kind of backend to test, {@code cuda} or {@code opencl}; all when it is not set. */
  static final String ONLY = System.getProperty("ablate.test.kind", "");

  /** The usable devices of every kind, open. */
  private static final List<Device> DEVICES =
      Backends.devices().stream()
          .filter(listing -> ONLY.isEmpty() || listing.kind().equals(ONLY))
          .flatMap(listing -> listing.devices().stream())
          .filter(DeviceListing.Candidate::usable)
          .<Device>map(candidate -> new SharedDevice(candidate.open().get()))
          .toList();

  private KernelBackends() {}

  /** A backend for every device and group size. */
  public static Stream<Backend> all() {
    return DEVICES.stream().flatMap(d -> GROUP_SIZES.stream().map(size -> of(d, size)));
  }

  /** A backend for every device, at the group size it is tuned for. */
  public static Stream<Backend> tuned() {
    return DEVICES.stream().map(d -> new KernelBackend(d, Tuning.forDevice(d)));
  }

  /** The group sizes that every device is tested at. */
  static List<Integer> groupSizes() {
    return GROUP_SIZES;
  }

  /** The devices behind the backends; they stay open. */
  static List<Device> devices() {
    return DEVICES;
  }

  /** A backend for every device, with the given tuned numbers. */
  public static Stream<Backend> with(Map<String, Integer> tuning) {
    return DEVICES.stream().map(d -> new KernelBackend(d, new Tuning(tuning)));
  }

  /** A log of commands for every device, to build a backend on with {@link #on}. */
  public static Stream<CommandLog> logs() {
    return DEVICES.stream().map(CommandLog::new);
  }

  /** A backend that gives its commands to a log, at the sizes that the device is tuned for. */
  public static Backend on(CommandLog log) {
    return new KernelBackend(log, Tuning.forDevice(log));
  }

  /** The same on devices that have no memory for a single allocation of more than so many bytes. */
  public static Stream<Backend> withLargestAllocation(long bytes, Map<String, Integer> tuning) {
    return DEVICES.stream()
        .map(d -> new SmallDevice(d, bytes, Long.MAX_VALUE))
        .map(d -> new KernelBackend(d, new Tuning(tuning)));
  }

  /** The same on devices that have no more than so many bytes of local memory for a group. */
  public static Stream<Backend> withLocalMemory(long bytes, Map<String, Integer> tuning) {
    return DEVICES.stream()
        .map(d -> new SmallDevice(d, Long.MAX_VALUE, bytes))
        .map(d -> new KernelBackend(d, new Tuning(tuning)));
  }

  /** Bytes that are allocated on every device. */
  public static long[] allocated() {
    return DEVICES.stream().mapToLong(Device::allocated).toArray();
  }

  private static Backend of(Device device, int groupSize) {
    return new KernelBackend(device, new Tuning(Map.of("group", groupSize)));
  }
}
