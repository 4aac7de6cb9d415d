package dev.ablate.backend.kernel.opencl;

import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clGetProgramBuildInfo;

import dev.ablate.backend.kernel.KernelSource;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/** From sources to programs. */
final class OpenClPrograms {
  private OpenClPrograms() {}

  /**
   * Compiles a source.
   *
   * @throws IllegalStateException if the compiler refuses it; the message has what it said
   */
  static cl_program build(cl_context context, cl_device_id device, KernelSource source) {
    cl_program program =
        clCreateProgramWithSource(context, 1, new String[] {source.text()}, null, null);
    try {
      clBuildProgram(
          program,
          1,
          new cl_device_id[] {device},
          "-cl-std=CL1.2 " + source.options("ABLATE_OPENCL"),
          null,
          null);
      return program;
    } catch (CLException e) {
      throw new IllegalStateException(
          "kernels/" + source.stem() + ".cl: " + e.getMessage() + "\n" + log(program, device), e);
    }
  }

  private static String log(cl_program program, cl_device_id device) {
    long[] size = new long[1];
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null);
    return new String(log, java.nio.charset.StandardCharsets.UTF_8).trim();
  }
}
