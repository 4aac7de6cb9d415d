package dev.ablate.backend.kernel.cuda;

import static jcuda.driver.JCudaDriver.cuLinkAddData;
import static jcuda.driver.JCudaDriver.cuLinkComplete;
import static jcuda.driver.JCudaDriver.cuLinkCreate;
import static jcuda.driver.JCudaDriver.cuLinkDestroy;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUjitInputType;
import jcuda.driver.CUlinkState;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JITOptions;

/**
 * The PTX that {@code kernels/build-ptx} made and the project carries, assembled by the driver. A
 * file counts only if its first line has the hash of this source and these options.
 */
final class CudaPtx implements CudaCompiler {
  /**
   * Architectures that PTX is built for, newest first. A device runs the PTX of older ones, so only
   * the oldest has a file for every source.
   */
  static final int[] ARCHITECTURES = {90, 80};

  /**
   * The version of the PTX language that the files are written in: that of CUDA 11.8, the first
   * with sm_90, so that drivers from then on take them.
   */
  static final String LANGUAGE = "7.8";

  private static final String FOLDER = "/dev/ablate/kernels/ptx/";

  private final int capability;

  CudaPtx(int capability) {
    this.capability = capability;
  }

  /** The name of the file of a source. */
  static String file(KernelSource source, int architecture) {
    return source.variant() + ".sm_" + architecture + ".ptx.gz";
  }

  /** The first line of the file of a source, which names what it was made of. */
  static String header(KernelSource source, int architecture) {
    String options =
        CudaImages.options(source) + " -arch=compute_" + architecture + " ptx " + LANGUAGE;
    return "// " + source.variant() + " " + KernelCache.key(options, source.text());
  }

  @Override
  public String name() {
    return "PTX";
  }

  @Override
  public String version(KernelSource source) throws Refusal {
    return KernelCache.key(ptx(source));
  }

  private String ptx(KernelSource source) throws Refusal {
    String refusal = "none is built for " + source.variant();
    for (int architecture : ARCHITECTURES) {
      String ptx = architecture <= capability ? read(file(source, architecture)) : null;
      if (ptx != null) {
        if (ptx.startsWith(header(source, architecture) + "\n")) {
          return ptx;
        }
        refusal = file(source, architecture) + " was built from another source";
      }
    }
    throw new Refusal(refusal);
  }

  private static String read(String file) {
    try (InputStream in = CudaPtx.class.getResourceAsStream(FOLDER + file)) {
      return in == null ? null : unpack(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a packed file. */
  static String unpack(InputStream in) throws IOException {
    try (InputStream text = new GZIPInputStream(in)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public byte[] compile(KernelSource source) throws Refusal {
    byte[] ptx = ptx(source).getBytes(StandardCharsets.UTF_8);
    // The driver reads text up to a zero.
    byte[] text = Arrays.copyOf(ptx, ptx.length + 1);
    CUlinkState state = new CUlinkState();
    JITOptions options = new JITOptions();
    accept(cuLinkCreate(options, state), "cuLinkCreate");
    try {
      int added =
          cuLinkAddData(
              state,
              CUjitInputType.CU_JIT_INPUT_PTX,
              Pointer.to(text),
              text.length,
              source.variant(),
              options);
      if (added != CUresult.CUDA_SUCCESS) {
        throw new Refusal("cuLinkAddData: " + CUresult.stringFor(added) + complaint(text));
      }
      Pointer image = new Pointer();
      long[] size = new long[1];
      accept(cuLinkComplete(state, image, size), "cuLinkComplete");
      return bytes(image, Math.toIntExact(size[0]));
    } finally {
      cuLinkDestroy(state);
    }
  }

  /**
   * What the driver has against PTX. The linker writes its log for as long as it lives, but JCuda
   * frees the memory for it when {@code cuLinkCreate} returns; loading a module is a single call.
   */
  private static String complaint(byte[] ptx) {
    CUmodule module = new CUmodule();
    CudaJitLog log = new CudaJitLog();
    if (log.load(module, ptx) == CUresult.CUDA_SUCCESS) {
      Cuda.check(cuModuleUnload(module), "cuModuleUnload");
    }
    return log.text();
  }

  /**
   * The bytes behind an address on the host. Java cannot read there, and JCuda makes no buffer of
   * what the linker returns; the driver can, so they go to the device and back.
   */
  private static byte[] bytes(Pointer image, int size) {
    byte[] bytes = new byte[size];
    CUdeviceptr device = new CUdeviceptr();
    Cuda.check(cuMemAlloc(device, size), "cuMemAlloc of " + size + " bytes");
    try {
      Cuda.check(cuMemcpyHtoD(device, image, size), "cuMemcpyHtoD");
      Cuda.check(cuMemcpyDtoH(Pointer.to(bytes), device, size), "cuMemcpyDtoH");
    } finally {
      Cuda.check(cuMemFree(device), "cuMemFree");
    }
    return bytes;
  }

  private static void accept(int result, String call) throws Refusal {
    if (result != CUresult.CUDA_SUCCESS) {
      throw new Refusal(call + ": " + CUresult.stringFor(result));
    }
  }
}
