package dev.ablate.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken as a library is whole and this user's; all else is replaced. */
class NativesTest {
  private static final String NAME = "lib/x86/libexample.so";

  @TempDir private Path folder;
  private Path natives;
  private Path jar;
  private byte[] library;

  @BeforeEach
  void makeAJar() throws IOException {
    natives = folder.resolve("natives");
    jar = folder.resolve("example-1.jar");
    library = new byte[100_000];
    for (int i = 0; i < library.length; i++) {
      library[i] = (byte) (i * 31 >> 3);
    }
    writeJar(library);
  }

  /** Stored, so that its bytes stand in the jar as they are. */
  private void writeJar(byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(NAME);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(Instant.parse("2001-02-03T04:05:06Z").toEpochMilli());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(entry);
      zip.write(content);
    }
  }

  private Path unpack() throws IOException {
    URL resource = new URL("jar:" + jar.toUri() + "!/" + NAME);
    URLConnection.setDefaultUseCaches("jar", false);
    try {
      return Bundled.of(resource, NAME).in(natives);
    } finally {
      URLConnection.setDefaultUseCaches("jar", true);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(natives)) {
      return all.filter(file -> !Files.isDirectory(file)).toList();
    }
  }

  @Test
  void aLibraryLiesUnderItsJarForItsUserAlone() throws IOException {
    Path file = unpack();
    assertEquals(natives.toRealPath().resolve("example-1.jar").resolve(NAME), file);
    assertArrayEquals(library, Files.readAllBytes(file));
    assertEquals(0100500, (int) Files.getAttribute(file, "unix:mode"));
    assertEquals(List.of(file), files());
  }

  @Test
  void whatIsWholeIsNotWrittenAgain() throws IOException {
    Object first = Files.getAttribute(unpack(), "unix:ino");
    assertEquals(first, Files.getAttribute(unpack(), "unix:ino"));
  }

  /** What is there instead of the library is replaced by another file, never written to. */
  private void assertReplaced(Path file) throws IOException {
    Object before = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    assertEquals(file, unpack());
    assertArrayEquals(library, Files.readAllBytes(file));
    assertEquals(0100500, (int) Files.getAttribute(file, "unix:mode"));
    assertFalse(Files.isSymbolicLink(file));
    assertFalse(before.equals(Files.getAttribute(file, "unix:ino")), "written in place");
    assertEquals(List.of(file), files());
  }

  @Test
  void aCutFileIsReplaced() throws IOException {
    Path file = unpack();
    for (int bytes : new int[] {0, 1, 50_000, library.length - 1}) {
      // With its time, as if a writer had been stopped by a full disk.
      FileTime time = Files.getLastModifiedTime(file);
      Files.delete(file);
      Files.write(file, Arrays.copyOf(library, bytes));
      Files.setLastModifiedTime(file, time);
      assertReplaced(file);
    }
  }

  @Test
  void aChangedFileOfTheSameSizeIsReplaced() throws IOException {
    Path file = unpack();
    Files.delete(file);
    Files.write(file, new byte[library.length]);
    assertReplaced(file);
  }

  @Test
  void aFileThatOthersCanWriteToIsReplaced() throws IOException {
    Path file = unpack();
    Files.setAttribute(file, "unix:mode", 0666);
    assertReplaced(file);
  }

  @Test
  void aLinkIsReplacedAndWhatItLedToStays() throws IOException {
    Path file = unpack();
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "planted");
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    assertReplaced(file);
    assertEquals("planted", Files.readString(elsewhere));
  }

  @Test
  void anotherBuildOfTheSameJarIsTaken() throws IOException {
    Path file = unpack();
    library = Arrays.copyOf(library, 90_000);
    writeJar(library);
    assertReplaced(file);
  }

  @Test
  void aDamagedJarLeavesNothing() throws IOException {
    byte[] bytes = Files.readAllBytes(jar);
    bytes[50_000] ^= 1;
    Files.write(jar, bytes);
    UnsatisfiedLinkError refused = assertThrows(UnsatisfiedLinkError.class, this::unpack);
    assertTrue(refused.getMessage().contains("example-1.jar"), refused.getMessage());
    assertTrue(refused.getMessage().endsWith("is damaged: install it again"));
    assertEquals(List.of(), files());
  }

  @Test
  void whatKilledRunsLeftGoes() throws IOException {
    Path file = unpack();
    Path old = Files.createFile(file.resolveSibling("1.part"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(4000)));
    Path young = Files.createFile(file.resolveSibling("2.part"));
    Files.delete(file);
    assertEquals(file, unpack());
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(young), "its writer may be at work");
  }

  @Test
  void theUsersFolderGoesFirstIfItIsTheirOwn() throws IOException {
    String resource = NativesTest.class.getName().replace('.', '/') + ".class";
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setAttribute(open, "unix:mode", 0777);
    Path own = folder.resolve("own");
    Path file =
        Natives.unpack(NativesTest.class, resource, null, "", open.toString(), own.toString());
    assertTrue(file.startsWith(own.toRealPath()), file.toString());
    assertArrayEquals(
        NativesTest.class.getResourceAsStream("/" + resource).readAllBytes(),
        Files.readAllBytes(file));
    try (Stream<Path> all = Files.list(open)) {
      assertEquals(0, all.count());
    }
    assertThrows(
        UnsatisfiedLinkError.class, () -> Natives.unpack(NativesTest.class, "lib/nothing.so"));
  }

  @Test
  void whatIsMadeIsMadeOnceOrLeavesNothing() throws IOException {
    String name = "made-" + System.nanoTime() + ".so";
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                Natives.make(
                    name,
                    file -> {
                      Files.writeString(file, "half");
                      throw new IOException("no compiler");
                    }));
    assertEquals("no compiler", refused.getMessage());
    Path made = Natives.make(name, file -> Files.writeString(file, "whole"));
    try {
      assertEquals(made, Natives.make(name, file -> Files.writeString(file, "again")));
      assertEquals("whole", Files.readString(made));
      Path old = Files.createFile(made.resolveSibling(name + ".part"));
      Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(4000)));
      Files.delete(made);
      assertEquals(made, Natives.make(name, file -> Files.writeString(file, "anew")));
      assertFalse(Files.exists(old), "what a killed run left");
    } finally {
      Files.delete(made);
    }
  }

  @Test
  void aBindingSeesTheFolderWhileItInitialises() {
    String before = System.getProperty("java.io.tmpdir");
    Natives.initialise(Binding.class, folder);
    assertEquals(folder.toString(), Binding.SEEN);
    assertEquals(before, System.getProperty("java.io.tmpdir"));
  }

  /** Looks for temporary files where JOCL and JCuda do. */
  static final class Binding {
    static final String SEEN = System.getProperty("java.io.tmpdir");
  }
}
