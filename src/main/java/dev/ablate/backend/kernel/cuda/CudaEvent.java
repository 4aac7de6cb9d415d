package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/** A point in a stream that others can wait for, or measure time to. */
final class CudaEvent implements AutoCloseable {
  private final CUevent handle = new CUevent();

  private CudaEvent(int flags) {
    check(cuEventCreate(handle, flags), "cuEventCreate");
  }

  /** An event in the current context, to wait for. */
  static CudaEvent plain() {
    return new CudaEvent(CUevent_flags.CU_EVENT_DISABLE_TIMING);
  }

  /** The same, for long waits: they leave the processor to others. */
  static CudaEvent blocking() {
    return new CudaEvent(
        CUevent_flags.CU_EVENT_DISABLE_TIMING | CUevent_flags.CU_EVENT_BLOCKING_SYNC);
  }

  /** One that knows the time; others are cheaper. */
  static CudaEvent timed() {
    return new CudaEvent(CUevent_flags.CU_EVENT_DEFAULT);
  }

  CUevent handle() {
    return handle;
  }

  /** Stands behind the commands given to a stream so far. */
  void record(CUstream stream) {
    check(cuEventRecord(handle, stream), "cuEventRecord");
  }

  /** Waits until the commands before it are done; at once if it was never recorded. */
  void await() {
    check(cuEventSynchronize(handle), "waiting for the device");
  }

  /** Whether the commands before it are done. */
  boolean done() {
    int result = cuEventQuery(handle);
    if (result != CUresult.CUDA_ERROR_NOT_READY) {
      check(result, "cuEventQuery");
    }
    return result == CUresult.CUDA_SUCCESS;
  }

  /** Milliseconds from an earlier event to this one; both are timed and done. */
  double since(CudaEvent earlier) {
    float[] elapsed = new float[1];
    check(cuEventElapsedTime(elapsed, earlier.handle, handle), "cuEventElapsedTime");
    return elapsed[0];
  }

  @Override
  public void close() {
    check(cuEventDestroy(handle), "cuEventDestroy");
  }
}
