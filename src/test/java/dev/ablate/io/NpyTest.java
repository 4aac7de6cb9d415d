package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by NumPy (make.py beside them) and files written here. */
class NpyTest {
  private static final Path NUMPY = Path.of("src/test/resources/dev/ablate/io");
  private static final double[] VALUES = {1.5, -2.25, 1e-300, 3e200, 0.1, -0.0};

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "masks_bool.npy",
        "masks_uint8.npy",
        "masks_version2.npy",
        "masks_version3.npy",
        "stored.npz:masks",
        "deflated.npz",
        "deflated.npz:masks"
      })
  void numpyMasksAreRead(String file) {
    assertNumpyMasks(MaskFile.read(NUMPY.resolve(file)));
    assertNumpyMasks(MaskFile.read(NUMPY.resolve(file), 70));
  }

  @Test
  void packedNumpyMasksAreRead() {
    assertNumpyMasks(MaskFile.read(NUMPY.resolve("masks_packed.npy"), 70));
  }

  @Test
  void numpyValuesAreRead() {
    Values two = ValueFile.read(NUMPY.resolve("values.npy"));
    assertEquals(2, two.outputs());
    assertArrayEquals(VALUES, two.hostDoubles());
    assertArrayEquals(VALUES, ValueFile.read(NUMPY.resolve("stored.npz:values")).hostDoubles());
    Values one = ValueFile.read(NUMPY.resolve("values_single.npy"));
    assertEquals(1, one.outputs());
    assertArrayEquals(new double[] {1.5, 1e-300, 0.1}, one.hostDoubles());
    Values single = ValueFile.read(NUMPY.resolve("values_float32.npy"));
    assertArrayEquals(new double[] {0.1f, -7}, single.hostDoubles());
  }

  @Test
  void whatIsWrittenIsWhatNumpyWrites() throws IOException {
    Masks masks = MaskFile.read(NUMPY.resolve("masks_uint8.npy"));
    Path file = folder.resolve("out.npy");
    MaskFile.write(file, masks);
    assertSameBytes("masks_uint8.npy", file);
    MaskFile.writePacked(file, masks);
    assertSameBytes("masks_packed.npy", file);
    ValueFile.write(file, ValueFile.read(NUMPY.resolve("values.npy")));
    assertSameBytes("values.npy", file);
    ValueFile.write(file, ValueFile.read(NUMPY.resolve("values_single.npy")));
    assertSameBytes("values_single.npy", file);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,63", "5,64", "7,65", "300,128", "3,5000"})
  void masksComeBack(int count, int features) {
    boolean[][] rows = new boolean[count][features];
    Random random = new Random(features);
    for (boolean[] row : rows) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextBoolean();
      }
    }
    Masks masks = Masks.of(rows);
    Path plain = folder.resolve("plain.npy");
    Path packed = folder.resolve("packed.npy");
    MaskFile.write(plain, masks);
    MaskFile.writePacked(packed, masks);
    assertArrayEquals(rows, MaskFile.read(plain).toArray());
    assertArrayEquals(rows, MaskFile.read(packed, features).toArray());
  }

  @Test
  void sharedGamesAreRead() {
    Path game = Path.of("..", "shared", "games", "planted-noisy-256");
    Assumptions.assumeTrue(Files.isDirectory(game), "../shared/games is missing");
    Masks masks = MaskFile.read(game.resolve("masks.npy"));
    Values values = ValueFile.read(game.resolve("values.npy"));
    assertEquals(256, masks.features());
    assertEquals(masks.count(), values.count());
    long kept = Arrays.stream(masks.hostWords()).map(Long::bitCount).sum();
    assertEquals(0.5, kept / 256.0 / masks.count(), 0.01);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "masks_int64.npy | <i8",
        "masks_fortran.npy | Fortran",
        "masks_packed.npy | with features",
        "objects.npy | pickled",
        "structured.npy | structured",
        "values_single.npy | (3,)",
        "make.py | not an NPY",
        "missing.npy | does not exist",
        "stored.npz | holds 2 arrays: name one of masks, values as stored.npz:NAME",
        "stored.npz:weights | weights",
        "gone.npz:masks | does not exist",
        "stored.npz:values | <f8",
      })
  void badMasksAreRefused(String file, String says) {
    assertRefused(says, () -> MaskFile.read(NUMPY.resolve(file)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "values_nan.npy | NaN in row 1",
        "values_big_endian.npy | >f8",
        "masks_uint8.npy | u1",
        "objects.npy | pickled",
      })
  void badValuesAreRefused(String file, String says) {
    assertRefused(says, () -> ValueFile.read(NUMPY.resolve(file)));
  }

  @Test
  void featureCountsMustFit() {
    assertRefused("70", () -> MaskFile.read(NUMPY.resolve("masks_bool.npy"), 71));
    assertRefused("3", () -> MaskFile.read(NUMPY.resolve("masks_packed.npy"), 129));
    assertRefused("beyond", () -> MaskFile.read(NUMPY.resolve("masks_packed.npy"), 68));
    assertRefused("0", () -> MaskFile.read(NUMPY.resolve("masks_packed.npy"), 0));
  }

  @Test
  void otherNumbersThanZeroAndOneAreNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(NUMPY.resolve("masks_uint8.npy"));
    bytes[128 + 70 + 4] = 2;
    assertRefused("holds 2 in row 1, column 4", () -> MaskFile.read(write(bytes)));
    bytes[128 + 70 + 4] = -1;
    assertRefused("holds 255 in row 1, column 4", () -> MaskFile.read(write(bytes)));
  }

  @Test
  void everyShorteningIsRefused() throws IOException {
    for (String file : new String[] {"masks_uint8.npy", "values.npy", "masks_version2.npy"}) {
      byte[] bytes = Files.readAllBytes(NUMPY.resolve(file));
      for (int length = 0; length < bytes.length; length++) {
        Path path = write(Arrays.copyOf(bytes, length));
        String says = length < 128 ? "not an NPY" : "cut short";
        assertRefused(says, () -> readAny(file, path));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(0, 4)", "(4, 0)", "()", "(2, 2, 2)", "(99999999999, 9)", "(9, 99999999999)"})
  void shapesThatHoldNoMasksAreRefused(String shape) throws IOException {
    assertRefused("shape", () -> MaskFile.read(write(header("|u1", shape))));
    if (!shape.contains("999")) {
      assertRefused("shape", () -> ValueFile.read(write(header("<f8", shape))));
    }
  }

  /** NumPy refuses them too: which of two would hold? */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(2, 2), 'shape': (1, 4)",
        "(2, 2), 'descr': '<f8'",
        "(2, 2), 'more': 1",
        "(2, 2)} {",
        "(2, 2) 'x'",
        "(2, 2",
        "(",
        "(-2, 2)",
        "(2.0, 2)",
        "(\u0662, 2)",
        "(99999999999999999999, 2)"
      })
  void headersOfOtherKeysAreRefused(String shape) throws IOException {
    assertRefused("not an NPY file", () -> MaskFile.read(write(header("|u1", shape))));
  }

  @Test
  void headersInAnyOrderAreRead() throws IOException {
    String dict = "{\"shape\": (1L,2L), 'fortran_order':False , 'descr' : '|u1'}\n";
    byte[] bytes = new byte[10 + dict.length() + 2];
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) dict.length(), 0};
    System.arraycopy(start, 0, bytes, 0, 10);
    System.arraycopy(dict.getBytes(StandardCharsets.US_ASCII), 0, bytes, 10, dict.length());
    bytes[bytes.length - 1] = 1;
    assertArrayEquals(new boolean[][] {{false, true}}, MaskFile.read(write(bytes)).toArray());
  }

  @Test
  void anEndlessTypeIsCut() throws IOException {
    byte[] dict =
        ("{'descr': '" + "x".repeat(60_000) + "', 'fortran_order': False, 'shape': (1, 1)}\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[10 + dict.length + 1];
    byte[] start = {
      (byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) dict.length, (byte) (dict.length >> 8)
    };
    System.arraycopy(start, 0, bytes, 0, 10);
    System.arraycopy(dict, 0, bytes, 10, dict.length);
    assertRefused(
        "bytes.npy has type " + "x".repeat(59) + "…: masks are", () -> MaskFile.read(write(bytes)));
  }

  @Test
  void aBrokenArchiveIsRefused() throws IOException {
    Path path = folder.resolve("broken.npz");
    Files.write(path, new byte[] {'P', 'K', 3, 4, 0, 0});
    assertRefused("not an NPZ", () -> MaskFile.read(path));
  }

  private static void assertNumpyMasks(Masks masks) {
    assertEquals(3, masks.count());
    assertEquals(70, masks.features());
    for (int r = 0; r < 3; r++) {
      for (int i = 0; i < 70; i++) {
        assertEquals((7 * r + 5 * i) % 3 == 0, masks.kept(r, i), r + ", " + i);
      }
    }
  }

  private static void assertSameBytes(String expected, Path actual) throws IOException {
    assertArrayEquals(
        Files.readAllBytes(NUMPY.resolve(expected)), Files.readAllBytes(actual), expected);
  }

  private static void assertRefused(String says, Executable read) {
    InputException refused = assertThrows(InputException.class, read);
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  private static byte[] header(String type, String shape) {
    String dict = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    byte[] bytes = new byte[10 + dict.length() + 64];
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) dict.length(), 0};
    System.arraycopy(start, 0, bytes, 0, 10);
    System.arraycopy(dict.getBytes(StandardCharsets.US_ASCII), 0, bytes, 10, dict.length());
    return bytes;
  }

  private static void readAny(String file, Path path) {
    if (file.startsWith("values")) {
      ValueFile.read(path);
    } else {
      MaskFile.read(path);
    }
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("bytes.npy"), bytes);
  }
}
