package dev.ablate.backend.kernel;

/** A device has not as much memory left as was asked for. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final double MIB = 1 << 20;

  private final long bytes;

  /**
   * What was asked of whom.
   *
   * @param device the device in words
   * @param bytes how much was asked for
   * @param allocated how much this process holds already
   * @param memory how much the device has
   */
  public OutOfDeviceMemoryException(String device, long bytes, long allocated, long memory) {
    super(
        String.format(
            "%s is out of memory: %.1f MiB asked for, %.1f of %.1f MiB in use by Ablate; lower"
                + " the budget or use the host backend",
            device, bytes / MIB, allocated / MIB, memory / MIB));
    this.bytes = bytes;
  }

  /** How many bytes were asked for. */
  public long bytes() {
    return bytes;
  }
}
