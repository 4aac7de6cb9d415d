package dev.ablate.backend.kernel.opencl;

import dev.ablate.backend.kernel.SharedLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Whether the library behind OpenCL loads. The binding asks for it too, but prints to standard
 * output when it does not, where results go; so it is loaded here first.
 */
final class OpenClLoader {
  private static final String NAME = System.mapLibraryName("OpenCL");

  private static final byte[] ELF = {0x7F, 'E', 'L', 'F'};
  private static final String MEND =
      ": install ocl-icd-opencl-dev and a driver such as pocl-opencl-icd";

  private OpenClLoader() {}

  /** Why the library does not load, or null. */
  static String problem() {
    Path library = SharedLibraries.find(NAME);
    if (library == null) {
      return "no OpenCL loader (" + NAME + ")" + MEND;
    }
    try {
      // Java warns on standard error about files that are no libraries.
      if (!isLibrary(library)) {
        return "no OpenCL loader: " + library + " is no library" + MEND;
      }
      System.load(library.toAbsolutePath().toString());
      return null;
    } catch (UnsatisfiedLinkError e) {
      return "no OpenCL loader: " + e.getMessage().replaceAll("\\s+", " ") + MEND;
    } catch (IOException e) {
      return "no OpenCL loader: " + library + " cannot be read" + MEND;
    }
  }

  private static boolean isLibrary(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ELF.length), ELF);
    }
  }
}
