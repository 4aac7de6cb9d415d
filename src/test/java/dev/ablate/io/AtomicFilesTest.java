package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir private Path folder;

  @Test
  void theFileIsReplacedAsAWhole() throws IOException {
    Path target = folder.resolve("out.json");
    AtomicFiles.write(target, out -> out.write("first, longer".getBytes()));
    AtomicFiles.write(target, out -> out.write("second".getBytes()));
    assertEquals("second", Files.readString(target));
    assertEquals(List.of(target), files());
  }

  @Test
  void aFailureLeavesWhatWasThere() throws IOException {
    Path target = folder.resolve("out.json");
    Files.writeString(target, "old");
    InputException refused =
        assertThrows(
            InputException.class,
            () ->
                AtomicFiles.write(
                    target,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }));
    assertTrue(refused.getMessage().contains("No space left"), refused.getMessage());
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFiles.write(
                target,
                out -> {
                  throw new IllegalStateException();
                }));
    assertEquals("old", Files.readString(target));
    assertEquals(List.of(target), files());
  }

  @Test
  void placesThatCannotBeWrittenAreRefusedBeforehand() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (Path target :
        List.of(folder, folder.resolve("no/such/folder.json"), file.resolve("below.json"))) {
      InputException refused =
          assertThrows(InputException.class, () -> AtomicFiles.requireWritable(target));
      assertTrue(refused.getMessage().contains(target.toString()), refused.getMessage());
      assertThrows(InputException.class, () -> AtomicFiles.write(target, out -> {}));
    }
    AtomicFiles.requireWritable(folder.resolve("new.json"));
    AtomicFiles.requireWritable(file);
    assertEquals(List.of(file), files());
  }

  @Test
  void readOnlyFilesStay() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "mine");
    Assumptions.assumeTrue(
        file.toFile().setReadOnly() && !Files.isWritable(file), "this user may write anything");
    assertThrows(InputException.class, () -> AtomicFiles.write(file, out -> {}));
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void linksKeepPointing() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFiles.write(link, out -> out.write("new".getBytes()));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
  }

  @Test
  void aLinkToNowhereIsRefusedBeforehand() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("no/such/file"));
    InputException refused =
        assertThrows(InputException.class, () -> AtomicFiles.requireWritable(link));
    assertTrue(refused.getMessage().contains(link.toString()), refused.getMessage());
    assertEquals(List.of(link), files());
  }

  @Test
  void aLinkedFolderIsAFolder() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    AtomicFiles.makeFolder(Files.createSymbolicLink(folder.resolve("link"), real));
    try (Stream<Path> inside = Files.list(real)) {
      assertEquals(0, inside.count());
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}
