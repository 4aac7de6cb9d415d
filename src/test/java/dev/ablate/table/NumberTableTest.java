package dev.ablate.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumberTableTest {
  @TempDir private Path folder;

  private Path npy(String type, byte[] data, long... shape) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new NpyHeader(type, false, shape).bytes());
    out.write(data);
    return Files.write(folder.resolve("t.npy"), out.toByteArray());
  }

  private static ByteBuffer bytes(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Path csv(String content) throws IOException {
    return Files.writeString(folder.resolve("t.csv"), content);
  }

  @Test
  void csvHasNamesNumbersAndOneColumnOfTexts() throws IOException {
    Path file = csv("x,label,y\n1,cat,2\n3, dog ,-4.5\n");
    NumberTable table = NumberTable.read(file, "label");
    assertEquals(List.of("x", "y"), table.names());
    assertEquals(2, table.rows());
    assertEquals(2, table.columns());
    assertArrayEquals(new double[] {1, 2, 3, -4.5}, table.numbers());
    assertEquals(List.of("cat", "dog"), table.texts());
    assertEquals("\"cat\" is no finite number", said(() -> NumberTable.read(file), 1));
  }

  @Test
  void columnsWithoutNamesHaveNumbers() throws IOException {
    NumberTable table = NumberTable.read(csv("1,2,7\n3,4,8\n"), "2");
    assertEquals(List.of(), table.names());
    assertArrayEquals(new double[] {1, 2, 3, 4}, table.numbers());
    assertEquals(List.of("7", "8"), table.texts());
  }

  @Test
  void aCsvOfManyRowsIsReadWhole() throws IOException {
    StringBuilder content = new StringBuilder("a,b,c\n");
    for (int r = 0; r < 5_000; r++) {
      content.append(r).append(',').append(2 * r).append(',').append(-r).append('\n');
    }
    NumberTable table = NumberTable.read(csv(content.toString()));
    assertEquals(5_000, table.rows());
    assertEquals(15_000, table.numbers().length);
    assertEquals(2 * 4_321, table.numbers()[3 * 4_321 + 1]);
  }

  @Test
  void npyOfWholeNumbersFloatsAndBooleans() throws IOException {
    byte[] shorts = bytes(4).putShort((short) -3).putShort((short) 7).array();
    assertArrayEquals(new double[] {-3, 7}, NumberTable.read(npy("<i2", shorts, 2)).numbers());
    byte[] longs = bytes(16).putLong(-5).putLong(1L << 40).array();
    NumberTable wide = NumberTable.read(npy("<i8", longs, 1, 2));
    assertEquals(2, wide.columns());
    assertArrayEquals(new double[] {-5, 1L << 40}, wide.numbers());
    byte[] unsigned = {(byte) 200, 1};
    assertArrayEquals(new double[] {200, 1}, NumberTable.read(npy("|u1", unsigned, 2)).numbers());
    byte[] floats = bytes(8).putFloat(0.5f).putFloat(-2).array();
    assertArrayEquals(new double[] {0.5, -2}, NumberTable.read(npy("<f4", floats, 2)).numbers());
    assertTrue(said(() -> NumberTable.read(npy("<c8", longs, 2)), 0).contains("<c8"));
  }

  @Test
  void aNumberThatIsNotFiniteIsNamedByRowAndColumn() throws IOException {
    byte[] data = bytes(32).putDouble(1).putDouble(2).putDouble(3).putDouble(Double.NaN).array();
    Path file = npy("<f8", data, 2, 2);
    assertTrue(said(() -> NumberTable.read(file), 0).contains("NaN in row 1, column 1"));
  }

  @Test
  void labelsAreTextsWhateverTheirType() throws IOException {
    byte[] longs = bytes(16).putLong(3).putLong(-1).array();
    assertEquals(List.of("3", "-1"), NumberTable.texts(npy("<i8", longs, 2)));
    byte[] doubles = bytes(16).putDouble(3).putDouble(0.5).array();
    assertEquals(List.of("3", "0.5"), NumberTable.texts(npy("<f8", doubles, 2)));
    byte[] words = bytes(24).putInt('c').putInt('a').putInt('t').putInt(0x1F600).array();
    assertEquals(List.of("cat", "\uD83D\uDE00"), NumberTable.texts(npy("<U3", words, 2)));
    Path narrow = npy("|S3", new byte[6], 2);
    InputException e = assertThrows(InputException.class, () -> NumberTable.texts(narrow));
    assertTrue(
        e.getMessage().endsWith("texts are read as type U; save array.astype('U')"),
        e.getMessage());
    assertEquals(List.of("3", "4"), NumberTable.texts(csv("3\n4\n")));
    assertEquals(List.of("4", "5"), NumberTable.texts(csv("label\n4\n5\n")));
  }

  @Test
  void namesAreOneALine() throws IOException {
    Path file = Files.writeString(folder.resolve("names.txt"), "\uFEFFone\n two words \nthree\n\n");
    assertEquals(List.of("one", "two words", "three"), NameList.read(file, 3, "features"));
    assertTrue(
        said(() -> NameList.read(file, 4, "features"), 0).contains("3 names for 4 features"));
    Path gap = Files.writeString(folder.resolve("gap.txt"), "one\n\nthree\n");
    assertTrue(said(() -> NameList.read(gap, 2, "features"), 0).contains("line 2 is empty"));
  }

  private interface Read {
    Object from() throws IOException;
  }

  /** What a refusal says, or a part of it between colons and semicolons. */
  private static String said(Read read, int part) {
    String message = assertThrows(InputException.class, read::from).getMessage();
    return part == 0 ? message : message.split("[:;] ")[part];
  }
}
