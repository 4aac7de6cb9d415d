package dev.ablate.backend.kernel.cuda;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/** What every caller of the driver needs: checked results and the numbers behind handles. */
final class Cuda {
  private Cuda() {}

  /** A call of the driver that did not succeed. */
  static final class Failure extends IllegalStateException {
    private static final long serialVersionUID = 1;
    private final int result;

    Failure(String call, int result) {
      super(call + ": " + CUresult.stringFor(result));
      this.result = result;
    }

    /** The same with more to say. */
    Failure(Failure first, String more) {
      super(first.getMessage() + more, first);
      this.result = first.result;
    }

    /** The driver's number. */
    int result() {
      return result;
    }

    /** Whether there was too little device memory. */
    boolean outOfMemory() {
      return result == CUresult.CUDA_ERROR_OUT_OF_MEMORY;
    }
  }

  /** Throws when a call did not succeed. */
  static void check(int result, String call) {
    if (result != CUresult.CUDA_SUCCESS) {
      throw new Failure(call, result);
    }
  }

  /** A device address that shows its number, which JCuda keeps to itself. */
  static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  /** Pinned memory that shows where it lies, which JCuda keeps to itself. */
  static final class Pinned extends Pointer {
    long value() {
      return getNativePointer();
    }
  }

  /** A stream that shows its handle, which JCuda keeps to itself. */
  static final class StreamHandle extends CUstream {
    long value() {
      return getNativePointer();
    }
  }
}
