package dev.ablate.backend.kernel.cuda;

import dev.ablate.backend.kernel.KernelCache;
import dev.ablate.backend.kernel.KernelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Machine code of sources for one device: from the PTX that is built with the project, which needs
 * no more than the driver; else from NVRTC; else from an {@code nvcc} on the {@code PATH}. What was
 * made is kept on disk.
 */
final class CudaImages {
  /**
   * Options of every compiler. Products and sums are not contracted, as in the other dialects, so
   * that what the tests check there is what runs here; kernels that want a fused multiply-add say
   * so with {@code FMA32} or {@code FMA64}.
   */
  static final String OPTIONS = "-fmad=false -std=c++17";

  private final CudaDevices.Found device;
  private final KernelCache cache;
  private final List<CudaCompiler> compilers;

  CudaImages(CudaDevices.Found device, KernelCache cache) {
    this(
        device,
        cache,
        List.of(
            new CudaPtx(device.capability()),
            new CudaNvrtc(device.architecture()),
            new CudaNvcc(device.architecture())));
  }

  CudaImages(CudaDevices.Found device, KernelCache cache, List<CudaCompiler> compilers) {
    this.device = device;
    this.cache = cache;
    this.compilers = compilers;
  }

  /**
   * Machine code that the driver loads.
   *
   * @throws IllegalStateException if no way leads to it; the message has each reason
   */
  byte[] image(KernelSource source) {
    List<String> refusals = new ArrayList<>();
    for (CudaCompiler compiler : compilers) {
      try {
        String key =
            KernelCache.key(
                "cuda",
                compiler.name(),
                compiler.version(source),
                device.driver(),
                device.name(),
                device.architecture(),
                options(source),
                source.text());
        Optional<byte[]> known = cache.read(key);
        if (known.isPresent()) {
          return known.get();
        }
        byte[] image = compiler.compile(source);
        cache.write(key, image);
        return image;
      } catch (CudaCompiler.Refusal e) {
        refusals.add(compiler.name() + ": " + e.getMessage());
      }
    }
    throw new IllegalStateException(
        "no machine code of kernels/"
            + source.stem()
            + ".cl for "
            + device.name()
            + " ("
            + device.architecture()
            + "): "
            + String.join("; ", refusals));
  }

  /** Options for a source, macros included. */
  static String options(KernelSource source) {
    return source.options("ABLATE_CUDA") + " " + OPTIONS;
  }
}
