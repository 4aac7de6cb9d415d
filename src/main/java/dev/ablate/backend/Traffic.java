package dev.ablate.backend;

/**
 * Bytes that a backend moved between the host and its device.
 *
 * @param toDevice bytes copied to the device
 * @param toHost bytes copied back
 */
public record Traffic(long toDevice, long toHost) {
  /** Nothing moved. */
  public static final Traffic NONE = new Traffic(0, 0);

  /** What was moved since an earlier count. */
  public Traffic since(Traffic earlier) {
    return new Traffic(toDevice - earlier.toDevice, toHost - earlier.toHost);
  }
}
