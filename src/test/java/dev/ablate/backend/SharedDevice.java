package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;

/** A device that outlives the backends of single test cases, so that kernels are compiled once. */
final class SharedDevice extends PassingDevice {
  SharedDevice(Device device) {
    super(device);
  }

  @Override
  public void close() {
    // The device lives as long as the tests.
  }
}
