package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;

/** A device that refuses allocations of more than so many bytes. */
final class SmallDevice extends PassingDevice {
  private final long most;

  SmallDevice(Device device, long most) {
    super(device);
    this.most = most;
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
