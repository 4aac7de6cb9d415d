package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;

/** Numbers in the memory of a device. */
final class KernelBuffer implements Buffer {
  private final Device device;
  private final Element element;
  private final long length;
  private final Device.Memory memory;

  /** Memory for {@code length} elements, contents undefined. */
  KernelBuffer(Device device, Element element, long length) {
    this.device = device;
    this.element = element;
    this.length = length;
    // An empty buffer is an argument like any other.
    this.memory = device.allocate(Math.max(1, length) * element.bytes());
  }

  /** A part of other memory. */
  KernelBuffer(Device device, Element element, long length, Device.Memory part) {
    this.device = device;
    this.element = element;
    this.length = length;
    this.memory = part;
  }

  Device device() {
    return device;
  }

  Device.Memory memory() {
    return memory;
  }

  @Override
  public String backend() {
    return device.kind();
  }

  @Override
  public Element element() {
    return element;
  }

  @Override
  public long length() {
    return length;
  }

  /** What fills a host buffer from element {@code start} on. */
  Device.Fetch fetch(long start, HostBuffer to) {
    return new Device.Fetch(memory, start * element.bytes(), to);
  }

  @Override
  public HostBuffer toHost() {
    HostBuffer host = HostBuffer.zeros(element, Math.toIntExact(length));
    if (length > 0) {
      device.read(memory, 0, host);
    }
    return host;
  }

  @Override
  public void close() {
    memory.close();
  }
}
