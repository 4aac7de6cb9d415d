package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * A stream beside the one of the kernels, such as the stream of a model. The two are joined by
 * events: neither the host nor the other stream's earlier commands wait.
 */
public final class CudaStream implements AutoCloseable {
  private final CudaContext context;
  private final CUstream kernels;
  private final Cuda.StreamHandle stream = new Cuda.StreamHandle();
  private final CudaTurns all;
  private boolean closed;

  CudaStream(CudaContext context, CUstream kernels) {
    this.context = context;
    this.kernels = kernels;
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    this.all = new CudaTurns(context, kernels, stream);
  }

  /** The native handle, for those who give it commands. */
  public long handle() {
    return stream.value();
  }

  /** What JCuda takes. */
  CUstream binding() {
    return stream;
  }

  /**
   * Makes the device's context current in this thread, as they need who give commands by other ways
   * than this class.
   */
  public void enter() {
    context.enter();
  }

  /** Commands given to this stream from now on run after the kernels' commands given so far. */
  public synchronized void waitForKernels() {
    all.kernelsGive();
    all.streamTakes();
  }

  /** Kernels' commands given from now on run after the commands given to this stream so far. */
  public synchronized void letKernelsWait() {
    all.streamGives();
    all.kernelsTake();
  }

  /** Turns at memory of its own, which neither other memory's nor later commands hold up. */
  public CudaTurns turns() {
    return context.call(() -> new CudaTurns(context, kernels, stream));
  }

  /** Waits for the commands given so far. */
  public void finish() {
    context.calls(() -> check(cuStreamSynchronize(stream), "waiting for the device"));
  }

  /** Waits for the commands given so far and frees the stream. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    finish();
    all.close();
    check(cuStreamDestroy(stream), "cuStreamDestroy");
  }
}
