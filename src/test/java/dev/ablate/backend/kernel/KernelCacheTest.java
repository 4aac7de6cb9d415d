package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An entry is read back whole or not at all. */
class KernelCacheTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private KernelCache cache() {
    return new KernelCache(folder.resolve("made/later"), MIB);
  }

  /** Bytes that depend on a number, long enough to be torn. */
  static byte[] content(int number) {
    byte[] bytes = new byte[20_000 + number % 7];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  private Path entry(KernelCache cache, String key) {
    return cache.folder().resolve(key + ".kernel");
  }

  private static List<Path> files(KernelCache cache) throws IOException {
    try (Stream<Path> files = Files.list(cache.folder())) {
      return files.toList();
    }
  }

  @Test
  void readsBackWhatWasWritten() throws IOException {
    KernelCache cache = cache();
    String key = KernelCache.key("a", "b");
    assertEquals(Optional.empty(), cache.read(key));
    for (byte[] content : List.of(content(1), new byte[0], content(2))) {
      cache.write(key, content);
      assertArrayEquals(content, cache.read(key).orElseThrow());
    }
    assertEquals(List.of(entry(cache, key)), files(cache));
  }

  @Test
  void keyDependsOnEveryPart() {
    String key = KernelCache.key("options", "compiler", "driver", "device", "source");
    assertEquals(64, key.length());
    for (int i = 0; i < 5; i++) {
      String[] parts = {"options", "compiler", "driver", "device", "source"};
      parts[i] += "2";
      assertNotEquals(key, KernelCache.key(parts));
    }
  }

  @Test
  void brokenEntriesAreMissingAndReplaced() throws IOException {
    KernelCache cache = cache();
    String key = KernelCache.key("k");
    cache.write(key, content(3));
    byte[] whole = Files.readAllBytes(entry(cache, key));
    List<byte[]> broken = new ArrayList<>();
    for (int length : new int[] {0, 7, 8, 39, 40, whole.length / 2, whole.length - 1}) {
      broken.add(Arrays.copyOf(whole, length));
    }
    broken.add(Arrays.copyOf(whole, whole.length + 1));
    for (int at : new int[] {0, 8, 39, 40, whole.length - 1}) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 1;
      broken.add(flipped);
    }
    broken.add("not a kernel".repeat(20).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    for (byte[] bytes : broken) {
      Files.write(entry(cache, key), bytes);
      assertEquals(Optional.empty(), cache.read(key), bytes.length + " bytes");
      cache.write(key, content(3));
      assertArrayEquals(content(3), cache.read(key).orElseThrow());
    }
  }

  @Test
  @Timeout(60)
  void writersDoNotDisturbEachOther() throws Exception {
    KernelCache cache = new KernelCache(folder, MIB);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> writers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        writers.add(
            () -> {
              int read = 0;
              for (int i = 0; i < 100; i++) {
                int number = (i * 3 + thread) % 5;
                cache.write(KernelCache.key("n" + number), content(number));
                Optional<byte[]> back = cache.read(KernelCache.key("n" + number));
                if (back.isPresent()) {
                  assertArrayEquals(content(number), back.get());
                  read++;
                }
              }
              return read;
            });
      }
      for (Future<Integer> read : threads.invokeAll(writers)) {
        assertEquals(100, read.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(5, files(cache).size());
  }

  /** Writes entries until it is killed; the number of the entry is its key. */
  public static final class Writer {
    private Writer() {}

    /** The folder is the argument; prints a line when the first entry is there. */
    public static void main(String[] arguments) {
      KernelCache cache = new KernelCache(Path.of(arguments[0]), 64 * MIB);
      for (int i = 0; ; i = (i + 1) % 50) {
        cache.write(KernelCache.key("n" + i), content(i));
        if (i == 0) {
          System.out.println("started");
        }
      }
    }
  }

  @Test
  @Timeout(120)
  void killedWriterLeavesNoBrokenEntry() throws Exception {
    KernelCache cache = new KernelCache(folder, 64 * MIB);
    for (int round = 0; round < 3; round++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        assertEquals('s', writer.getInputStream().read());
        Thread.sleep(50 + 37L * round);
      } finally {
        writer.destroyForcibly();
        assertTrue(writer.waitFor(30, TimeUnit.SECONDS));
      }
      int found = 0;
      for (int i = 0; i < 50; i++) {
        String key = KernelCache.key("n" + i);
        if (Files.exists(entry(cache, key))) {
          assertArrayEquals(content(i), cache.read(key).orElseThrow(), "entry " + i);
          found++;
        }
      }
      assertTrue(found > 0);
    }
    // What the killed writers left goes away once it is old.
    Path left = Files.createTempFile(folder, "left", ".part");
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(7200)));
    cache.write(KernelCache.key("n0"), content(0));
    assertFalse(Files.exists(left));
  }

  @Test
  void folderThatCannotBeWrittenMeansNoCache() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    // No folder can be made below a file, whoever asks, the superuser included.
    KernelCache below = new KernelCache(file.resolve("cache"), MIB);
    below.write(KernelCache.key("k"), content(1));
    assertEquals(Optional.empty(), below.read(KernelCache.key("k")));

    KernelCache cache = new KernelCache(folder.resolve("readonly"), MIB);
    cache.write(KernelCache.key("k"), content(1));
    assertTrue(cache.folder().toFile().setWritable(false));
    try {
      cache.write(KernelCache.key("other"), content(2));
      assertArrayEquals(content(1), cache.read(KernelCache.key("k")).orElseThrow());
    } finally {
      assertTrue(cache.folder().toFile().setWritable(true));
    }
  }

  /** A driver runs what an entry holds. */
  @Test
  void folderThatOthersCanWriteToMeansNoCache() throws IOException {
    KernelCache cache = new KernelCache(folder.resolve("open"), MIB);
    cache.write(KernelCache.key("k"), content(1));
    assertTrue(cache.read(KernelCache.key("k")).isPresent());
    Files.setPosixFilePermissions(cache.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals(Optional.empty(), cache.read(KernelCache.key("k")));
    cache.write(KernelCache.key("other"), content(2));
    assertFalse(Files.exists(entry(cache, KernelCache.key("other"))));
  }

  @Test
  void longestUnusedEntriesGoFirst() throws IOException {
    KernelCache cache = new KernelCache(folder, 70_000);
    for (int i = 0; i < 3; i++) {
      cache.write(KernelCache.key("n" + i), content(i));
      Instant used = Instant.now().minusSeconds(10_000 - i);
      Files.setLastModifiedTime(entry(cache, KernelCache.key("n" + i)), FileTime.from(used));
    }
    // A use makes an entry young.
    assertTrue(cache.read(KernelCache.key("n0")).isPresent());
    cache.write(KernelCache.key("n3"), content(3));
    assertTrue(cache.read(KernelCache.key("n0")).isPresent());
    assertFalse(cache.read(KernelCache.key("n1")).isPresent());
    assertTrue(cache.read(KernelCache.key("n2")).isPresent());
    assertTrue(cache.read(KernelCache.key("n3")).isPresent());
  }
}
