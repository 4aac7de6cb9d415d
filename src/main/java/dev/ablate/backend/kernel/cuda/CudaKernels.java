package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelSource;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;

/** The modules and functions of one device. Not safe from several threads. */
final class CudaKernels {
  /** Dynamic shared memory that a group has without asking. */
  private static final int PLAIN_LOCAL_BYTES = 48 << 10;

  private final CudaImages images;
  private final Map<KernelSource, CUmodule> modules = new HashMap<>();
  private final Map<Key, CudaKernel> kernels = new HashMap<>();

  private record Key(KernelSource source, String function) {}

  CudaKernels(CudaImages images) {
    this.images = images;
  }

  /** A function of a loaded module. */
  static final class CudaKernel implements Device.Kernel {
    private final CUfunction handle;
    private final String name;
    private final int groupSize;
    private int allowed = PLAIN_LOCAL_BYTES;

    CudaKernel(CUfunction handle, String name) {
      int[] most = new int[1];
      check(
          cuFuncGetAttribute(
              most, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, handle),
          "cuFuncGetAttribute of " + name);
      this.handle = handle;
      this.name = name;
      this.groupSize = most[0];
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int groupSize() {
      return groupSize;
    }

    CUfunction handle() {
      return handle;
    }

    /** Lets the function have more shared memory than it has without asking. */
    void allowLocal(int bytes) {
      if (bytes > allowed) {
        check(
            cuFuncSetAttribute(
                handle,
                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                bytes),
            "allowing " + name + " " + bytes + " bytes of shared memory");
        allowed = bytes;
      }
    }
  }

  /** A kernel, loaded at its first use. */
  CudaKernel get(KernelSource source, String function) {
    return kernels.computeIfAbsent(
        new Key(source, function),
        key -> {
          CUfunction handle = new CUfunction();
          check(
              cuModuleGetFunction(handle, module(source), function),
              "kernel " + function + " of kernels/" + source.stem() + ".cl");
          return new CudaKernel(handle, function);
        });
  }

  private CUmodule module(KernelSource source) {
    return modules.computeIfAbsent(
        source,
        s -> {
          CUmodule module = new CUmodule();
          CudaJitLog log = new CudaJitLog();
          int result = log.load(module, images.image(s));
          if (result != CUresult.CUDA_SUCCESS) {
            throw new Cuda.Failure(
                new Cuda.Failure("loading kernels/" + s.stem() + ".cl", result), log.text());
          }
          return module;
        });
  }

  void close() {
    modules.values().forEach(module -> check(cuModuleUnload(module), "cuModuleUnload"));
  }
}
