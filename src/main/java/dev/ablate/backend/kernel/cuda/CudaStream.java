package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import jcuda.driver.CUcontext;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * A stream beside the one of the kernels, such as the stream of a model. The two are joined by
 * events: neither the host nor the other stream's earlier commands wait.
 */
public final class CudaStream implements AutoCloseable {
  private final CUcontext context;
  private final CUstream kernels;
  private final Cuda.StreamHandle stream = new Cuda.StreamHandle();
  private final CudaEvent join;
  private boolean closed;

  CudaStream(CUcontext context, CUstream kernels) {
    this.context = context;
    this.kernels = kernels;
    this.join = new CudaEvent(false);
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  }

  /** The native handle, for those who give it commands. */
  public long handle() {
    return stream.value();
  }

  /** Commands given to this stream from now on run after the kernels' commands given so far. */
  public void waitForKernels() {
    join(kernels, stream);
  }

  /** Kernels' commands given from now on run after the commands given to this stream so far. */
  public void letKernelsWait() {
    join(stream, kernels);
  }

  private synchronized void join(CUstream first, CUstream then) {
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    join.record(first);
    check(cuStreamWaitEvent(then, join.handle(), 0), "cuStreamWaitEvent");
  }

  /** Waits for the commands given so far and frees the stream. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    check(cuStreamSynchronize(stream), "waiting for the device");
    join.close();
    check(cuStreamDestroy(stream), "cuStreamDestroy");
  }
}
