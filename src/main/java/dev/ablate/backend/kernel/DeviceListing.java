package dev.ablate.backend.kernel;

import java.util.List;
import java.util.function.Supplier;

/**
 * What one interface to devices found on this machine. Making the list never fails: what is missing
 * is a reason in it.
 *
 * @param kind the interface, {@code opencl} or {@code cuda}
 * @param devices every device, usable or not; the position is the number after the colon in {@code
 *     opencl:0}
 * @param problem why there is no device at all, with the missing library by name and how to mend
 *     it; null when there is one
 */
public record DeviceListing(String kind, List<Candidate> devices, String problem) {
  /** Copies the list. */
  public DeviceListing {
    devices = List.copyOf(devices);
  }

  /**
   * A device that could run the kernels.
   *
   * @param id how {@code --backend} names it, such as {@code opencl:0}
   * @param name the device in words
   * @param driver version of its driver, in its own words
   * @param gpu whether it is a GPU, rather than the processor behind OpenCL
   * @param problem what it lacks, or null if it is usable
   * @param open opens it; called only when it is usable
   */
  public record Candidate(
      String id, String name, String driver, boolean gpu, String problem, Supplier<Device> open) {
    /** Whether it can be opened. */
    public boolean usable() {
      return problem == null;
    }
  }

  /** A kind without a device. */
  public static DeviceListing none(String kind, String problem) {
    return new DeviceListing(kind, List.of(), problem);
  }
}
