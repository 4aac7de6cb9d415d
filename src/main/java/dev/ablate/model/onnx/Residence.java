package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;

/**
 * Where a session runs: what carries out its operators, the stream of commands that its runs go
 * into, and the memory that it shares with a backend. A session has one of its own and closes it.
 */
interface Residence extends AutoCloseable {
  /** Says to a session that is about to be opened what is to run it. */
  void addTo(SessionOptions options);

  /**
   * Makes ready what the calling thread needs for a call of ONNX Runtime, since every thread comes
   * with its own state.
   */
  void enter();

  /** Whether its runs must come one after another, and inputs be bound anew before each. */
  boolean isOneStream();

  /** The backend whose memory can be bound; null for none. */
  Backend backend();

  /** Where its memory is, as ONNX Runtime says; in the scope of the caller. */
  MemoryInfo place();

  /**
   * Says how runs are to be.
   *
   * @param resident whether they are over memory that is shared, so that nobody waits for them
   */
  void addTo(RunOptions options, boolean resident);

  /** Has memory that the session keeps for later runs go back to a device behind a run. */
  default void giveBack(RunOptions options) {
    // On the processor none is kept that others miss.
  }

  /** Whether runs over the same memory and of the same shape are recorded and replayed. */
  default boolean repeatsRuns() {
    return false;
  }

  /** How to mend that a graph cannot be loaded here, the end of a message. */
  String remedy();

  /**
   * Memory of a tensor.
   *
   * @param length number of elements
   * @throws dev.ablate.backend.kernel.OutOfDeviceMemoryException if there is not so much left
   */
  Tensor tensor(Buffer.Element element, long length);

  /**
   * Memory that kernels do not see; a buffer it need not have.
   *
   * @throws dev.ablate.backend.kernel.OutOfDeviceMemoryException if there is not so much left
   */
  Tensor memory(long bytes);

  /** What orders the runs over some memory with the kernels. */
  Fence fence();

  /**
   * What a failure of ONNX Runtime is, if it is about the memory of a device; else null.
   *
   * @param reason what ONNX Runtime says
   */
  RuntimeException outOfMemory(String reason, RuntimeException cause);

  /** Waits for all runs given so far. */
  void await();

  @Override
  void close();

  /** A tensor that kernels see as a buffer and ONNX Runtime by its address. */
  interface Tensor extends AutoCloseable {
    /** As kernels see it. */
    Buffer buffer();

    /** As ONNX Runtime sees it. */
    Pointer address();

    /** Lets the next run see what kernels wrote. */
    void toNetwork(long bytes);

    /** Lets kernels see what the last run wrote. */
    void fromNetwork(long bytes);

    @Override
    void close();
  }

  /** Marks in both streams. */
  interface Fence extends AutoCloseable {
    /** What kernels were told so far is what the next run waits for. */
    void filled();

    /** Lets the next run wait for what was filled. */
    void beforeRun();

    /** The run was given. */
    void afterRun();

    /** What kernels are told from now on waits for the last run. */
    void join();

    @Override
    void close();
  }
}
