package dev.ablate.backend.kernel;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The files by which Linux lets programs reach GPUs. Where there is none, no driver of OpenCL can
 * have a GPU, and none need be loaded to find that out. Drivers are best left alone where nobody
 * asks for them: those that compile by LLVM take the handlers of signals away from Java, which then
 * dies when two threads are to stop at once.
 */
public final class GpuFiles {
  private static final Path FOLDER = Path.of("/dev");

  /** Of Mesa and Intel, NVIDIA, AMD, Windows' Linux, ARM and Qualcomm. */
  private static final Pattern NAME =
      Pattern.compile("dri|nvidia.*|nvhost.*|nvgpu.*|nvmap|kfd|dxg|mali.*|kgsl.*|pvr.*");

  private GpuFiles() {}

  /** Why no driver can have a GPU, or null where one may have. */
  public static String problem() {
    return System.getProperty("os.name").equals("Linux") ? problem(FOLDER) : null;
  }

  static String problem(Path folder) {
    DirectoryStream.Filter<Path> gpus =
        file -> NAME.matcher(file.getFileName().toString()).matches();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, gpus)) {
      return found.iterator().hasNext()
          ? null
          : "no GPU (none has a file in " + folder + ", such as dri, kfd or nvidiactl)";
    } catch (IOException | DirectoryIteratorException e) {
      // What cannot be read may hold one.
      return null;
    }
  }
}
