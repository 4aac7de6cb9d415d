package dev.ablate.model.onnx;

import dev.ablate.backend.kernel.SharedLibraries;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.natives.Natives;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnxruntime.Env;

/**
 * The native libraries of ONNX Runtime and of JavaCPP, through which Java reaches it. Those of GPUs
 * are taken where they are on the class path; they run graphs on the processor too.
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
  private static final String CORE = "libonnxruntime.so.1";
  private static boolean loaded;
  private static boolean providersLoaded;

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
        load(Loader.class, "javacpp/" + Loader.getPlatform() + "/libjnijavacpp.so", chosen);
        load(Env.class, ofOnnxRuntime(CORE), chosen);
        load(Env.class, ofOnnxRuntime("libjnionnxruntime.so"), chosen);
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

  /**
   * Loads what ONNX Runtime needs to run graphs on NVIDIA's GPUs. Its own libraries lie beside one
   * another; NVIDIA's are loaded from where the system has them, so that those of ONNX Runtime find
   * them loaded, and do not search for them in the folders that their build has left in them.
   *
   * @throws InputException if one is missing or does not load
   */
  static synchronized void loadProviders() {
    load();
    if (providersLoaded) {
      return;
    }
    String problem = ProviderLibraries.CUDA.problem();
    if (problem != null) {
      throw new InputException(problem);
    }
    String chosen = System.getProperty(FOLDER);
    try {
      load(Env.class, ofOnnxRuntime("libonnxruntime_providers_shared.so"), chosen);
      for (String library : ProviderLibraries.CUDA.needed()) {
        System.load(SharedLibraries.find(library).toAbsolutePath().toString());
      }
      // ONNX Runtime loads it itself.
      unpack(Env.class, ofOnnxRuntime("libonnxruntime_providers_cuda.so"), chosen);
    } catch (LinkageError e) {
      throw new InputException(
          "what ONNX Runtime needs of CUDA does not load: " + OneLine.first(e), e);
    }
    providersLoaded = true;
  }

  private static String ofOnnxRuntime(String file) {
    String folder = "onnxruntime/" + Loader.getPlatform();
    boolean gpu = Env.class.getResource("/org/bytedeco/" + folder + "-gpu/" + CORE) != null;
    return folder + (gpu ? "-gpu/" : "/") + file;
  }

  private static void load(Class<?> binding, String library, String chosen) {
    System.load(unpack(binding, library, chosen).toString());
  }

  private static Path unpack(Class<?> binding, String library, String chosen) {
    return Natives.unpack(binding, "org/bytedeco/" + library, chosen);
  }
}
