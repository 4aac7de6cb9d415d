package dev.ablate.backend.kernel.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import jcuda.JCudaVersion;
import jcuda.LibUtils;

/**
 * The native half of JCuda's bindings. JCuda unpacks it into the folder for temporary files under a
 * fixed name and takes what lies there as it is, so a run that was killed meanwhile, or started at
 * the same time, could leave half a library to all later ones.
 */
final class CudaBinding {
  private CudaBinding() {}

  /**
   * Puts a whole library where JCuda looks, unless it is there. Must come before the first use of
   * the binding's class.
   *
   * @param name of the binding, such as {@code JCudaDriver}
   */
  static void place(String name) {
    String file =
        LibUtils.createLibraryFileName(
            LibUtils.createPlatformLibraryName(name + "-" + JCudaVersion.get()));
    Path place = Path.of(System.getProperty("java.io.tmpdir"), file);
    try (InputStream in = LibUtils.class.getResourceAsStream("/lib/" + file)) {
      if (in == null) {
        return;
      }
      byte[] library = in.readAllBytes();
      if (!Files.isRegularFile(place) || !Arrays.equals(library, Files.readAllBytes(place))) {
        Path part = Files.createTempFile(place.getParent(), name, ".part");
        Files.write(part, library);
        Files.move(
            part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      // JCuda tries in its own way and says what is wrong.
    }
  }
}
