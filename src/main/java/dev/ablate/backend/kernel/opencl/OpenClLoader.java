package dev.ablate.backend.kernel.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the library behind OpenCL loads. The binding asks for it too, but prints to standard
 * output when it does not, where results go; so it is loaded here first.
 */
final class OpenClLoader {
  private static final String NAME = System.mapLibraryName("OpenCL");
  private static final Path CACHE = Path.of("/etc/ld.so.cache");

  private OpenClLoader() {}

  /** Why the library does not load, or null. */
  static String problem() {
    try {
      System.loadLibrary("OpenCL");
      return null;
    } catch (UnsatisfiedLinkError e) {
      return e.getMessage().startsWith("no OpenCL in java.library.path")
          ? throughCache()
          : broken(e);
    }
  }

  /** The linker also knows folders that Java does not look into. */
  private static String throughCache() {
    try {
      String cache = new String(Files.readAllBytes(CACHE), StandardCharsets.ISO_8859_1);
      Matcher path = Pattern.compile("(/[^\0]*/" + Pattern.quote(NAME) + ")\0").matcher(cache);
      if (path.find()) {
        System.load(path.group(1));
        return null;
      }
    } catch (IOException e) {
      // Without the linker's list there is nowhere else to look.
      return missing();
    } catch (UnsatisfiedLinkError e) {
      return broken(e);
    }
    return missing();
  }

  private static String missing() {
    return "no OpenCL loader ("
        + NAME
        + "): install ocl-icd-opencl-dev and a driver such as pocl-opencl-icd";
  }

  private static String broken(UnsatisfiedLinkError e) {
    return NAME + " does not load: " + e.getMessage().replaceAll("\\s+", " ");
  }
}
