package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir private Path folder;

  /** Found before the work and not when its result is there. */
  @Test
  void aNameThatIsTooLongIsNoPlaceForAFile() throws IOException {
    Path file = folder.resolve("n".repeat(300) + ".json");
    InputException e = assertThrows(InputException.class, () -> AtomicFiles.requireWritable(file));
    assertTrue(e.getMessage().startsWith("cannot write "), e.getMessage());
    assertTrue(e.getMessage().contains("File name too long"), e.getMessage());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
    AtomicFiles.requireWritable(folder.resolve("n".repeat(200) + ".json"));
  }

  /** As a disk that is full leaves them. */
  @Test
  void foldersThatAreNotFilledGoAgain() throws IOException {
    Path inner = folder.resolve("made/inner");
    Runnable failing =
        () -> {
          assertTrue(Files.isDirectory(inner));
          throw new InputException("full");
        };
    assertThrows(InputException.class, () -> AtomicFiles.fill(inner, failing));
    assertEquals(List.of(), files());
    Files.createDirectory(folder.resolve("made"));
    assertThrows(InputException.class, () -> AtomicFiles.fill(inner, failing));
    assertEquals(List.of(folder.resolve("made")), files());
    AtomicFiles.fill(inner, () -> AtomicFiles.write(inner.resolve("a"), out -> out.write(1)));
    assertThrows(InputException.class, () -> AtomicFiles.fill(inner, failing));
    assertTrue(Files.exists(inner.resolve("a")));
  }

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

  @Test
  void rightsAreThereBeforeTheFirstByte() throws IOException {
    Path target = Files.writeString(folder.resolve("private.json"), "old");
    Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
    Files.setPosixFilePermissions(target, own);
    AtomicFiles.write(
        target,
        out -> {
          assertEquals(2, files().size());
          for (Path file : files()) {
            assertEquals(own, Files.getPosixFilePermissions(file), file.toString());
          }
          out.write("new".getBytes());
        });
    assertEquals("new", Files.readString(target));
    assertEquals(own, Files.getPosixFilePermissions(target));
    // Rights that the umask would never give.
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-rw-rw-"));
    AtomicFiles.write(target, out -> out.write("newer".getBytes()));
    assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
  }

  @Test
  void theOwnerStaysWhereThisUserMayGiveFilesAway() throws IOException {
    Path target = Files.writeString(folder.resolve("file"), "old");
    PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    try {
      UserPrincipalLookupService users = folder.getFileSystem().getUserPrincipalLookupService();
      view.setOwner(users.lookupPrincipalByName("nobody"));
      view.setGroup(users.lookupPrincipalByGroupName("nogroup"));
    } catch (IOException e) {
      Assumptions.abort("this user gives no files away: " + e);
    }
    PosixFileAttributes before = view.readAttributes();
    AtomicFiles.write(target, out -> out.write("new".getBytes()));
    PosixFileAttributes after = view.readAttributes();
    assertEquals("new", Files.readString(target));
    assertEquals(before.owner(), after.owner());
    assertEquals(before.group(), after.group());
  }

  @Test
  void whatKilledRunsLeftGoesWithTheNextWrite() throws IOException {
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofMinutes(61)));
    Path left = Files.writeString(folder.resolve(".ablate-0123456789abcdef.tmp"), "half");
    Path young = Files.writeString(folder.resolve(".ablate-fedcba9876543210.tmp"), "at work");
    Path other = Files.writeString(folder.resolve(".notes.tmp"), "mine");
    Path sub = Files.createDirectory(folder.resolve(".ablate-folder.tmp"));
    for (Path old : List.of(left, other, sub)) {
      Files.setLastModifiedTime(old, longAgo);
    }
    Path target = folder.resolve("out.json");
    AtomicFiles.write(target, out -> out.write(1));
    assertEquals(Set.of(young, other, sub, target), Set.copyOf(files()));
  }

  @Test
  void namesMayBeAsLongAsTheFileSystemTakes() throws IOException {
    Path target = folder.resolve("x".repeat(250) + ".json");
    AtomicFiles.requireWritable(target);
    AtomicFiles.write(target, out -> out.write("a".getBytes()));
    AtomicFiles.write(target, out -> out.write("b".getBytes()));
    assertEquals("b", Files.readString(target));
    assertEquals(List.of(target), files());
  }

  @Test
  void aNameThatIsTooLongIsRefusedBeforehand() throws IOException {
    Path target = folder.resolve("x".repeat(251) + ".json");
    InputException refused =
        assertThrows(InputException.class, () -> AtomicFiles.requireWritable(target));
    assertTrue(refused.getMessage().contains("File name too long"), refused.getMessage());
    Path inside = target.resolve("out");
    refused = assertThrows(InputException.class, () -> AtomicFiles.makeFolder(inside));
    assertTrue(refused.getMessage().contains("File name too long"), refused.getMessage());
    assertEquals(List.of(), files());
  }

  @Test
  void foldersOfAnyNameStandInNobodysWay() throws IOException {
    for (String name : List.of("probe", "design", ".ablate-probe.tmp", ".probe", "masks")) {
      Files.createDirectory(folder.resolve(name));
    }
    AtomicFiles.makeFolder(folder);
    assertEquals(5, files().size());
  }

  @Test
  void aFolderThatTakesNoFilesIsNamedItself() {
    Path full = Path.of("/proc/self");
    Assumptions.assumeTrue(Files.isDirectory(full), "no folder that takes no files");
    InputException refused = assertThrows(InputException.class, () -> AtomicFiles.makeFolder(full));
    assertTrue(
        refused.getMessage().startsWith("cannot write in the folder /proc/self:"),
        refused.getMessage());
  }

  @Test
  void aLinkIsReplacedWhereTheNameIsOurs() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Path link = Files.createSymbolicLink(folder.resolve("a.json"), victim);
    Path nowhere = Files.createSymbolicLink(folder.resolve("b.json"), folder.resolve("made"));
    for (Path name : List.of(link, nowhere)) {
      AtomicFiles.replace(name, out -> out.write("new".getBytes()));
      assertTrue(Files.isRegularFile(name, LinkOption.NOFOLLOW_LINKS));
      assertEquals("new", Files.readString(name));
    }
    assertEquals("precious", Files.readString(victim));
    assertEquals(Set.of(victim, link, nowhere), Set.copyOf(files()));
  }

  @Test
  void aPipeIsWrittenToAndStays() throws Exception {
    Path pipe = folder.resolve("pipe.json");
    int made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    Assumptions.assumeTrue(made == 0, "no named pipes here");
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try (InputStream in = new BufferedInputStream(new FileInputStream(pipe.toFile()))) {
                return new String(in.readAllBytes());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    AtomicFiles.requireWritable(pipe);
    AtomicFiles.write(pipe, out -> out.write("through".getBytes()));
    assertEquals("through", read.get(20, TimeUnit.SECONDS));
    assertEquals(List.of(pipe), files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}
