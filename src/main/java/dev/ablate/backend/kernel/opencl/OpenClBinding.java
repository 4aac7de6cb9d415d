package dev.ablate.backend.kernel.opencl;

import dev.ablate.natives.Natives;
import java.nio.file.Path;
import org.jocl.CL;
import org.jocl.LibUtils;

/** The native half of JOCL. */
final class OpenClBinding {
  private static final String LIBRARY = "JOCL_2_0_5";

  private OpenClBinding() {}

  /**
   * Loads it from a folder of this user's own. Must come before the first use of {@link CL}, which
   * loads only once.
   *
   * @throws LinkageError if it does not load
   * @throws dev.ablate.code.InputException if no folder is this user's own
   */
  static void load() {
    String library = LibUtils.createPlatformLibraryName(LIBRARY);
    Path file = Natives.unpack(LibUtils.class, "lib/" + LibUtils.createLibraryFileName(library));
    Natives.initialise(CL.class, file.getParent());
  }
}
