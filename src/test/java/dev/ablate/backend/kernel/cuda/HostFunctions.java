package dev.ablate.backend.kernel.cuda;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import jcuda.driver.JCudaDriver;

/**
 * Stands for a model that works in a stream: functions of the host that take their turn there. What
 * they read and write at device addresses is memory of the host only over native/fakecuda.
 */
public final class HostFunctions {
  private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

  private HostFunctions() {}

  /** The JDK's own way to memory at an address, which the compiler will not have named. */
  private static final class Memory {
    private static final Object UNSAFE;
    private static final Method COPY;
    private static final long ARRAY;

    static {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        UNSAFE = instance.get(null);
        COPY =
            type.getMethod(
                "copyMemory", Object.class, long.class, Object.class, long.class, long.class);
        ARRAY = type.getField("ARRAY_BYTE_BASE_OFFSET").getInt(null);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    static void copy(Object from, long start, Object to, long place, long bytes) {
      try {
        COPY.invoke(UNSAFE, from, start, to, place, bytes);
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Gives a stream a function, which may not call the driver. */
  public static void give(CudaStream stream, Runnable function) {
    stream.enter();
    int result =
        JCudaDriver.cuLaunchHostFunc(
            stream.binding(),
            nothing -> {
              try {
                function.run();
              } catch (Throwable e) {
                FAILURE.compareAndSet(null, e);
              }
            },
            null);
    Cuda.check(result, "cuLaunchHostFunc");
  }

  /** Throws what a function threw since the last call. */
  public static void check() {
    Throwable failure = FAILURE.getAndSet(null);
    if (failure != null) {
      throw new AssertionError("a function of the host failed", failure);
    }
  }

  /** What lies at an address of native/fakecuda, in native order. */
  public static ByteBuffer read(long address, int bytes) {
    byte[] copy = new byte[bytes];
    Memory.copy(null, address, copy, Memory.ARRAY, bytes);
    return ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
  }

  /** Writes all bytes of a buffer with an array to an address of native/fakecuda. */
  public static void write(long address, ByteBuffer bytes) {
    Memory.copy(bytes.array(), Memory.ARRAY, null, address, bytes.capacity());
  }
}
