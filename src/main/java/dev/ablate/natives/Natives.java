package dev.ablate.natives;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Libraries on disk, in a folder of this user's own: {@code natives} beside the compiled kernels,
 * or where that cannot be had, a folder for this run alone that goes with it.
 *
 * <p>Several threads and processes may unpack the same library at once.
 */
public final class Natives {
  private static final String FOLDER = "natives";
  private static final String TEMPORARY = "ablate-natives";
  private static final String TEMPORARY_FOLDERS = "java.io.tmpdir";
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static Path temporary;

  private Natives() {}

  /** Writes a file that is made here and not unpacked. */
  public interface Maker {
    /** Writes all of it, over what is there. */
    void writeTo(Path file) throws IOException;
  }

  private interface Placing {
    Path in(Path natives) throws IOException;
  }

  /**
   * Unpacks a library of a jar unless it is there.
   *
   * @param binding a class of the binding that brings it; it is not initialised
   * @param resource its name from the root of the jar, without a slash in front
   * @param chosen folders that the user named for this binding, which go before our own; null for
   *     one that is not named
   * @return the file, in a folder that this user alone can write to
   * @throws UnsatisfiedLinkError if no jar holds it whole
   * @throws InputException if there is no such folder
   */
  public static Path unpack(Class<?> binding, String resource, String... chosen) {
    URL url = binding.getResource("/" + resource);
    if (url == null) {
      throw new UnsatisfiedLinkError("the class path has no " + resource);
    }
    Path name = Path.of(resource).getFileName();
    return place(name, natives -> Bundled.of(url, resource).in(natives), chosen);
  }

  /**
   * Takes a library that an earlier run made, or makes it.
   *
   * @param name of the file; names all that its content depends on
   * @param maker called if it is not there
   * @return the file, in a folder that this user alone can write to
   * @throws InputException if there is no such folder
   * @throws IOException if it cannot be made
   */
  public static Path make(String name, Maker maker) throws IOException {
    try {
      return place(Path.of(name), natives -> made(natives, name, maker));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * A folder that this user alone can write to, for bindings that unpack libraries themselves.
   *
   * @throws InputException if there is no such folder
   */
  public static Path folder(String... chosen) {
    return place(Path.of("a library"), OwnFolder::make, chosen);
  }

  /**
   * Initialises the class of a binding that looks for its library in the folder for temporary
   * files, and takes what lies there: it is shown another folder for that long.
   *
   * @param folder what {@link #unpack} answered is in it
   * @throws LinkageError if the class does not initialise
   */
  public static synchronized void initialise(Class<?> binding, Path folder) {
    String before = System.setProperty(TEMPORARY_FOLDERS, folder.toString());
    try {
      Class.forName(binding.getName(), true, binding.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new NoClassDefFoundError(binding.getName());
    } finally {
      System.setProperty(TEMPORARY_FOLDERS, before);
    }
  }

  private static Path place(Path what, Placing placing, String... chosen) {
    List<String> reasons = new ArrayList<>();
    for (String named : chosen) {
      if (named != null && !named.isEmpty()) {
        try {
          return placing.in(Path.of(named));
        } catch (IOException e) {
          reasons.add(OwnFolder.reason(e));
        }
      }
    }
    try {
      return placing.in(OwnFolder.cache().resolve(FOLDER));
    } catch (IOException e) {
      reasons.add(OwnFolder.reason(e));
    }
    try {
      return placing.in(temporary());
    } catch (IOException e) {
      reasons.add(OwnFolder.reason(e));
    }
    throw new InputException(
        "no folder of your own for "
            + what
            + " ("
            + String.join("; ", reasons)
            + "): name one with the environment variable ABLATE_CACHE_DIR");
  }

  private static Path made(Path natives, String name, Maker maker) throws IOException {
    Path folder = OwnFolder.make(natives);
    Path file = folder.resolve(name);
    if (!Files.exists(file) || !OwnFolder.holdsOwnFile(file)) {
      Bundled.place(file, FileTime.from(Instant.now()), part -> write(maker, part));
    }
    return file;
  }

  /** Another folder does not help where the making fails. */
  private static void write(Maker maker, Path part) {
    try {
      maker.writeTo(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of this run. */
  private static synchronized Path temporary() throws IOException {
    if (temporary == null) {
      Path folder = Files.createTempDirectory(TEMPORARY);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      temporary = folder;
      removeAbandoned(folder.getParent());
    }
    return temporary;
  }

  /** Removes what killed runs of this user left; a run that is still at work makes it anew. */
  private static void removeAbandoned(Path temporaryFolders) throws IOException {
    Instant abandoned = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(temporaryFolders, TEMPORARY + "*")) {
      for (Path folder : all) {
        if (OwnFolder.isOwn(folder)
            && Files.getLastModifiedTime(folder).toInstant().isBefore(abandoned)) {
          remove(folder);
        }
      }
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // Nothing of it is left, or nothing can be done about it.
    }
  }
}
