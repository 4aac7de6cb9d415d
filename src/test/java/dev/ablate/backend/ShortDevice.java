package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A device that gives only so much memory. */
final class ShortDevice {
  private ShortDevice() {}

  /**
   * The device with a limit.
   *
   * @param device does all the work
   * @param most bytes that it may have allocated at a time, those of others included
   * @param refused counts what it did not give
   */
  static Device of(Device device, long most, AtomicInteger refused) {
    return (Device)
        Proxy.newProxyInstance(
            ShortDevice.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("allocate")
                  && device.allocated() + (long) arguments[0] > most) {
                refused.incrementAndGet();
                throw new OutOfDeviceMemoryException(
                    device.name(), (long) arguments[0], device.allocated(), most);
              }
              try {
                return method.invoke(device, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
