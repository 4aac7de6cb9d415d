package dev.ablate.backend.kernel.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUresult;

/**
 * Says which kernel a fault may come from: the driver reports it at some later call, and at every
 * call from then on.
 */
final class CudaFaults {
  /** Set to 1, every launch waits, so that a failure names its kernel. */
  static final String VARIABLE = "ABLATE_CUDA_SYNC";

  /** The same as a system property, {@code true}. */
  static final String PROPERTY = "ablate.cuda.sync";

  private static final int REMEMBERED = 8;

  /** What a kernel leaves behind that went wrong while it ran. */
  private static final Set<Integer> FAULTS =
      Set.of(
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED);

  private final boolean waiting =
      "1".equals(System.getenv(VARIABLE)) || Boolean.getBoolean(PROPERTY);
  private final String[] last = new String[REMEMBERED];
  private long started;

  /** Whether to wait for every kernel. */
  boolean waiting() {
    return waiting;
  }

  /** Remembers that a kernel was started. */
  synchronized void started(String kernel) {
    last[(int) (started++ % REMEMBERED)] = kernel;
  }

  /** The same failure; one that a kernel left behind names the kernels and the switch. */
  synchronized Cuda.Failure explain(Cuda.Failure failure) {
    boolean explained = failure.getCause() instanceof Cuda.Failure;
    if (!FAULTS.contains(failure.result()) || waiting || explained) {
      return failure;
    }
    List<String> kernels = new ArrayList<>();
    for (long i = Math.max(0, started - REMEMBERED); i < started; i++) {
      kernels.add(last[(int) (i % REMEMBERED)]);
    }
    return new Cuda.Failure(
        failure,
        "; an earlier kernel failed, the last ones started were "
            + String.join(", ", kernels)
            + ". Run again with "
            + VARIABLE
            + "=1 or -D"
            + PROPERTY
            + "=true to wait for each kernel and learn which");
  }
}
