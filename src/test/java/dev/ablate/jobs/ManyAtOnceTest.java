package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.io.MaskFile;
import dev.ablate.lens.LensKind;
import dev.ablate.lens.Lenses;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several inputs at once: they do run at once, a few of them, and none of them notices. */
class ManyAtOnceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  /** Notes what it hears, and that it hears one thing at a time. */
  private static class Noted<I> implements Batch.Listener<I> {
    final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger inside = new AtomicInteger();

    private void hear(String what) {
      assertEquals(1, inside.incrementAndGet(), "two calls at once");
      Thread.yield();
      heard.add(what);
      inside.decrementAndGet();
    }

    @Override
    public Batch.Watch begins(Item<I> item) {
      hear("begins " + item.id());
      return Batch.Watch.NONE;
    }

    @Override
    public void finished(Item<I> item, Path file, Explanation explanation) {
      hear("finished " + item.id());
    }

    @Override
    public void failed(Item<I> item, InputException why) {
      hear("failed " + item.id());
    }

    @Override
    public void kept(Item<I> item, String where) {
      heard.add("kept " + item.id() + ": " + where);
    }
  }

  private static List<Item<Integer>> items(int count, int features) {
    return IntStream.range(0, count)
        .mapToObj(i -> Sums.item("i" + i, features + i % 3, i + 1))
        .toList();
  }

  private int explain(
      List<Item<Integer>> items, int threads, IntConsumer asked, Batch.Listener<Integer> listener) {
    Explainer<Double, Integer> explainer = Sums.explainer(new Sums(asked), 2, Request.standard());
    return new Batch<>(items, folder.resolve("out"), null).explain(explainer, threads, listener);
  }

  @Test
  void inputsMeetAndNeverMoreThanWereAskedFor() {
    int threads = 3;
    CyclicBarrier meeting = new CyclicBarrier(threads);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    IntConsumer asked =
        features -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          await(meeting);
          inside.decrementAndGet();
        };
    Noted<Integer> noted = new Noted<>();
    assertEquals(0, explain(items(12, 2), threads, asked, noted));
    assertEquals(threads, most.get());
    assertEquals(24, noted.heard.size());
  }

  private static void await(CyclicBarrier meeting) {
    try {
      meeting.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("they do not run at once", e);
    }
  }

  /** Memory does not grow with the threads of a large machine. */
  @Test
  void thereIsALimit() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    IntConsumer asked =
        features -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.yield();
          inside.decrementAndGet();
        };
    explain(items(100, 2), 1000, asked, new Noted<>());
    assertTrue(most.get() <= 8, most + " at once");
  }

  /** Nothing further begins, and every input that had its values has them in files. */
  @Test
  void aFailureInsideLosesNothingOfTheOthers() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    IntConsumer failing =
        features -> {
          await(meeting);
          throw new IllegalStateException("as a solver may fail");
        };
    Noted<Integer> noted = new Noted<>();
    Batch<Integer> batch = new Batch<>(items(8, 2), folder.resolve("out"), null);
    Explainer<Double, Integer> explainer =
        Sums.explainer(new Sums(features -> {}, failing), 2, Request.standard());
    KeptException first =
        assertThrows(KeptException.class, () -> batch.explain(explainer, 2, noted));
    assertEquals("as a solver may fail", first.getCause().getMessage());
    List<String> others = noted.heard.stream().filter(h -> h.startsWith("kept")).toList();
    assertEquals(1, others.size(), noted.heard.toString());
    assertEquals(3, noted.heard.size(), noted.heard.toString());
    String all = first.getMessage() + others;
    for (int i = 0; i < 2; i++) {
      Path kept = folder.resolve("out/i" + i + ".evaluated");
      assertTrue(all.contains(kept.toString()), all);
      assertEquals(4 << i, MaskFile.read(kept.resolve("masks.npy")).count());
    }
  }

  /** A run whose solvers do not end. */
  public static final class Endless {
    private Endless() {}

    /** Prints a letter for each input that has its values; the argument is the folder. */
    public static void main(String[] arguments) {
      IntConsumer endless =
          features -> {
            System.out.print('s');
            System.out.flush();
            while (true) {
              Thread.onSpinWait();
            }
          };
      Noted<Integer> noted =
          new Noted<>() {
            @Override
            public void kept(Item<Integer> item, String where) {
              System.out.print(" kept " + item.id());
              System.out.flush();
            }
          };
      new Batch<>(items(5, 2), Path.of(arguments[0]), null)
          .explain(Sums.explainer(new Sums(f -> {}, endless), 2, Request.standard()), 2, noted);
    }
  }

  @Test
  void aProcessThatIsToldToEndKeepsTheMasksOfEveryInput() throws Exception {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Endless.class.getName(),
                out.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertEquals(
          "ss", new String(process.getInputStream().readNBytes(2), StandardCharsets.US_ASCII));
      // Unlike the process, its handle leaves the streams open.
      process.toHandle().destroy();
      String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(143, process.exitValue());
      assertTrue(told.contains(" kept i0") && told.contains(" kept i1"), told);
    } finally {
      process.destroyForcibly();
    }
    assertEquals(4, MaskFile.read(out.resolve("i0.evaluated/masks.npy")).count());
    assertEquals(8, MaskFile.read(out.resolve("i1.evaluated/masks.npy")).count());
    assertEquals("", Files.readString(out.resolve("summary.jsonl")));
  }

  @Test
  void anInterruptReachesEveryInput() {
    Thread caller = Thread.currentThread();
    CyclicBarrier meeting = new CyclicBarrier(2);
    AtomicInteger cancelled = new AtomicInteger();
    IntConsumer asked =
        features -> {
          await(meeting);
          caller.interrupt();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            cancelled.incrementAndGet();
            throw new CancellationException("interrupted");
          }
        };
    assertThrows(CancellationException.class, () -> explain(items(6, 2), 2, asked, new Noted<>()));
    assertTrue(Thread.interrupted());
    assertEquals(2, cancelled.get());
  }

  /** Same seed, same batches: a text has the result that it has alone, whatever runs beside it. */
  @Test
  void resultsAreThoseOfOneAtATimeBitForBit() throws Exception {
    String[] words = "the film is never dull and not quite as bad or long as they say".split(" ");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      lines.append("{\"text\": \"");
      for (int w = 0; w < 4 + i % 7; w++) {
        lines.append(words[(i * 5 + w * 7) % words.length]).append(' ');
      }
      lines.append("\"}\n");
    }
    Path input = Files.writeString(folder.resolve("texts.jsonl"), lines);
    requireSame(Lenses.INPUTS.of(Settings.STANDARD, true), input);
  }

  private <M extends AutoCloseable, I> void requireSame(LensKind<M, I> kind, Path input)
      throws Exception {
    List<Item<I>> items = Items.read(input, kind);
    try (OpenModel<M> open = OpenModel.of(kind, 2);
        HostBackend host = new HostBackend(2)) {
      Explainer<M, I> explainer =
          new Explainer<>(
              kind.lens(Settings.STANDARD),
              open.model(),
              Request.standard(),
              new Runner(new Backends.Choice(host, "host: in a test")));
      for (boolean journals : new boolean[] {false, true}) {
        List<Map<String, JsonNode>> results = new ArrayList<>();
        for (int threads : new int[] {1, 4}) {
          Path out = folder.resolve("out" + threads + journals);
          Path own = journals ? folder.resolve("journals" + threads) : null;
          assertEquals(0, new Batch<>(items, out, own).explain(explainer, threads, new Noted<>()));
          results.add(results(out));
        }
        assertEquals(13, results.get(0).size());
        assertEquals(results.get(0), results.get(1));
      }
    }
  }

  /** Files and summary lines by name, without times. */
  private static Map<String, JsonNode> results(Path out) throws IOException {
    Map<String, JsonNode> results = new TreeMap<>();
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        JsonNode json = JSON.readTree(file.toFile());
        json.findParents("seconds").forEach(one -> ((ObjectNode) one).remove("seconds"));
        results.put(file.getFileName().toString(), json);
      }
    }
    TreeMap<String, JsonNode> lines = new TreeMap<>();
    for (String line : Files.readAllLines(out.resolve("summary.jsonl"))) {
      ObjectNode json = (ObjectNode) JSON.readTree(line);
      json.remove(List.of("seconds", "file_sha256"));
      lines.put(json.get("id").textValue(), json);
    }
    results.put("summary", JSON.valueToTree(lines));
    return results;
  }
}
