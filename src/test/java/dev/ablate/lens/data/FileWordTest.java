package dev.ablate.lens.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words that name files, or columns and numbers. */
class FileWordTest {
  @TempDir private Path folder;

  @Test
  void filesAndMembersAreFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("kind"), "a");
    assertEquals(file, FileWord.file(file.toString()));
    assertEquals(Path.of("a.npz:b"), FileWord.file("a.npz:b"));
    assertNull(FileWord.file(folder.resolve("other").toString()));
    assertNull(FileWord.file("a\0b"));
    assertNull(FileWord.file(null));
  }

  /** A folder of the name of a column or a number of clusters is none of the input. */
  @Test
  void foldersAreNone() throws IOException {
    assertNull(FileWord.file(Files.createDirectory(folder.resolve("64")).toString()));
    Path table = Files.createDirectory(folder.resolve("y.npy"));
    assertEquals(table, FileWord.file(table.toString()), "to be refused as what it is");
  }

  @Test
  void aTableThatIsNotThereIsNoColumn() {
    FileWord.requireColumn(DataSettings.LABELS, "kind", Path.of("x.csv"));
    InputException e =
        assertThrows(
            InputException.class,
            () -> FileWord.requireColumn(DataSettings.LABELS, "y.NPY", Path.of("x.npy")));
    assertEquals(
        "labels y.NPY: neither a file nor a column of x.npy; check the path", e.getMessage());
  }
}
