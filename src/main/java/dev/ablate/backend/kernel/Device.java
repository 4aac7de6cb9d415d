package dev.ablate.backend.kernel;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Traffic;
import java.util.List;

/**
 * One accelerator: its memory, its kernels and one stream of commands, which run in the order in
 * which they were given. Safe from several threads.
 */
public interface Device extends AutoCloseable {
  /** The interface that drives it, {@code opencl} or {@code cuda}; also the backend's name. */
  String kind();

  /** The device in words, such as {@code NVIDIA H200}. */
  String name();

  /** Version of the driver, in its own words. */
  String driver();

  /**
   * What tables of tuned numbers call devices of its sort: {@code sm_90} behind CUDA, {@code
   * opencl-gpu} or {@code opencl-cpu} behind OpenCL.
   */
  default String architecture() {
    return kind();
  }

  /** What the device offers. */
  Limits limits();

  /**
   * Sizes of a device.
   *
   * @param units multiprocessors or compute units
   * @param groupSize most items a group
   * @param localBytes most local memory a group, in bytes
   * @param memoryBytes memory of the device, in bytes
   * @param largestBuffer most bytes of one allocation
   */
  record Limits(int units, int groupSize, long localBytes, long memoryBytes, long largestBuffer) {}

  /**
   * Memory of a device. What it is belongs to the device that gave it.
   *
   * <p>Closing frees it once all commands given before are done; closing twice does nothing.
   */
  interface Memory extends AutoCloseable {
    /** Size in bytes. */
    long bytes();

    /** Address on the device, for those who share its memory; 0 where it has none. */
    long address();

    @Override
    void close();
  }

  /** A compiled kernel of this device. */
  interface Kernel {
    /** Name of the function. */
    String name();

    /** Most items a group can have for this kernel on this device. */
    int groupSize();
  }

  /**
   * Memory with undefined contents.
   *
   * @param bytes size, at least 1
   * @throws OutOfDeviceMemoryException if there is not so much left
   */
  Memory allocate(long bytes);

  /** Where a part of memory may begin: multiples of so many bytes, a power of two, at least 8. */
  int alignment();

  /**
   * A part of memory, which is freed with the whole. Closing it does nothing to the whole.
   *
   * @param whole from {@link #allocate}
   * @param offset where it begins, a multiple of {@link #alignment()}
   * @param bytes size, at least 1
   */
  Memory part(Memory whole, long offset, long bytes);

  /** Copies a whole host buffer to the device, from byte {@code offset} on; waits for it. */
  void write(Memory to, long offset, HostBuffer from);

  /** Fills a whole host buffer from the device, from byte {@code offset} on; waits for it. */
  void read(Memory from, long offset, HostBuffer to);

  /**
   * A host buffer to be filled.
   *
   * @param from where its bytes are
   * @param offset the first of them
   * @param to filled as a whole
   */
  record Fetch(Memory from, long offset, HostBuffer to) {}

  /** Fills several host buffers and waits for all of them together. */
  default void read(List<Fetch> fetches) {
    fetches.forEach(fetch -> read(fetch.from(), fetch.offset(), fetch.to()));
  }

  /**
   * Sends bytes on their way to a host buffer, behind the commands given so far. Whoever can do so
   * does not wait.
   */
  default Arrival send(Fetch fetch) {
    read(fetch.from(), fetch.offset(), fetch.to());
    return Arrival.of(fetch.to());
  }

  /** Copies within the device. */
  void copy(Memory from, long fromOffset, Memory to, long toOffset, long bytes);

  /** Sets bytes to 0. */
  void clear(Memory memory, long offset, long bytes);

  /**
   * A kernel, compiled at its first use.
   *
   * @param source the expanded source and its options
   * @param function name of the kernel in it
   */
  Kernel kernel(KernelSource source, String function);

  /**
   * Starts a kernel.
   *
   * @param kernel from this device
   * @param groups number of groups, at least 1
   * @param groupSize items a group
   * @param localBytes local memory a group, in bytes
   * @param arguments {@link Memory}, {@code Integer}, {@code Long}, {@code Float} or {@code Double}
   *     in the kernel's order, without the local memory
   */
  void launch(Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments);

  /** Waits until all commands are done. */
  void finish();

  /** The native handle of the stream of commands, for those who share it; 0 where there is none. */
  long stream();

  /** Bytes moved between host and device so far. */
  Traffic traffic();

  /** Bytes of memory that are allocated and not yet closed. */
  long allocated();

  /** Bytes that nobody uses, as far as the device says; what was kept for later is given back. */
  default long freeMemory() {
    return limits().memoryBytes() - allocated();
  }

  @Override
  void close();
}
