package dev.ablate.model;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.model.onnx.GraphSource;
import dev.ablate.model.onnx.OnnxSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a model, wherever they lie. */
sealed interface ModelFiles {
  /** How the text begins that Git has in place of a large file until Git LFS fetches it. */
  String POINTER = "version https://git-lfs.github.com/spec/";

  /** Whether there is such a file. */
  boolean has(String file);

  /** Opens a file that is there. */
  InputStream open(String file) throws IOException;

  /** Where a file is, for messages. */
  String where(String file);

  /** Whether a file that is there is a link out of the folder of its name. */
  default boolean isLinkOutOfItsFolder(String file) throws IOException {
    return false;
  }

  /** Whether the files come with the program, whose tests have read them. */
  boolean tested();

  /** The ONNX graph in a file that is there. */
  GraphSource graph(String file);

  /** Opens the ONNX graph in a file that is there. */
  default OnnxSession session(String file) {
    return graph(file).open();
  }

  /**
   * Looks at the first bytes of a file.
   *
   * @throws InputException if it cannot be read, or only points to the file that is meant
   */
  default void requireContent(String file) {
    byte[] start;
    try (InputStream in = open(file)) {
      start = in.readNBytes(POINTER.length());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (new String(start, StandardCharsets.ISO_8859_1).equals(POINTER)) {
      throw new InputException(
          where(file)
              + " is a Git-LFS pointer and not the file itself; fetch it with git lfs pull");
    }
  }

  /** The line about a file that cannot be read. */
  default InputException unreadable(String file, IOException e) {
    return new InputException(
        "cannot read " + where(file) + ": " + FileTrouble.reason(e) + "; see its permissions", e);
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it is missing or cannot be read
   */
  default byte[] read(String file) {
    try (InputStream in = open(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a file that is never large.
   *
   * @param most bytes that it may have
   * @throws InputException if it is missing, cannot be read, or has more
   */
  default byte[] read(String file, int most) {
    byte[] content;
    try (InputStream in = open(file)) {
      content = in.readNBytes(most);
      if (in.read() >= 0) {
        throw new InputException(
            where(file) + " has more than " + most + " bytes; see whether it is what it is called");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return content;
  }

  /** Files in a folder. */
  record InDirectory(Path directory) implements ModelFiles {
    @Override
    public boolean has(String file) {
      return Files.isRegularFile(directory.resolve(file));
    }

    @Override
    public InputStream open(String file) throws IOException {
      return Files.newInputStream(directory.resolve(file));
    }

    @Override
    public String where(String file) {
      return directory.resolve(file).toString();
    }

    @Override
    public boolean isLinkOutOfItsFolder(String file) throws IOException {
      Path path = directory.resolve(file);
      return !path.toRealPath().startsWith(path.getParent().toRealPath());
    }

    @Override
    public boolean tested() {
      return false;
    }

    @Override
    public GraphSource graph(String file) {
      return GraphSource.in(directory.resolve(file));
    }
  }

  /** Files on the class path, under a folder relative to this package's root. */
  record OnClassPath(String folder) implements ModelFiles {
    @Override
    public boolean has(String file) {
      return ModelFiles.class.getResource(folder + file) != null;
    }

    @Override
    public InputStream open(String file) {
      return ModelFiles.class.getResourceAsStream(folder + file);
    }

    @Override
    public String where(String file) {
      return "the bundled " + file;
    }

    @Override
    public boolean tested() {
      return true;
    }

    @Override
    public GraphSource graph(String file) {
      return GraphSource.of(read(file), where(file));
    }
  }
}
