package dev.ablate.backend.kernel.cuda;

import dev.ablate.backend.kernel.KernelSource;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** NVIDIA's compiler library, version 12 or 13, where the machine has one. */
final class CudaNvrtc implements CudaCompiler {
  private static final CudaLibraries LIBRARIES = new CudaLibraries(CudaLibraries.folders());

  private final String architecture;

  /** For an architecture such as {@code sm_90}. */
  CudaNvrtc(String architecture) {
    this.architecture = architecture;
  }

  @Override
  public String name() {
    return "NVRTC";
  }

  @Override
  public String version(KernelSource source) throws Refusal {
    // JCuda's class must not be touched before its library can load: it tries only once.
    LIBRARIES.load("nvrtc");
    int[] major = new int[1];
    int[] minor = new int[1];
    try {
      CudaBinding.load(JNvrtc.class);
      accept(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
    } catch (InputException e) {
      throw new Refusal(e.getMessage());
    } catch (LinkageError e) {
      throw new Refusal("JCuda's binding does not load: " + e.getMessage());
    }
    return major[0] + "." + minor[0];
  }

  @Override
  public byte[] compile(KernelSource source) throws Refusal {
    nvrtcProgram program = new nvrtcProgram();
    String file = source.stem() + ".cl";
    accept(
        JNvrtc.nvrtcCreateProgram(program, source.text(), file, 0, null, null),
        "nvrtcCreateProgram");
    try {
      List<String> options = new ArrayList<>(List.of("-arch=" + architecture));
      options.addAll(Arrays.asList(CudaImages.options(source).split(" ")));
      int result =
          JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
      if (result != nvrtcResult.NVRTC_SUCCESS) {
        String[] log = new String[1];
        JNvrtc.nvrtcGetProgramLog(program, log);
        throw new Refusal(nvrtcResult.stringFor(result) + "\n" + log[0]);
      }
      long[] size = new long[1];
      accept(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
      byte[] image = new byte[Math.toIntExact(size[0])];
      accept(JNvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
      return image;
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  private static void accept(int result, String call) throws Refusal {
    if (result != nvrtcResult.NVRTC_SUCCESS) {
      throw new Refusal(call + ": " + nvrtcResult.stringFor(result));
    }
  }
}
