package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.natives.Natives;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnxruntime.Env;

/**
 * The native libraries of ONNX Runtime and of JavaCPP, through which Java reaches it.
 *
 * <p>JavaCPP's loader brings far more than a graph on the CPU needs: oneDNN alone has 90 MB. A
 * program in which nobody else uses JavaCPP turns it off with {@code
 * -Dorg.bytedeco.javacpp.loadlibraries=false}, as the command line does; then the three libraries
 * that are needed are loaded here. Otherwise the loader does its work, in a folder of this user's
 * own.
 */
final class OnnxLibraries {
  private static final String FOLDER = "org.bytedeco.javacpp.cachedir";
  private static final String FOLDER_TOO = "org.bytedeco.javacpp.cacheDir";
  private static boolean loaded;

  private OnnxLibraries() {}

  /**
   * Loads them, or leads JavaCPP's loader to them. Must come before the first use of a class of
   * ONNX Runtime.
   *
   * @throws InputException if one does not load, or if no folder is this user's own
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    String chosen = System.getProperty(FOLDER, System.getProperty(FOLDER_TOO));
    System.setProperty(FOLDER, Natives.folder(chosen).toString());
    try {
      if (!Loader.isLoadLibraries()) {
        // In this order: the later ones find the libraries of the C++ compiler loaded, and do not
        // search for them in the folders that their build has left in them.
        load(Loader.class, "javacpp", "libjnijavacpp.so", chosen);
        load(Env.class, "onnxruntime", "libonnxruntime.so.1", chosen);
        load(Env.class, "onnxruntime", "libjnionnxruntime.so", chosen);
      }
      OnnxSession.Native.ENVIRONMENT.address();
    } catch (LinkageError e) {
      throw new InputException(
          "ONNX Runtime's native library does not load: "
              + OneLine.first(e instanceof ExceptionInInitializerError ? e.getCause() : e)
              + "; where its folder forbids programs, name another with the environment variable"
              + " ABLATE_CACHE_DIR",
          e);
    }
    loaded = true;
  }

  private static void load(Class<?> binding, String project, String file, String chosen) {
    String resource = "org/bytedeco/" + project + "/" + Loader.getPlatform() + "/" + file;
    System.load(Natives.unpack(binding, resource, chosen).toString());
  }
}
