package dev.ablate.natives;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only folders that nobody else can write to or swap are taken. */
class OwnFolderTest {
  private static final int NOBODY = 65534;

  @TempDir private Path folder;

  private static int mode(Path place) throws IOException {
    return (int) Files.getAttribute(place, "unix:mode") & 07777;
  }

  private static void setMode(Path place, int mode) throws IOException {
    Files.setAttribute(place, "unix:mode", mode);
  }

  private Path existing(String name, int mode) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    setMode(made, mode);
    return made;
  }

  private static String refusal(Path place) {
    return assertThrows(IOException.class, () -> OwnFolder.make(place)).getMessage();
  }

  @Test
  void foldersAreMadeForTheirUserAlone() throws IOException {
    Path made = OwnFolder.make(folder.resolve("a/b/c"));
    assertEquals(folder.toRealPath().resolve("a/b/c"), made);
    for (Path each = made; !each.endsWith(folder.getFileName()); each = each.getParent()) {
      assertEquals(0700, mode(each), each.toString());
    }
    assertEquals(made, OwnFolder.make(folder.resolve("a/b/c")), "the second time");
  }

  @ParameterizedTest
  @ValueSource(ints = {0777, 01777, 0707, 0702})
  void aFolderThatOthersCanWriteToIsRefused(int mode) throws IOException {
    Path open = existing("open", mode);
    assertEquals("others can write to " + open.toRealPath(), refusal(open));
    assertThrows(IOException.class, () -> OwnFolder.check(open));
  }

  @ParameterizedTest
  @ValueSource(ints = {0700, 0755, 0750, 0500})
  void aFolderThatOthersCanOnlyReadIsTaken(int mode) throws IOException {
    Path own = existing("own", mode);
    assertEquals(own.toRealPath(), OwnFolder.make(own));
    assertDoesNotThrow(() -> OwnFolder.check(own));
  }

  @Test
  void whoeverCanWriteAboveCouldSwapIt() throws IOException {
    Path above = existing("above", 0777);
    existing("above/natives", 0700);
    assertEquals("others can write to " + above.toRealPath(), refusal(above.resolve("natives")));
    assertEquals("others can write to " + above.toRealPath(), refusal(above.resolve("a/b")));
    setMode(above, 01777);
    assertDoesNotThrow(() -> OwnFolder.make(above.resolve("natives")), "sticky");
    assertDoesNotThrow(() -> OwnFolder.make(above.resolve("new")), "sticky");
  }

  @Test
  void aGroupOfOneIsItsUser() throws IOException {
    Path shared = existing("shared", 0770);
    assumeTrue(
        Files.getAttribute(shared, "posix:group")
            .toString()
            .equals(Files.getOwner(shared).getName()),
        "this user's group has another name");
    assertDoesNotThrow(() -> OwnFolder.make(shared));
    assumeRoot();
    Files.setAttribute(shared, "unix:gid", NOBODY);
    assertEquals("others can write to " + shared.toRealPath(), refusal(shared));
  }

  @Test
  void aLinkIsNotFollowedToWhatItsMakerChose() throws IOException {
    Path real = existing("real", 0700);
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertTrue(refusal(link).endsWith("link is no folder but a link or a file"), refusal(link));
    // Above, a link is the user's own way of moving a cache elsewhere: what it leads to is checked.
    assertEquals(real.toRealPath().resolve("a"), OwnFolder.make(link.resolve("a")));
    setMode(real, 0777);
    assertEquals("others can write to " + real.toRealPath(), refusal(link.resolve("b")));
    Files.createFile(folder.resolve("file"));
    assertTrue(refusal(folder.resolve("file")).contains("is no folder"));
  }

  @Test
  void aFolderOfAnotherUserIsRefused() throws IOException {
    assumeRoot();
    Path other = existing("other", 0700);
    Files.setAttribute(other, "unix:uid", NOBODY);
    assertEquals(other.toRealPath() + " belongs to another user", refusal(other));
    assertEquals(other.toRealPath() + " belongs to another user", refusal(other.resolve("a")));
    assertThrows(IOException.class, () -> OwnFolder.check(other));
    assertThrows(IOException.class, () -> OwnFolder.checkSwaps(other));
  }

  @Test
  void aFileIsOnesOwnOrNot() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertTrue(OwnFolder.holdsOwnFile(file));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertFalse(OwnFolder.holdsOwnFile(link));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r---w----"));
    assertFalse(OwnFolder.holdsOwnFile(file));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assumeRoot();
    Files.setAttribute(file, "unix:uid", NOBODY);
    assertFalse(OwnFolder.holdsOwnFile(file));
  }

  private void assumeRoot() throws IOException {
    assumeTrue((int) Files.getAttribute(folder, "unix:uid") == 0, "only root can give files away");
  }

  @Test
  void folderComesFromTheEnvironment() {
    String home = "/home/user";
    assertEquals(Path.of("/home/user/.cache/ablate"), OwnFolder.cache(Map.of(), home));
    assertEquals(Path.of("/x/ablate"), OwnFolder.cache(Map.of("XDG_CACHE_HOME", "/x"), home));
    assertEquals(
        Path.of("/a"),
        OwnFolder.cache(Map.of("XDG_CACHE_HOME", "/x", "ABLATE_CACHE_DIR", "/a"), home));
  }
}
