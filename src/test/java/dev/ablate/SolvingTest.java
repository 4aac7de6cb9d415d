package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.Philox;
import dev.ablate.game.Evaluation;
import dev.ablate.game.EvaluationKept;
import dev.ablate.game.Progress;
import dev.ablate.mask.Masks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller hears of solving, and how he ends it. */
class SolvingTest {
  private static final int FEATURES = 17;
  private static final int MASKS = 300;
  private static final long LATEST = Duration.ofSeconds(1).toNanos();

  private static Ablate engine;

  @BeforeAll
  static void open() {
    engine = Ablate.open("host", 2);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  /** What was heard of solving. */
  private static final class Heard implements Progress {
    final List<Double> shares = new ArrayList<>();
    final Set<String> stages = new LinkedHashSet<>();
    final Thread caller = Thread.currentThread();
    String endsAt;
    long ended;

    @Override
    public void done(long masks) {
      assertTrue(shares.isEmpty() || shares.get(shares.size() - 1) < 1, "masks after the end");
    }

    @Override
    public void solving(String stage, double share) {
      shares.add(share);
      stages.add(stage);
      if (stage.equals(endsAt) && ended == 0) {
        ended = System.nanoTime();
        caller.interrupt();
      }
    }
  }

  /**
   * Thresholds, products and noise: neither sparse nor smooth, so that all contenders are asked.
   */
  private static double[] values(Masks masks) {
    double[] values = new double[masks.count()];
    long[] words = masks.hostWords();
    for (int r = 0; r < values.length; r++) {
      int low = Long.bitCount(words[r] & 0xFFF);
      double sum = low > 6 ? 1 : low / 9.0;
      sum += (words[r] >>> 12 & 7) == 7 ? 0.7 : 0;
      sum += 0.3 * ((words[r] ^ words[r] >>> 5) & 1);
      sum += 0.1 * Philox.stream(words[r], 1).nextGaussian();
      values[r] = sum;
    }
    return values;
  }

  private static Ablate.Builder request(String method, Progress progress) {
    return engine
        .request()
        .game(SolvingTest::values)
        .features(FEATURES)
        .budget(MASKS)
        .method(method)
        .screenSeconds(0.05)
        .progress(progress);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "gp", "screen", "proxyspex"})
  void sharesGrowAndEndAtOne(String method) {
    Heard heard = new Heard();
    request(method, heard).explain();
    assertGrowing(heard.shares);
    assertTrue(heard.shares.size() >= 10, method + " says too little: " + heard.shares);
    assertTrue(heard.stages.contains("interactions"), heard.stages.toString());
    assertTrue(heard.stages.stream().noneMatch(String::isBlank), heard.stages.toString());
  }

  @Test
  void roundsAreOneWork() {
    Heard heard = new Heard();
    request("screen", heard).targetR2(0.999).explain();
    assertGrowing(heard.shares);
    assertTrue(
        heard.stages.stream().anyMatch(stage -> stage.startsWith("round of ")),
        heard.stages.toString());
  }

  private static void assertGrowing(List<Double> shares) {
    for (int i = 1; i < shares.size(); i++) {
      assertTrue(shares.get(i) >= shares.get(i - 1), shares.toString());
    }
    assertEquals(1, shares.get(shares.size() - 1));
  }

  /** Of shares, not of a clock: the same are told every time. */
  @Test
  void theSameIsToldEveryTime() {
    Heard first = new Heard();
    Heard second = new Heard();
    request("screen", first).explain();
    request("screen", second).explain();
    assertEquals(first.shares.get(0), second.shares.get(0));
    assertEquals(first.stages, second.stages);
  }

  /** Whichever stage it is in. */
  @ParameterizedTest
  @ValueSource(strings = {"gp", "screen", "proxyspex"})
  void anInterruptEndsAnyStageAndKeepsTheMasks(String method) {
    Heard whole = new Heard();
    request(method, whole).explain();
    assertTrue(whole.stages.size() >= 3, whole.stages.toString());
    whole.stages.forEach(stage -> assertEndsAt(method, stage));
  }

  /** What only a contest does. */
  @Test
  void anInterruptEndsAContest() {
    assertEndsAt("auto", "trees");
  }

  private static void assertEndsAt(String method, String stage) {
    Heard heard = new Heard();
    heard.endsAt = stage;
    try {
      CancellationException thrown =
          assertThrows(CancellationException.class, () -> request(method, heard).explain());
      assertTrue(System.nanoTime() - heard.ended < LATEST, "too late at " + stage);
      Optional<Evaluation> kept = EvaluationKept.in(thrown);
      assertTrue(kept.isPresent(), "the masks are lost at " + stage);
      assertEquals(MASKS, kept.get().fitted().masks().count());
    } finally {
      assertTrue(Thread.interrupted(), "the status stays at " + stage);
    }
  }

  /** Another thread interrupts, at whatever moment. */
  @Test
  void anInterruptFromOutsideEndsIt() throws InterruptedException {
    for (int tries = 0; tries < 4; tries++) {
      List<Throwable> failures = new ArrayList<>();
      Heard heard = new Heard();
      Thread caller =
          new Thread(
              () -> {
                try {
                  while (true) {
                    request("auto", heard).explain();
                  }
                } catch (CancellationException e) {
                  failures.add(e);
                }
              });
      caller.start();
      Thread.sleep(150 + 170 * tries);
      caller.interrupt();
      caller.join(LATEST / 1_000_000);
      assertTrue(!caller.isAlive(), "too late at " + heard.stages);
      assertEquals(1, failures.size());
    }
  }
}
