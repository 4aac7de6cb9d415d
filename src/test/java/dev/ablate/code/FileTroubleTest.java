package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words beside a path never hold the path again. */
class FileTroubleTest {
  @TempDir private Path folder;

  @Test
  void pathsAreLeftOut() {
    assertEquals("permission denied", FileTrouble.reason(new AccessDeniedException("/a/b")));
    assertEquals("it does not exist", FileTrouble.reason(new NoSuchFileException("/a/b")));
    assertEquals(
        "Too many open files",
        FileTrouble.reason(new FileSystemException("/a/b", null, "Too many open files")));
    assertEquals(
        "Permission denied",
        FileTrouble.reason(new FileNotFoundException("/a (b)/c (Permission denied)")));
    assertEquals("it is not UTF-8", FileTrouble.reason(new MalformedInputException(1)));
    assertEquals("eof", FileTrouble.reason(new EOFException()));
    assertEquals("file system", FileTrouble.reason(new FileSystemException("/a/b")));
    assertEquals("No space left", FileTrouble.reason(new IOException("No space left")));
  }

  @Test
  void linksMayLeadNowhere() throws IOException {
    Path none = folder.resolve("none");
    assertEquals(none + " does not exist", FileTrouble.missing(none));
    Path link = Files.createSymbolicLink(folder.resolve("link"), none);
    assertEquals(link + " is a link that leads nowhere", FileTrouble.missing(link));
  }

  @Test
  void foldersAreNoFiles() {
    IOException plain =
        assertThrows(IOException.class, () -> new FileInputStream(folder.toFile()).close());
    assertEquals("Is a directory", FileTrouble.reason(plain));
    IOException read = assertThrows(IOException.class, () -> Files.readAllBytes(folder));
    assertEquals("Is a directory", FileTrouble.reason(read));
  }
}
