package dev.ablate.backend.kernel.cuda;

import static dev.ablate.backend.kernel.cuda.Cuda.check;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import jcuda.driver.CUstream;

/**
 * Turns at memory that the kernels and another stream share, such as the inputs and outputs of a
 * batch. Each side waits for the point at which the other one gave this memory away, and for
 * nothing that the other was told later. Neither the host nor earlier commands wait.
 */
public final class CudaTurns implements AutoCloseable {
  private final CudaContext context;
  private final CUstream kernels;
  private final CUstream stream;
  private final CudaEvent kernelsGave;
  private final CudaEvent streamGave;
  private boolean closed;

  /** Turns of two streams, in the current context. */
  CudaTurns(CudaContext context, CUstream kernels, CUstream stream) {
    this.context = context;
    this.kernels = kernels;
    this.stream = stream;
    this.kernelsGave = CudaEvent.plain();
    this.streamGave = CudaEvent.plain();
  }

  /** What kernels were told so far is what {@link #streamTakes} waits for. */
  public void kernelsGive() {
    give(kernelsGave, kernels);
  }

  /** Commands given to the stream from now on run after what {@link #kernelsGive} noted last. */
  public void streamTakes() {
    take(kernelsGave, stream);
  }

  /** What the stream was told so far is what {@link #kernelsTake} waits for. */
  public void streamGives() {
    give(streamGave, stream);
  }

  /** What kernels are told from now on runs after what {@link #streamGives} noted last. */
  public void kernelsTake() {
    take(streamGave, kernels);
  }

  private synchronized void give(CudaEvent event, CUstream by) {
    context.calls(() -> event.record(by));
  }

  private synchronized void take(CudaEvent event, CUstream by) {
    context.calls(() -> check(cuStreamWaitEvent(by, event.handle(), 0), "cuStreamWaitEvent"));
  }

  /** Frees the events; commands that wait for them still do. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      context.enter();
      kernelsGave.close();
      streamGave.close();
    }
  }
}
