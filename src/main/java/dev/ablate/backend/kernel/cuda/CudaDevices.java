package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.DeviceListing.Candidate;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.SharedLibraries;
import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The CUDA devices of this machine. */
public final class CudaDevices {
  /** Kernels use what came with Ampere: large shared memory, fast 64-bit atomics. */
  private static final int LEAST_CAPABILITY = 80;

  /** Hopper brought groups that read each other's shared memory. */
  private static final Path MODULE_VERSION = Path.of("/sys/module/nvidia/version");

  private static final String KIND = "cuda";
  private static final String DRIVER = "libcuda.so.1";
  private static final String NO_DRIVER = DRIVER + " not found: no NVIDIA driver is installed";
  private static String missing;

  private CudaDevices() {}

  /**
   * A device as the driver describes it.
   *
   * @param ordinal its number, as the driver counts
   * @param handle its handle
   * @param name the device in words
   * @param driver the driver in words
   * @param capability compute capability times 10: 90 for 9.0
   * @param limits its sizes
   */
  record Found(
      int ordinal,
      CUdevice handle,
      String name,
      String driver,
      int capability,
      Device.Limits limits) {
    /** What NVIDIA's compilers call it, such as {@code sm_90}. */
    String architecture() {
      return "sm_" + capability;
    }

    /** Why it cannot be used, or null. */
    String problem() {
      return capability >= LEAST_CAPABILITY
          ? null
          : String.format(
              "compute capability %d.%d; %d.%d or newer is needed",
              capability / 10, capability % 10, LEAST_CAPABILITY / 10, LEAST_CAPABILITY % 10);
    }
  }

  /** All devices in the driver's order, or why there are none. */
  public static DeviceListing listing() {
    return listing(KernelCache.standard());
  }

  /** All devices, which keep their compiled kernels in a cache. */
  public static DeviceListing listing(KernelCache cache) {
    if (SharedLibraries.lacks(DRIVER)) {
      return DeviceListing.none(KIND, NO_DRIVER);
    }
    int[] count = new int[1];
    String driver;
    try {
      CudaBinding.load(JCudaDriver.class);
      int result = cuInit(0);
      if (result == CUresult.CUDA_SUCCESS) {
        result = cuDeviceGetCount(count);
      }
      if (result == CUresult.CUDA_ERROR_NO_DEVICE
          || result == CUresult.CUDA_SUCCESS && count[0] == 0) {
        return DeviceListing.none(KIND, "the NVIDIA driver sees no GPU");
      } else if (result != CUresult.CUDA_SUCCESS) {
        return DeviceListing.none(
            KIND, "the NVIDIA driver does not start: " + CUresult.stringFor(result));
      }
      driver = driver();
    } catch (InputException e) {
      return DeviceListing.none(KIND, e.getMessage());
    } catch (LinkageError e) {
      return DeviceListing.none(KIND, missing(e));
    }
    List<Candidate> devices = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      Found found = found(i, driver);
      devices.add(
          new Candidate(
              KIND + ":" + i,
              found.name(),
              driver,
              true,
              found.problem(),
              () -> new CudaDevice(found, cache)));
    }
    return new DeviceListing(KIND, devices, null);
  }

  /** What the loader lacked, in words. The binding loads only once, so the first answer stays. */
  private static synchronized String missing(LinkageError e) {
    if (missing == null) {
      String message = String.valueOf(e.getMessage());
      missing =
          message.contains(DRIVER)
              ? NO_DRIVER
              : "JCuda does not load: " + message.lines().findFirst().orElse("");
    }
    return missing;
  }

  private static Found found(int index, String driver) {
    CUdevice device = new CUdevice();
    check(cuDeviceGet(device, index), "cuDeviceGet");
    byte[] name = new byte[256];
    check(cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    long[] memory = new long[1];
    check(cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
    int capability =
        10 * attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    return new Found(
        index,
        device,
        new String(name, StandardCharsets.UTF_8).replace("\0", "").trim(),
        driver,
        capability,
        new Device.Limits(
            attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
            attribute(device, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
            attribute(device, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
            memory[0],
            memory[0]));
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    check(cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  /** The CUDA version of the driver, and the version of the driver itself where the kernel says. */
  private static String driver() {
    int[] version = new int[1];
    check(cuDriverGetVersion(version), "cuDriverGetVersion");
    String cuda = String.format("CUDA %d.%d", version[0] / 1000, version[0] % 1000 / 10);
    try {
      return cuda + ", driver " + Files.readString(MODULE_VERSION).trim();
    } catch (IOException e) {
      return cuda;
    }
  }
}
