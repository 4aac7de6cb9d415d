package dev.ablate.backend.kernel.opencl;

import static org.jocl.CL.CL_DEVICE_EXTENSIONS;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_NOT_FOUND;
import static org.jocl.CL.CL_DEVICE_TYPE;
import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
import static org.jocl.CL.CL_DEVICE_TYPE_GPU;
import static org.jocl.CL.CL_DRIVER_VERSION;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.CL_PLATFORM_NAME;
import static org.jocl.CL.clGetDeviceIDs;
import static org.jocl.CL.clGetDeviceInfo;
import static org.jocl.CL.clGetPlatformIDs;
import static org.jocl.CL.clGetPlatformInfo;

import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.code.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** The OpenCL devices of this machine. */
public final class OpenClPlatforms {
  private static final String KIND = "opencl";
  private static final List<String> NEEDED =
      List.of("cl_khr_fp64", "cl_khr_int64_base_atomics", "cl_khr_int64_extended_atomics");

  /** What the loader of installable drivers says when it knows none; not in the binding's list. */
  private static final int PLATFORM_NOT_FOUND = -1001;

  private OpenClPlatforms() {}

  /**
   * A device as OpenCL shows it.
   *
   * @param platform its platform
   * @param device its handle
   */
  record Found(cl_platform_id platform, cl_device_id device) {
    String name() {
      return text(device, CL_DEVICE_NAME);
    }

    String platformName() {
      return text(platform);
    }

    String driver() {
      return platformName() + ", driver " + text(device, CL_DRIVER_VERSION);
    }

    boolean gpu() {
      return (number(device, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU) != 0;
    }

    /** What the kernels need and the device lacks, or null. */
    String problem() {
      List<String> has = List.of(text(device, CL_DEVICE_EXTENSIONS).split(" "));
      List<String> missing = NEEDED.stream().filter(e -> !has.contains(e)).toList();
      return missing.isEmpty() ? null : "lacks " + String.join(", ", missing);
    }
  }

  /** All devices in the order of the platforms, or the reason why there is none. */
  public static DeviceListing listing() {
    return listing(KernelCache.standard());
  }

  /** All devices, which keep their compiled kernels in a cache. */
  public static DeviceListing listing(KernelCache cache) {
    String missing = OpenClLoader.problem();
    if (missing != null) {
      return DeviceListing.none(KIND, missing);
    }
    List<Found> all;
    try {
      OpenClBinding.load();
      all = all();
    } catch (InputException e) {
      return DeviceListing.none(KIND, e.getMessage());
    } catch (LinkageError e) {
      return DeviceListing.none(
          KIND, "the OpenCL binding does not load: " + e.getMessage() + ": reinstall the loader");
    } catch (CLException | UnsupportedOperationException e) {
      return DeviceListing.none(
          KIND, "OpenCL fails with " + e.getMessage() + ": check the driver with clinfo");
    }
    if (all.isEmpty()) {
      return DeviceListing.none(
          KIND,
          "no OpenCL driver (nothing in /etc/OpenCL/vendors that loads): install the device's or"
              + " pocl-opencl-icd");
    }
    List<DeviceListing.Candidate> devices = new ArrayList<>();
    for (Found found : all) {
      devices.add(
          new DeviceListing.Candidate(
              KIND + ":" + devices.size(),
              found.name(),
              found.driver(),
              found.gpu(),
              found.problem(),
              () -> new OpenClDevice(found, cache)));
    }
    return new DeviceListing(KIND, devices, null);
  }

  private static List<Found> all() {
    CL.setExceptionsEnabled(true);
    List<Found> all = new ArrayList<>();
    for (cl_platform_id platform : platforms()) {
      for (cl_device_id device : devices(platform)) {
        all.add(new Found(platform, device));
      }
    }
    return all;
  }

  private static cl_platform_id[] platforms() {
    int[] count = new int[1];
    try {
      clGetPlatformIDs(0, null, count);
    } catch (CLException e) {
      if (e.getStatus() != PLATFORM_NOT_FOUND) {
        throw e;
      }
    }
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    if (count[0] > 0) {
      clGetPlatformIDs(platforms.length, platforms, null);
    }
    return platforms;
  }

  private static cl_device_id[] devices(cl_platform_id platform) {
    int[] count = new int[1];
    try {
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count);
    } catch (CLException e) {
      if (e.getStatus() != CL_DEVICE_NOT_FOUND) {
        throw e;
      }
    }
    cl_device_id[] devices = new cl_device_id[count[0]];
    if (count[0] > 0) {
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, devices.length, devices, null);
    }
    return devices;
  }

  static boolean outOfMemory(CLException e) {
    int status = e.getStatus();
    return status == CL_MEM_OBJECT_ALLOCATION_FAILURE
        || status == CL_OUT_OF_RESOURCES
        || status == CL.CL_OUT_OF_HOST_MEMORY
        || status == CL.CL_INVALID_BUFFER_SIZE;
  }

  static long number(cl_device_id id, int what) {
    long[] number = new long[1];
    clGetDeviceInfo(id, what, 8, Pointer.to(number), null);
    return number[0];
  }

  static String text(cl_device_id id, int what) {
    long[] size = new long[1];
    clGetDeviceInfo(id, what, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetDeviceInfo(id, what, bytes.length, Pointer.to(bytes), null);
    return trimmed(bytes);
  }

  private static String text(cl_platform_id id) {
    long[] size = new long[1];
    clGetPlatformInfo(id, CL_PLATFORM_NAME, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetPlatformInfo(id, CL_PLATFORM_NAME, bytes.length, Pointer.to(bytes), null);
    return trimmed(bytes);
  }

  private static String trimmed(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "").trim();
  }
}
