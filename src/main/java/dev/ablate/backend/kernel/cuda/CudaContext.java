package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxGetState;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxSetFlags;

import java.util.function.Supplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice;

/** A device's primary context, which all share who use the device in this process. */
final class CudaContext implements AutoCloseable {
  private final CUdevice device;
  private final CUcontext handle = new CUcontext();
  private final CudaFaults faults;
  private volatile boolean shut;

  /** Makes it current in this thread. */
  CudaContext(CUdevice device, CudaFaults faults) {
    this.device = device;
    this.faults = faults;
    chooseHowToWait();
    check(cuDevicePrimaryCtxRetain(handle, device), "cuDevicePrimaryCtxRetain");
    enter();
  }

  /**
   * Waits for kernels are short, so the host looks again and again; long ones have events that
   * block. Who made the context before, or chose how, has chosen for all.
   */
  private void chooseHowToWait() {
    int[] flags = new int[1];
    int[] active = new int[1];
    check(cuDevicePrimaryCtxGetState(device, flags, active), "cuDevicePrimaryCtxGetState");
    if (active[0] == 0 && flags[0] == 0) {
      int spin = CUctx_flags.CU_CTX_SCHED_SPIN;
      check(cuDevicePrimaryCtxSetFlags(device, spin), "cuDevicePrimaryCtxSetFlags");
    }
  }

  /** Makes it current in this thread: every thread comes with its own, or none. */
  void enter() {
    if (shut) {
      throw new IllegalStateException("this device is closed");
    }
    check(cuCtxSetCurrent(handle), "cuCtxSetCurrent");
  }

  /** Calls the driver in this context; a fault that a kernel left is explained. */
  <T> T call(Supplier<T> calls) {
    enter();
    try {
      return calls.get();
    } catch (Cuda.Failure e) {
      throw faults.explain(e);
    }
  }

  /** The same without an answer. */
  void calls(Runnable calls) {
    call(
        () -> {
          calls.run();
          return null;
        });
  }

  /** Refuses calls from now on. */
  void shut() {
    shut = true;
  }

  /** Gives it back; others may go on using it. */
  @Override
  public void close() {
    shut();
    check(cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
  }
}
