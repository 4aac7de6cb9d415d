package dev.ablate.backend.kernel.opencl;

import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_VENDOR;
import static org.jocl.CL.CL_DEVICE_VERSION;
import static org.jocl.CL.CL_DRIVER_VERSION;
import static org.jocl.CL.CL_PROGRAM_BINARIES;
import static org.jocl.CL.CL_PROGRAM_BINARY_SIZES;
import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateProgramWithBinary;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clGetProgramBuildInfo;
import static org.jocl.CL.clGetProgramInfo;
import static org.jocl.CL.clReleaseProgram;

import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/** From sources to programs of one device, by way of the binaries on disk. */
final class OpenClPrograms {
  private final cl_context context;
  private final cl_device_id device;
  private final String platform;
  private final KernelCache cache;

  OpenClPrograms(cl_context context, OpenClPlatforms.Found found, KernelCache cache) {
    this.context = context;
    this.device = found.device();
    this.platform = found.platformName();
    this.cache = cache;
  }

  /**
   * Compiles a source, or takes what an earlier run compiled.
   *
   * @throws IllegalStateException if the compiler refuses it; the message has what it said
   */
  cl_program build(KernelSource source) {
    String options = "-cl-std=CL1.2 " + source.options("ABLATE_OPENCL");
    String key = key(source, options);
    Optional<cl_program> known = cache.read(key).flatMap(binary -> fromBinary(binary, options));
    if (known.isPresent()) {
      return known.get();
    }
    cl_program program =
        clCreateProgramWithSource(context, 1, new String[] {source.text()}, null, null);
    try {
      clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null);
    } catch (CLException e) {
      throw new IllegalStateException(
          "kernels/" + source.stem() + ".cl: " + e.getMessage() + "\n" + log(program), e);
    }
    keep(key, program);
    return program;
  }

  private String key(KernelSource source, String options) {
    return KernelCache.key(
        "opencl",
        platform,
        OpenClPlatforms.text(device, CL_DEVICE_VENDOR),
        OpenClPlatforms.text(device, CL_DEVICE_NAME),
        OpenClPlatforms.text(device, CL_DEVICE_VERSION),
        OpenClPlatforms.text(device, CL_DRIVER_VERSION),
        options,
        source.text());
  }

  /** The program of a binary, or nothing if the driver does not take it. */
  private Optional<cl_program> fromBinary(byte[] binary, String options) {
    cl_program program = null;
    try {
      program =
          clCreateProgramWithBinary(
              context,
              1,
              new cl_device_id[] {device},
              new long[] {binary.length},
              new byte[][] {binary},
              new int[1],
              null);
      clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null);
      return Optional.of(program);
    } catch (CLException e) {
      if (program != null) {
        clReleaseProgram(program);
      }
      return Optional.empty();
    }
  }

  private void keep(String key, cl_program program) {
    try {
      long[] size = new long[1];
      clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
      if (size[0] > 0) {
        byte[] binary = new byte[Math.toIntExact(size[0])];
        Pointer binaries = Pointer.to(Pointer.to(binary));
        clGetProgramInfo(program, CL_PROGRAM_BINARIES, Sizeof.POINTER, binaries, null);
        cache.write(key, binary);
      }
    } catch (CLException e) {
      // A driver that gives no binaries: the next run compiles again.
    }
  }

  private String log(cl_program program) {
    long[] size = new long[1];
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null);
    return new String(log, StandardCharsets.UTF_8).trim();
  }
}
