package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import dev.ablate.natives.Natives;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.CUDAProviderOptions;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.StringStringMap;
import org.bytedeco.onnxruntime.TensorRTProviderOptions;

/**
 * What ONNX Runtime is told when a graph is to run on an NVIDIA GPU.
 *
 * @param tensorRt whether TensorRT takes what it can, before the provider for CUDA
 * @param graphs whether runs of a shape that comes again are recorded and replayed whole
 */
record CudaOptions(boolean tensorRt, boolean graphs) {
  /** The system property that has runs recorded: {@code true}; the default is {@code false}. */
  static final String GRAPHS = "ablate.onnxruntime.cudaGraphs";

  /** Of runs that are not recorded. */
  static final int UNRECORDED = -1;

  private static final String STREAM = "user_compute_stream";

  /** The options of the provider for CUDA, or for it with TensorRT. */
  static CudaOptions of(boolean tensorRt) {
    return new CudaOptions(tensorRt, Boolean.getBoolean(GRAPHS));
  }

  /**
   * Has a session run on a device.
   *
   * @param device its number, as the driver counts
   * @param stream the handle of the stream that runs go into
   * @param memory most bytes that the session may hold, weights included
   * @throws InputException if ONNX Runtime cannot use such devices here
   */
  void addTo(SessionOptions session, int device, long stream, long memory) {
    OnnxLibraries.loadProviders();
    try {
      if (tensorRt) {
        addTensorRt(session, device, stream);
      }
      addCuda(session, device, stream, memory);
    } catch (RuntimeException e) {
      throw new InputException(
          "ONNX Runtime's provider for "
              + (tensorRt ? "TensorRT" : "CUDA")
              + " does not start: "
              + OnnxSession.reason(e),
          e);
    }
  }

  /** What the provider for CUDA is told by names and words. */
  Map<String, String> forCuda(int device, long memory) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("device_id", Integer.toString(device));
    // Values are compared with those of other machines: 10 bits of a fraction are too few.
    settings.put("use_tf32", "0");
    settings.put("gpu_mem_limit", Long.toString(memory));
    // The planner counts on the memory that is free: none is kept for growth that may not come.
    settings.put("arena_extend_strategy", "kSameAsRequested");
    // The standard tries all algorithms out, for each shape, and takes what was quickest then.
    settings.put("cudnn_conv_algo_search", "HEURISTIC");
    settings.put("enable_cuda_graph", graphs ? "1" : "0");
    return settings;
  }

  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  private void addCuda(SessionOptions session, int device, long stream, long memory) {
    try (PointerScope scope = new PointerScope()) {
      CUDAProviderOptions options = new CUDAProviderOptions();
      options.Update(map(forCuda(device, memory)));
      options.UpdateWithValue(STREAM, new CudaResidence.Address(stream, 0));
      session.AppendExecutionProvider_CUDA_V2(options.asOrtCUDAProviderOptionsV2());
    }
  }

  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  private void addTensorRt(SessionOptions session, int device, long stream) {
    // An engine takes minutes to build: it is kept beside the libraries, in the user's own folder.
    String engines = Natives.folder().resolve("tensorrt").toString();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("device_id", Integer.toString(device));
    settings.put("trt_engine_cache_enable", "1");
    settings.put("trt_engine_cache_path", engines);
    settings.put("trt_timing_cache_enable", "1");
    settings.put("trt_timing_cache_path", engines);
    settings.put("trt_cuda_graph_enable", graphs ? "1" : "0");
    try (PointerScope scope = new PointerScope()) {
      TensorRTProviderOptions options = new TensorRTProviderOptions();
      options.Update(map(settings));
      options.UpdateWithValue(STREAM, new CudaResidence.Address(stream, 0));
      session.AppendExecutionProvider_TensorRT_V2(options.asOrtTensorRTProviderOptionsV2());
    }
  }

  private static StringStringMap map(Map<String, String> settings) {
    StringStringMap map = new StringStringMap();
    settings.forEach((name, value) -> map.put(new BytePointer(name), value));
    return map;
  }

  /**
   * Says how runs are to be.
   *
   * @param resident whether the run is over memory of the device alone
   */
  void addTo(RunOptions run, boolean resident) {
    if (resident) {
      // Events order what comes next: nobody waits for a run that was given.
      run.AddConfigEntry("disable_synchronize_execution_providers", "1");
    }
    if (graphs) {
      record(run, UNRECORDED);
    }
  }

  /** Has memory that is free behind a run go back to a device. */
  static void giveBack(RunOptions run, int device) {
    run.AddConfigEntry("memory.enable_memory_arena_shrinkage", "gpu:" + device);
  }

  /**
   * Has the next run recorded, or replayed where it was.
   *
   * @param number stands for all that is bound to it
   */
  static void record(RunOptions run, int number) {
    run.AddConfigEntry("gpu_graph_id", Integer.toString(number));
  }
}
