package dev.ablate.io;

import dev.ablate.code.InputException;
import dev.ablate.game.Evaluation;
import dev.ablate.mask.Design;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluated masks as the files that {@code ablate solve} reads. */
public final class EvaluationFiles {
  /** Folders of one name that may stand side by side. */
  private static final int MOST = 1000;

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private EvaluationFiles() {}

  /**
   * Files that were written.
   *
   * @param folder holds them and nothing else
   * @param files each by the setting of {@code solve} that names it, such as {@code test-masks}
   */
  public record Written(Path folder, Map<String, Path> files) {}

  /**
   * Writes masks and values into a new folder that only this user may enter: {@code masks.npy},
   * {@code values.npy}, {@code design.json} where the masks are a design's; {@code test-masks.npy}
   * and {@code test-values.npy} where there are held-out masks, {@code size-masks.npy} and {@code
   * size-values.npy} where there are some by size; {@code end-masks.npy} and {@code end-values.npy}
   * of nothing kept and everything kept; {@code verify-masks.npy} and {@code verify-values.npy} of
   * masks that verified the fit. Nothing that is there is touched.
   *
   * @param parent where the folder is made
   * @param name of the folder; a number is added where there is one of that name
   * @throws InputException if it cannot be; nothing is left behind then
   */
  public static Written write(Path parent, String name, Evaluation evaluation) {
    Path folder = make(parent, name);
    Map<String, Path> files = new LinkedHashMap<>();
    try {
      rows(evaluation.fitted(), "", folder, files);
      if (!(evaluation.design() instanceof Design.Foreign)) {
        files.put("design", folder.resolve("design.json"));
        DesignJson.write(files.get("design"), evaluation.design());
      }
      if (evaluation.heldOut() != null) {
        rows(evaluation.heldOut(), "test-", folder, files);
      }
      if (evaluation.bySize() != null) {
        rows(evaluation.bySize(), "size-", folder, files);
      }
      if (evaluation.ends() != null) {
        rows(evaluation.ends(), "end-", folder, files);
      }
      if (evaluation.verified() != null) {
        rows(evaluation.verified(), "verify-", folder, files);
      }
      return new Written(folder, files);
    } catch (RuntimeException | Error e) {
      remove(folder, files);
      throw e;
    }
  }

  private static void rows(
      Evaluation.Rows rows, String before, Path folder, Map<String, Path> files) {
    files.put(before + "masks", folder.resolve(before + "masks.npy"));
    MaskFile.write(files.get(before + "masks"), rows.masks());
    files.put(before + "values", folder.resolve(before + "values.npy"));
    ValueFile.write(files.get(before + "values"), rows.values());
  }

  private static Path make(Path parent, String name) {
    FileAttribute<?>[] own =
        POSIX
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    for (int k = 1; k <= MOST; k++) {
      Path folder = parent.resolve(k == 1 ? name : name + "-" + k);
      try {
        return Files.createDirectory(folder, own);
      } catch (FileAlreadyExistsException e) {
        continue;
      } catch (IOException e) {
        throw AtomicFiles.unwritten(folder, e);
      }
    }
    throw new InputException("cannot write " + parent.resolve(name) + ": there are too many of it");
  }

  private static void remove(Path folder, Map<String, Path> files) {
    List<Path> all = new ArrayList<>(files.values());
    all.add(folder);
    for (Path file : all) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // What could not be written is told already; an empty folder harms nobody.
        continue;
      }
    }
  }
}
