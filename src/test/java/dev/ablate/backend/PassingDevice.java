package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelSource;
import java.util.List;

/** A device that passes everything on to another one. */
class PassingDevice implements Device {
  private final Device device;

  PassingDevice(Device device) {
    this.device = device;
  }

  @Override
  public String kind() {
    return device.kind();
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String driver() {
    return device.driver();
  }

  @Override
  public String architecture() {
    return device.architecture();
  }

  @Override
  public Limits limits() {
    return device.limits();
  }

  @Override
  public Memory allocate(long bytes) {
    return device.allocate(bytes);
  }

  @Override
  public int alignment() {
    return device.alignment();
  }

  @Override
  public Memory part(Memory whole, long offset, long bytes) {
    return device.part(whole, offset, bytes);
  }

  @Override
  public void write(Memory to, long offset, HostBuffer from) {
    device.write(to, offset, from);
  }

  @Override
  public void read(Memory from, long offset, HostBuffer to) {
    device.read(from, offset, to);
  }

  @Override
  public void read(List<Fetch> fetches) {
    device.read(fetches);
  }

  @Override
  public Arrival send(Fetch fetch) {
    return device.send(fetch);
  }

  @Override
  public long freeMemory() {
    return device.freeMemory();
  }

  @Override
  public void copy(Memory from, long fromOffset, Memory to, long toOffset, long bytes) {
    device.copy(from, fromOffset, to, toOffset, bytes);
  }

  @Override
  public void clear(Memory memory, long offset, long bytes) {
    device.clear(memory, offset, bytes);
  }

  @Override
  public Kernel kernel(KernelSource source, String function) {
    return device.kernel(source, function);
  }

  @Override
  public void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    device.launch(kernel, groups, groupSize, localBytes, arguments);
  }

  @Override
  public void finish() {
    device.finish();
  }

  @Override
  public long stream() {
    return device.stream();
  }

  @Override
  public Traffic traffic() {
    return device.traffic();
  }

  @Override
  public long allocated() {
    return device.allocated();
  }

  @Override
  public void close() {
    device.close();
  }
}
