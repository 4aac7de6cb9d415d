package dev.ablate.backend.kernel.cuda;

import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;

import java.nio.charset.StandardCharsets;
import jcuda.Pointer;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.JITOptions;

/** What the driver's compiler says about an image that it loads. */
final class CudaJitLog {
  private static final int BYTES = 8 << 10;

  private final byte[] errors = new byte[BYTES];
  private final byte[] remarks = new byte[BYTES];

  /** Loads an image and notes what is said about it; returns the driver's result. */
  int load(CUmodule module, byte[] image) {
    JITOptions options = new JITOptions();
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, BYTES);
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, errors);
    options.putInt(CUjit_option.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, BYTES);
    options.putBytes(CUjit_option.CU_JIT_INFO_LOG_BUFFER, remarks);
    return cuModuleLoadDataJIT(module, Pointer.to(image), options);
  }

  /** What was said, errors first, behind a colon; empty when nothing was. */
  String text() {
    String text = (words(errors) + "\n" + words(remarks)).strip();
    return text.isEmpty() ? "" : ": " + text;
  }

  /** The text up to its zero. */
  private static String words(byte[] log) {
    int end = 0;
    while (end < log.length && log[end] != 0) {
      end++;
    }
    return new String(log, 0, end, StandardCharsets.UTF_8).strip();
  }
}
