package dev.ablate.cli;

import dev.ablate.backend.kernel.TuningTables;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.FileIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All files of one command: what it reads and what it writes. A result never takes the place of
 * what is read, nor of another result, whatever the two are called. Every command tells its files
 * before it does any work.
 */
final class CommandFiles {
  private static final String ARCHIVE = ".npz";

  /** A model's files may lie in folders of its folder. */
  private static final int MODEL_DEPTH = 4;

  /** How explanations begin, ours and shapiq's. */
  private static final Pattern RESULT =
      Pattern.compile(
          "\\{\\s*(\"format\"\\s*:\\s*\"ablate-|\"object_name\"\\s*:\\s*\"InteractionValues\")");

  private static final int FRONT = 64;

  /** What a command does with a file. */
  private enum Role {
    READ("reads the same file; name another one, or the result would replace it"),
    WRITTEN("writes the same file; give each its own"),
    KEPT("keeps its journal in the same file; give each its own"),
    REDIRECTED("goes to the same file; give each its own");

    private final String clash;

    /** Whether what stands there may go. */
    boolean replaces() {
      return this == WRITTEN || this == KEPT;
    }

    Role(String clash) {
      this.clash = clash;
    }
  }

  /**
   * How a file comes in.
   *
   * @param what the option, or in words
   */
  private record Use(String what, Path path, Role role) {}

  private final Map<FileIdentity, Use> uses = new HashMap<>();

  /** Begins with the files of every command: what the shell redirects, and the tuning tables. */
  CommandFiles() {
    redirected("standard output", Path.of("/proc/self/fd/1"));
    redirected("standard error", Path.of("/proc/self/fd/2"));
    TuningTables.userTables().forEach(table -> reads("the tuning table " + table, table));
  }

  private void redirected(String what, Path descriptor) {
    if (Files.isRegularFile(descriptor)) {
      uses.putIfAbsent(FileIdentity.of(descriptor), new Use(what, descriptor, Role.REDIRECTED));
    }
  }

  /**
   * A file that is read, perhaps an array in an archive; null is none.
   *
   * @throws InputException if a result would replace it
   */
  void reads(String what, Path path) {
    if (path != null) {
      add(new Use(what, withoutMember(path), Role.READ));
    }
  }

  private static Path withoutMember(Path path) {
    String name = path.toString();
    int member = name.lastIndexOf(ARCHIVE + ":");
    return member < 0 || Files.exists(path)
        ? path
        : Path.of(name.substring(0, member + ARCHIVE.length()));
  }

  /**
   * A folder of which files are read, such as a model's; null is none. Results may stand there too,
   * and be written again: explanations are known by their first bytes, and a journal refuses by
   * itself whatever is none.
   *
   * @param names files that are read where they are, so that no result may be called so
   * @throws InputException if a result would replace one of its files
   */
  void readsFolder(String what, Path folder, List<String> names) {
    if (folder == null || !Files.isDirectory(folder)) {
      return;
    }
    names.forEach(name -> reads(what, folder.resolve(name)));
    try (Stream<Path> inside = Files.walk(folder, MODEL_DEPTH)) {
      inside
          .filter(file -> Files.isRegularFile(file) && !isKept(file) && !isResult(file))
          .forEach(file -> reads(what, file));
    } catch (IOException e) {
      throw unlisted(what, folder, e);
    } catch (UncheckedIOException e) {
      throw unlisted(what, folder, e.getCause());
    }
  }

  private static InputException unlisted(String what, Path folder, IOException e) {
    return new InputException(
        what
            + " "
            + folder
            + ": cannot be listed ("
            + FileTrouble.reason(e)
            + "): change the rights of what is in it",
        e);
  }

  private boolean isKept(Path file) {
    Use use = uses.get(FileIdentity.of(file));
    return use != null && use.role() == Role.KEPT;
  }

  private static boolean isResult(Path file) {
    if (!file.toString().matches(".*[.]jsonl?")) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      String front = new String(in.readNBytes(FRONT), StandardCharsets.UTF_8);
      return RESULT.matcher(front).lookingAt();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A file that a result goes to; null is none.
   *
   * @throws InputException if it is read, or another result goes there
   */
  void writes(String what, Path path) {
    if (path != null) {
      add(new Use(what, path, Role.WRITTEN));
    }
  }

  /**
   * A file that is read and written anew, such as a tuning table; null is none.
   *
   * @throws InputException if another result goes there
   */
  void updates(String what, Path path) {
    if (path != null) {
      uses.computeIfPresent(
          FileIdentity.of(path), (file, use) -> use.role() == Role.READ ? null : use);
      writes(what, path);
    }
  }

  /**
   * Files in one folder that results go to. Each replaces what bears its name, so that they are not
   * compared with each other.
   *
   * @throws InputException if one of them is read, or another result goes there
   */
  void writes(String what, List<Path> paths) {
    add(what, paths, Role.WRITTEN);
  }

  /**
   * Journals: read, and added to; each has a name of its own.
   *
   * @throws InputException if one of them is read by another option, or a result goes there
   */
  void keeps(String what, List<Path> journals) {
    add(what, journals, Role.KEPT);
  }

  private void add(String what, List<Path> paths, Role role) {
    Map<FileIdentity, Use> all = new HashMap<>();
    for (Path path : paths) {
      Use use = new Use(what, path, role);
      FileIdentity identity = FileIdentity.of(path);
      requireFree(use, uses.get(identity));
      all.put(identity, use);
    }
    uses.putAll(all);
  }

  private void add(Use use) {
    requireFree(use, uses.putIfAbsent(FileIdentity.of(use.path()), use));
  }

  private static void requireFree(Use use, Use other) {
    if (other == null || (!use.role().replaces() && !other.role().replaces())) {
      return;
    }
    Use written = use.role().replaces() ? use : other;
    Use rival = written == use ? other : use;
    if (rival.role() == Role.REDIRECTED && AtomicFiles.isDirect(written.path())) {
      // A descriptor of the shell takes one result after another.
      return;
    }
    throw new InputException(
        written.what() + " " + written.path() + ": " + rival.what() + " " + rival.role().clash);
  }
}
