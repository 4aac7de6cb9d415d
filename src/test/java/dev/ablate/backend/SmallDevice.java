package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;

/** A device with little memory for an allocation, or little local memory for a group. */
final class SmallDevice extends PassingDevice {
  private final long most;
  private final long local;

  /**
   * A device that is smaller than another one.
   *
   * @param most bytes of the largest allocation that it does not refuse
   * @param local bytes of local memory a group
   */
  SmallDevice(Device device, long most, long local) {
    super(device);
    this.most = most;
    this.local = local;
  }

  @Override
  public Limits limits() {
    Limits all = super.limits();
    return new Limits(
        all.units(),
        all.groupSize(),
        Math.min(local, all.localBytes()),
        all.memoryBytes(),
        all.largestBuffer());
  }

  @Override
  public Memory allocate(long bytes) {
    if (bytes > most) {
      throw new OutOfDeviceMemoryException(name(), bytes, allocated(), most);
    }
    return super.allocate(bytes);
  }

  @Override
  public void close() {
    // The device is not its own.
  }
}
