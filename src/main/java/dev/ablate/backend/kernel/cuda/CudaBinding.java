package dev.ablate.backend.kernel.cuda;

import dev.ablate.natives.Natives;
import java.nio.file.Path;
import jcuda.JCudaVersion;
import jcuda.LibUtils;

/** The native half of JCuda's bindings. */
final class CudaBinding {
  private CudaBinding() {}

  /**
   * Loads it from a folder of this user's own. Must come before the first use of the binding's
   * class, which loads only once.
   *
   * @param binding such as {@code JCudaDriver.class}
   * @throws LinkageError if it does not load
   * @throws dev.ablate.code.InputException if no folder is this user's own
   */
  static void load(Class<?> binding) {
    String library =
        LibUtils.createPlatformLibraryName(binding.getSimpleName() + "-" + JCudaVersion.get());
    Path file = Natives.unpack(LibUtils.class, "lib/" + LibUtils.createLibraryFileName(library));
    Natives.initialise(binding, file.getParent());
  }
}
