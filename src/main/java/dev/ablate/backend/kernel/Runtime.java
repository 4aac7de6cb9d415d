package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.InputException;
import dev.ablate.work.Work;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What all operations of a kernel backend share: the device, its tuning, and how to launch. */
final class Runtime {
  private final Device device;
  private final Tuning tuning;
  private final Map<KernelId, Kernel> kernels = new ConcurrentHashMap<>();

  private record KernelId(String stem, String function, Map<String, Integer> defines) {}

  /**
   * A compiled kernel and what its source says of it.
   *
   * @param macros the constants and sizes that the source defines
   * @param signature its parameters
   */
  record Kernel(Device.Kernel compiled, KernelMacros macros, KernelSignature signature) {
    /** Name of the function. */
    String name() {
      return compiled.name();
    }

    /** Most items a group can have for this kernel on this device. */
    int groupSize() {
      return compiled.groupSize();
    }

    /** A constant or a size that the source defines: {@link KernelMacros#number}. */
    int number(String macro, long... arguments) {
      return macros.number(macro, arguments);
    }
  }

  /**
   * What a buffer holds.
   *
   * @param length number of elements
   */
  record Shape(Element element, long length) {
    private static Shape of(Buffer buffer) {
      return new Shape(buffer.element(), buffer.length());
    }

    private long bytes() {
      return Math.max(1, length) * element.bytes();
    }
  }

  Runtime(Device device, Tuning tuning) {
    this.device = device;
    this.tuning = tuning;
  }

  Device device() {
    return device;
  }

  Tuning tuning() {
    return tuning;
  }

  /** A buffer that outlives the call, contents undefined. */
  KernelBuffer allocate(Element element, long length) {
    return new KernelBuffer(device, element, length);
  }

  /** A copy on the device that outlives the call. */
  KernelBuffer upload(Buffer from) {
    HostBuffer host = from.toHost();
    KernelBuffer buffer = allocate(host.element(), host.length());
    if (host.length() > 0) {
      device.write(buffer.memory(), 0, host);
    }
    return buffer;
  }

  /**
   * A buffer of this device, which an operation changes.
   *
   * @throws IllegalArgumentException if it lives elsewhere: what is done to a copy would be lost
   */
  KernelBuffer here(Buffer buffer) {
    if (buffer instanceof KernelBuffer there && there.device() == device) {
      return there;
    }
    throw new IllegalArgumentException("what is changed must be in the device's memory");
  }

  /** A new scope for temporary buffers. */
  Scope scope() {
    return new Scope();
  }

  /** Items a group for a kernel of a stem: the tuned number, as far as the kernel can have it. */
  int groupSize(Kernel kernel) {
    int most = Math.min(kernel.groupSize(), device.limits().groupSize());
    return Math.min(tuning.groupSize(kernel.name()), most);
  }

  /** Groups that cover {@code items} with one item each, bounded by what keeps the device busy. */
  int groups(long items, int groupSize) {
    long wanted = Math.max(1, (items + groupSize - 1) / groupSize);
    long most = (long) device.limits().units() * tuning.get("groups_per_unit");
    return (int) Math.min(wanted, Math.max(1, most));
  }

  /** Starts a kernel over so many independent items, without local memory. */
  void forItems(String stem, String function, long items, Arguments arguments) {
    Kernel kernel = kernel(stem, function, Map.of());
    int size = groupSize(kernel);
    launch(kernel, groups(items, size), size, 0, arguments);
  }

  /** A compiled kernel, compiled at its first use. */
  Kernel kernel(String stem, String function, Map<String, Integer> defines) {
    KernelId id = new KernelId(stem, function, defines);
    // Launches are frequent: only the first goes through the lock of the device.
    Kernel kernel = kernels.get(id);
    if (kernel == null) {
      KernelSource source = KernelSource.of(stem, defines);
      KernelMacros macros = KernelMacros.of(source);
      KernelSignature signature = KernelSignature.of(macros, function);
      kernel = new Kernel(device.kernel(source, function), macros, signature);
      kernels.put(new KernelId(stem, function, Map.copyOf(defines)), kernel);
    }
    return kernel;
  }

  /**
   * Starts a kernel.
   *
   * @throws IllegalArgumentException if the arguments are not those of the kernel's source
   * @throws InputException if a group of the device has not so much local memory
   */
  void launch(Kernel kernel, int groups, int groupSize, int localBytes, Arguments arguments) {
    if (localBytes > device.limits().localBytes()) {
      throw new InputException(
          String.format(
              "%s needs %d bytes of local memory at these sizes, and a group of %s has %d: use the"
                  + " backend host",
              kernel.name(), localBytes, device.name(), device.limits().localBytes()));
    }
    Object[] ordered = kernel.signature.order(arguments);
    Work.check();
    device.launch(kernel.compiled, groups, groupSize, localBytes, ordered);
  }

  /** Temporary buffers of one call; all are freed at its end. */
  final class Scope implements AutoCloseable {
    private final List<KernelBuffer> temporaries = new ArrayList<>();

    private Scope() {}

    /** The buffer itself if it lives on this device, otherwise a temporary copy. */
    KernelBuffer in(Buffer buffer) {
      if (buffer instanceof KernelBuffer here && here.device() == device) {
        return here;
      }
      return add(upload(buffer));
    }

    /** A temporary copy of host words. */
    KernelBuffer in(long[] words) {
      return in(HostBuffer.of(words));
    }

    /** A temporary copy of host integers. */
    KernelBuffer in(int[] values) {
      return in(HostBuffer.of(values));
    }

    /** A temporary copy of host doubles. */
    KernelBuffer in(double[] values) {
      return in(HostBuffer.of(values));
    }

    /** Temporary copies of host buffers, brought over together. */
    KernelBuffer[] in(HostBuffer... from) {
      Shape[] shapes = Arrays.stream(from).map(Shape::of).toArray(Shape[]::new);
      long[] starts = starts(shapes);
      int bytes = Math.toIntExact(starts[from.length]);
      ByteBuffer all = ByteBuffer.wrap(new byte[bytes]).order(ByteOrder.nativeOrder());
      for (int i = 0; i < from.length; i++) {
        ByteBuffer to = all.slice((int) starts[i], (int) from[i].bytes()).order(all.order());
        switch (from[i].element()) {
          case U64 -> to.asLongBuffer().put(from[i].words());
          case F64 -> to.asDoubleBuffer().put(from[i].doubles());
          case F32 -> to.asFloatBuffer().put(from[i].floats());
          case I32 -> to.asIntBuffer().put(from[i].ints());
          case U8 -> to.put(from[i].byteArray());
        }
      }
      return parts(add(upload(HostBuffer.of(all.array()))), starts, shapes);
    }

    private KernelBuffer[] parts(KernelBuffer whole, long[] starts, Shape[] shapes) {
      KernelBuffer[] parts = new KernelBuffer[shapes.length];
      for (int i = 0; i < parts.length; i++) {
        Device.Memory part = device.part(whole.memory(), starts[i], shapes[i].bytes());
        parts[i] = add(new KernelBuffer(device, shapes[i].element(), shapes[i].length(), part));
      }
      return parts;
    }

    /** Temporary buffers of zeros, cleared together. */
    KernelBuffer[] zeros(Shape... shapes) {
      long[] starts = starts(shapes);
      return parts(zeros(Element.U8, starts[shapes.length]), starts, shapes);
    }

    /** Where parts that lie behind each other begin, and the end of the last, in bytes. */
    private long[] starts(Shape... shapes) {
      long[] starts = new long[shapes.length + 1];
      for (int i = 0; i < shapes.length; i++) {
        long step = i + 1 < shapes.length ? device.alignment() : 1;
        starts[i + 1] = (starts[i] + shapes[i].bytes() + step - 1) / step * step;
      }
      return starts;
    }

    /** A temporary buffer, contents undefined. */
    KernelBuffer temporary(Element element, long length) {
      return add(allocate(element, length));
    }

    /** A temporary buffer of zeros. */
    KernelBuffer zeros(Element element, long length) {
      KernelBuffer buffer = temporary(element, length);
      device.clear(buffer.memory(), 0, buffer.memory().bytes());
      return buffer;
    }

    /** Lets a temporary buffer of its own outlive the call. */
    KernelBuffer keep(KernelBuffer buffer) {
      temporaries.remove(buffer);
      return buffer;
    }

    private KernelBuffer add(KernelBuffer buffer) {
      temporaries.add(buffer);
      return buffer;
    }

    @Override
    public void close() {
      // Parts before what they are parts of.
      Collections.reverse(temporaries);
      temporaries.forEach(KernelBuffer::close);
      temporaries.clear();
    }
  }
}
