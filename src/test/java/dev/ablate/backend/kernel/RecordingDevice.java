package dev.ablate.backend.kernel;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import java.util.ArrayList;
import java.util.List;

/** A device that does nothing but note what it is started with. */
final class RecordingDevice implements Device {
  /** A launch: the kernel's name and its arguments in the order of its source. */
  record Launch(String kernel, int localBytes, List<Object> arguments) {}

  private final List<Launch> launches = new ArrayList<>();

  private record Nothing(long bytes) implements Memory {
    @Override
    public long address() {
      return 0;
    }

    @Override
    public void close() {
      // There is nothing to free.
    }
  }

  private record Named(String name, int groupSize) implements Kernel {}

  List<Launch> launches() {
    return launches;
  }

  @Override
  public String kind() {
    return "recording";
  }

  @Override
  public String name() {
    return "a device that records";
  }

  @Override
  public String driver() {
    return "none";
  }

  @Override
  public Limits limits() {
    return new Limits(4, 256, 1 << 16, 1 << 30, 1 << 30);
  }

  @Override
  public Memory allocate(long bytes) {
    return new Nothing(bytes);
  }

  @Override
  public int alignment() {
    return 8;
  }

  @Override
  public Memory part(Memory whole, long offset, long bytes) {
    return new Nothing(bytes);
  }

  @Override
  public void write(Memory to, long offset, HostBuffer from) {
    // Nothing is kept.
  }

  @Override
  public void read(Memory from, long offset, HostBuffer to) {
    // What is read stays as it was.
  }

  @Override
  public void copy(Memory from, long fromOffset, Memory to, long toOffset, long bytes) {
    // Nothing is kept.
  }

  @Override
  public void clear(Memory memory, long offset, long bytes) {
    // Nothing is kept.
  }

  @Override
  public Kernel kernel(KernelSource source, String function) {
    return new Named(function, 256);
  }

  @Override
  public void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    launches.add(new Launch(kernel.name(), localBytes, List.of(arguments)));
  }

  @Override
  public void finish() {
    // Nothing runs.
  }

  @Override
  public long stream() {
    return 0;
  }

  @Override
  public Traffic traffic() {
    return new Traffic(0, 0);
  }

  @Override
  public long allocated() {
    return 0;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
