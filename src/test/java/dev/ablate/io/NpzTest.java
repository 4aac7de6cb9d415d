package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are not what they say. */
class NpzTest {
  private static final double[] VALUES = {1.5, -2.25, 1e-300, 3e200, 0.1, -0.0};
  private static final int CENTRAL = 0x02014b50;

  @TempDir private Path folder;

  private static byte[] npy(String shape, double... values) {
    String dict = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + "}\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + dict.length() + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.putShort((short) dict.length()).put(dict.getBytes(StandardCharsets.US_ASCII));
    for (double value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  private Path archive(int method, byte[] content, List<String> names) throws IOException {
    Path file = folder.resolve("a.npz");
    CRC32 checksum = new CRC32();
    checksum.update(content);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : names) {
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setMethod(method);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
      }
    }
    return file;
  }

  private static String refusal(Path path) {
    String message = assertThrows(InputException.class, () -> ValueFile.read(path)).getMessage();
    assertTrue(message.length() <= 600, message);
    return message;
  }

  /** Every bit of a stored member is part of a value or of its header; each third is tried. */
  @Test
  void aFlippedBitOfAStoredMemberIsNoticed() throws IOException {
    byte[] content = npy("(6,)", VALUES);
    Path file = archive(ZipEntry.STORED, content, List.of("v"));
    assertArrayEquals(VALUES, ValueFile.read(file).hostDoubles());
    byte[] good = Files.readAllBytes(file);
    int data = 30 + "v.npy".length();
    for (int bit = 0; bit < 8 * content.length; bit += 3) {
      Files.write(file, flipped(good, 8 * data + bit));
      String message = refusal(file);
      assertTrue(message.startsWith(file + ":v.npy is damaged: its checksum"), message);
    }
  }

  /** The list of members may lead to where there is none. */
  @Test
  void aMemberThatIsNotWhereItShouldBeIsNotReadable() throws IOException {
    Path file = archive(ZipEntry.STORED, npy("(6,)", VALUES), List.of("v"));
    Files.write(file, flipped(Files.readAllBytes(file), 0));
    String reason = "invalid LOC header (bad signature)";
    assertEquals("cannot read " + file + " (" + reason + "): check the file", refusal(file));
  }

  /** Here some bits are padding: then the values are the same. */
  @Test
  void aFlippedBitOfADeflatedMemberChangesNoValue() throws IOException {
    Path file = archive(ZipEntry.DEFLATED, npy("(6,)", VALUES), List.of("v"));
    byte[] good = Files.readAllBytes(file);
    int data = 30 + "v.npy".length();
    int refused = 0;
    for (int bit = 8 * data; bit < 8 * central(good); bit += 3) {
      Files.write(file, flipped(good, bit));
      try {
        assertArrayEquals(VALUES, ValueFile.read(file).hostDoubles());
      } catch (InputException e) {
        refused++;
      }
    }
    assertTrue(refused > 4 * (central(good) - data) / 3, refused + " were refused");
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  /** Where the list of members begins. */
  private static int central(byte[] archive) {
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int central = bytes.getInt(archive.length - 6);
    assertEquals(CENTRAL, bytes.getInt(central));
    return central;
  }

  /** Memory is set aside by shape and size; both may lie. */
  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void aSizeThatLiesIsNoticed(int method) throws IOException {
    Path file = archive(method, npy("(250000000,)", VALUES), List.of("v"));
    assertTrue(refusal(file).contains("is cut short"), refusal(file));
    byte[] lying = Files.readAllBytes(file);
    int size = central(lying) + 24;
    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(size, 2_000_000_200);
    Files.write(file, lying);
    String message = refusal(file);
    assertTrue(message.contains("a.npz"), message);
    assertTrue(message.contains("it says that it has 2000000200 bytes and has others"), message);
  }

  @Test
  void manyMembersAreNotListed() throws IOException {
    List<String> names = new ArrayList<>();
    for (int m = 0; m < 3000; m++) {
      names.add("member" + m);
    }
    Path file = archive(ZipEntry.DEFLATED, npy("(1,)", 1), names);
    String message = refusal(Path.of(file + ":" + "x".repeat(500)));
    assertTrue(message.contains("member9 and 2990 more as a.npz:NAME"), message);
    assertTrue(message.contains("has no array x"), message);
  }

  @Test
  void theOnlyArrayUnderAnotherNameIsNamed() throws IOException {
    Path file = archive(ZipEntry.STORED, npy("(1,)", 1), List.of("m"));
    assertEquals(
        file + " has no array n: name one of m as a.npz:NAME", refusal(Path.of(file + ":n")));
  }

  @Test
  void aNameThatIsThereTwiceIsSaid() throws IOException {
    Path file = archive(ZipEntry.DEFLATED, npy("(1,)", 1), List.of("m", "n"));
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length - 5; at++) {
      if (new String(bytes, at, 5, StandardCharsets.ISO_8859_1).equals("n.npy")) {
        bytes[at] = 'm';
      }
    }
    Files.write(file, bytes);
    String twice = file + " holds 2 arrays of the name m: keep one of them";
    assertEquals(twice, refusal(file));
    assertEquals(twice, refusal(Path.of(file + ":m")));
  }

  @Test
  void anArchiveWithoutArraysIsSaid() throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("a.npz")))) {
      zip.putNextEntry(new ZipEntry("readme.txt"));
    }
    String message = refusal(folder.resolve("a.npz"));
    assertTrue(message.contains("holds no arrays"), message);
  }

  @Test
  void aFolderIsNoArchive() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("f.npz"));
    assertEquals(inside + " is no file: check the path", refusal(inside));
    assertEquals(inside + " is no file: check the path", refusal(Path.of(inside + ":m")));
  }
}
