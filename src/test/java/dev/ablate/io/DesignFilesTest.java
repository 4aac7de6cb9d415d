package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two files that are one result. */
class DesignFilesTest {
  private static final String MASKS = "masks.npy";
  private static final String DESIGN = "design.json";
  private static final String LATER = ".ablate-previous";

  @TempDir private Path folder;

  private void write(int features) {
    new DesignFiles(folder)
        .write(Masks.exhaustive(features), false, new Design.Exhaustive(features));
  }

  private int features(String masks, String design) {
    Design read = DesignJson.read(folder.resolve(design));
    assertArrayEquals(
        Masks.exhaustive(read.features()).hostWords(),
        MaskFile.read(folder.resolve(masks), read.features()).hostWords());
    return read.features();
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private void move(String from, String to) throws IOException {
    Files.move(folder.resolve(from), folder.resolve(to));
  }

  @Test
  void aPairReplacesAPair() throws IOException {
    write(3);
    write(4);
    assertEquals(4, features(MASKS, DESIGN));
    assertEquals(Set.of(MASKS, DESIGN), names());
  }

  /** Every state in which a write of 4 features over 3 can be stopped, made by hand. */
  @ParameterizedTest
  @CsvSource({"0, 3", "1, 3", "2, 3", "3, 3", "4, 4", "5, 4"})
  void aWriteThatWasStoppedAnywhereLosesNoPair(int moves, int kept) throws IOException {
    write(4);
    move(MASKS, "new.npy");
    move(DESIGN, "new.json");
    write(3);
    if (moves >= 1) {
      move(DESIGN, DESIGN + LATER);
    }
    if (moves >= 2) {
      move(MASKS, MASKS + LATER);
    }
    if (moves >= 3) {
      move("new.npy", MASKS);
    }
    if (moves >= 4) {
      move("new.json", DESIGN);
    }
    if (moves >= 5) {
      Files.delete(folder.resolve(MASKS + LATER));
    }
    String masks = names().contains(MASKS + LATER) && kept == 3 ? MASKS + LATER : MASKS;
    String design = names().contains(DESIGN) ? DESIGN : DESIGN + LATER;
    assertEquals(kept, features(masks, design), "a whole pair is there");
    if (moves >= 1 && moves <= 3) {
      InputException told =
          assertThrows(InputException.class, () -> DesignJson.read(folder.resolve(DESIGN)));
      assertTrue(told.getMessage().contains(DESIGN + LATER), told.getMessage());
    }
    Files.deleteIfExists(folder.resolve("new.npy"));
    Files.deleteIfExists(folder.resolve("new.json"));
    write(5);
    assertEquals(5, features(MASKS, DESIGN));
    assertEquals(Set.of(MASKS, DESIGN), names());
  }

  @Test
  void aWriteThatFailsLeavesThePair() throws IOException {
    write(3);
    Files.delete(folder.resolve(DESIGN));
    Files.createDirectory(folder.resolve(DESIGN));
    byte[] before = Files.readAllBytes(folder.resolve(MASKS));
    assertThrows(InputException.class, () -> write(4));
    assertArrayEquals(before, Files.readAllBytes(folder.resolve(MASKS)));
    assertEquals(Set.of(MASKS, DESIGN), names());
  }

  @Test
  void masksWithoutADesignAreReplacedToo() throws IOException {
    write(3);
    Files.delete(folder.resolve(DESIGN));
    write(4);
    assertEquals(4, features(MASKS, DESIGN));
    Files.delete(folder.resolve(MASKS));
    write(5);
    assertEquals(5, features(MASKS, DESIGN));
    assertEquals(Set.of(MASKS, DESIGN), names());
  }

  @Test
  void linksInTheFolderAreNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(folder.resolve(MASKS), victim);
    Files.createSymbolicLink(folder.resolve(DESIGN), folder.resolve("made"));
    write(4);
    assertEquals("precious", Files.readString(victim));
    assertEquals(Set.of(MASKS, DESIGN, "victim"), names());
    assertEquals(4, features(MASKS, DESIGN));
  }
}
