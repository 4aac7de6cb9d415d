package dev.ablate.model.onnx;

import dev.ablate.backend.kernel.SharedLibraries;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What ONNX Runtime needs to run graphs on an NVIDIA GPU: libraries of its own, which its artifact
 * for GPUs brings, and NVIDIA's. They are looked for where the system's linker looks; none is
 * loaded.
 */
public enum ProviderLibraries {
  /** What {@code readelf -d} finds needed by the provider for CUDA 13. */
  CUDA(
      "cuda",
      "libonnxruntime_providers_cuda.so",
      List.of(
          "libcublasLt.so.13",
          "libcublas.so.13",
          "libcudart.so.13",
          "libcufft.so.12",
          "libcudnn.so.9")),
  /** TensorRT 10, of which ONNX Runtime 1.24 is made. */
  TENSORRT(
      "tensorrt",
      "libonnxruntime_providers_tensorrt.so",
      List.of("libnvinfer.so.10", "libnvonnxparser.so.10"));

  private static final String NATIVES = "/org/bytedeco/onnxruntime/linux-x86_64-gpu/";
  private static final String DRIVER = "libcuda.so.1";

  private final String id;
  private final String own;
  private final List<String> needed;

  ProviderLibraries(String id, String own, List<String> needed) {
    this.id = id;
    this.own = own;
    this.needed = needed;
  }

  /** As users name the provider. */
  public String id() {
    return id;
  }

  /** NVIDIA's libraries that the provider asks for. */
  List<String> needed() {
    return needed;
  }

  /** Whether there is a driver, without which nothing else is of interest. */
  public static boolean hasDriver() {
    return SharedLibraries.find(DRIVER) != null;
  }

  /** What is missing, by name and how to mend it, in a line; null if all is there. */
  public String problem() {
    return problem(
        file -> ProviderLibraries.class.getResource(NATIVES + file) != null,
        library -> SharedLibraries.find(library) != null);
  }

  /**
   * The same.
   *
   * @param brought whether a file comes with ONNX Runtime
   * @param found whether the linker finds a library
   */
  String problem(Predicate<String> brought, Predicate<String> found) {
    List<String> problems = new ArrayList<>();
    if (!brought.test(CUDA.own)) {
      problems.add(
          "this build has ONNX Runtime for the processor alone (./ablate builds the other where it"
              + " finds "
              + DRIVER
              + " and ABLATE_GPU is not 0)");
    } else if (!brought.test(own)) {
      problems.add("ONNX Runtime comes without " + own);
    }
    // Those that the provider for CUDA needs are needed here too.
    List<String> missing =
        Stream.concat(CUDA.needed.stream(), this == CUDA ? Stream.of() : needed.stream())
            .filter(found.negate())
            .toList();
    if (!missing.isEmpty()) {
      problems.add(String.join(", ", missing) + " not found: add their folders to LD_LIBRARY_PATH");
    }
    return problems.isEmpty() ? null : String.join("; ", problems);
  }
}
