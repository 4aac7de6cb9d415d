package dev.ablate.backend.kernel.opencl;

import static org.jocl.CL.CL_DEVICE_EXTENSIONS;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.CL_PLATFORM_NAME;
import static org.jocl.CL.clGetDeviceIDs;
import static org.jocl.CL.clGetDeviceInfo;
import static org.jocl.CL.clGetPlatformIDs;
import static org.jocl.CL.clGetPlatformInfo;

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
  private static final List<String> NEEDED =
      List.of("cl_khr_fp64", "cl_khr_int64_base_atomics", "cl_khr_int64_extended_atomics");

  private OpenClPlatforms() {}

  /**
   * A device and why it cannot be used, if so.
   *
   * @param platform its platform
   * @param device its handle
   * @param platformName the platform in words
   * @param name the device in words
   * @param problem what it lacks, or null
   */
  public record Found(
      cl_platform_id platform,
      cl_device_id device,
      String platformName,
      String name,
      String problem) {}

  /**
   * All devices, in the order of the platforms.
   *
   * @throws UnsatisfiedLinkError if the OpenCL loader is not installed
   */
  public static List<Found> all() {
    List<Found> all = new ArrayList<>();
    CL.setExceptionsEnabled(false);
    int[] count = new int[1];
    clGetPlatformIDs(0, null, count);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    if (count[0] > 0) {
      clGetPlatformIDs(platforms.length, platforms, null);
    }
    for (cl_platform_id platform : platforms) {
      String platformName = text(platform);
      int[] devices = new int[1];
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, devices);
      cl_device_id[] ids = new cl_device_id[devices[0]];
      if (devices[0] > 0) {
        clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, ids.length, ids, null);
      }
      for (cl_device_id id : ids) {
        all.add(new Found(platform, id, platformName, text(id, CL_DEVICE_NAME), problem(id)));
      }
    }
    CL.setExceptionsEnabled(true);
    return all;
  }

  private static String problem(cl_device_id id) {
    List<String> has = List.of(text(id, CL_DEVICE_EXTENSIONS).split(" "));
    List<String> missing = NEEDED.stream().filter(e -> !has.contains(e)).toList();
    return missing.isEmpty() ? null : "lacks " + String.join(", ", missing);
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
