package dev.ablate.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.natives.Natives;
import dev.ablate.natives.OwnFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The native library of the tokenizers. */
final class TokenizerLibrary {
  /** Where the binding takes the library as it is, if this is set. */
  private static final String PLACE = "RUST_LIBRARY_PATH";

  private static final String FILE = System.mapLibraryName("tokenizers");

  private static boolean placed;

  private TokenizerLibrary() {}

  /**
   * Leads the binding to its library in a folder of this user's own. Must come before the first use
   * of {@link HuggingFaceTokenizer}, which loads only once.
   *
   * @throws InputException if no folder is this user's own, or if others can write to the place
   *     that the user named
   * @throws UnsatisfiedLinkError if there is no library for this machine
   */
  static synchronized void place() {
    if (placed) {
      return;
    }
    // Without this the library looks for a download as soon as it sees a GPU.
    System.setProperty("ai.djl.offline", "true");
    String named = setting(PLACE);
    if (named == null) {
      Path file =
          Natives.unpack(
              HuggingFaceTokenizer.class,
              "native/lib/" + platform() + "/cpu/" + FILE,
              setting("ENGINE_CACHE_DIR"),
              setting("DJL_CACHE_DIR"));
      System.setProperty(PLACE, file.toString());
    } else {
      check(named);
    }
    placed = true;
  }

  /** Says that the library does not load, and what may help. */
  static InputException notLoaded(Throwable e) {
    return new InputException(
        "the tokenizer's native library does not load: "
            + OneLine.first(e)
            + "; where its folder forbids programs, name another with the environment variable"
            + " ABLATE_CACHE_DIR",
        e);
  }

  /** As the binding calls it, such as {@code linux-x86_64}. */
  private static String platform() {
    String system = System.getProperty("os.name").startsWith("Mac") ? "osx" : "linux";
    String architecture = System.getProperty("os.arch");
    return system + "-" + (architecture.equals("amd64") ? "x86_64" : architecture);
  }

  private static void check(String named) {
    try {
      Path place = Path.of(named);
      OwnFolder.checkSwaps(Files.isDirectory(place) ? place.resolve(FILE) : place);
    } catch (IOException e) {
      throw new InputException(
          PLACE + " names a library that cannot be trusted: " + OwnFolder.reason(e) + ": unset it",
          e);
    }
  }

  /** The binding asks the environment first. */
  private static String setting(String name) {
    String value = System.getenv(name);
    return value != null ? value : System.getProperty(name);
  }
}
