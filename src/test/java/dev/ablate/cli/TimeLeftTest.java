package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
  private final TimeLeft left = new TimeLeft();

  private static long at(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  private double secondsLeft(double now) {
    return left.left(at(now)).orElseThrow().toMillis() / 1000.0;
  }

  @Test
  void evenWorkTakesWhatItTook() {
    for (int s = 0; s <= 40; s++) {
      left.at(s / 100.0, at(s));
    }
    assertEquals(60, secondsLeft(40), 1e-3);
  }

  /** A thousandth after a second would promise a quarter of an hour. */
  @Test
  void nothingIsPromisedBeforeEnoughIsKnown() {
    left.at(0, at(0));
    left.at(0.001, at(1));
    assertEquals(Optional.empty(), left.left(at(1)));
    left.at(0.2, at(2));
    assertEquals(Optional.empty(), left.left(at(2)), "two seconds");
    left.at(0.201, at(4));
    assertTrue(left.left(at(4)).isPresent());
    left.at(1, at(20));
    assertEquals(Optional.empty(), left.left(at(20)), "nothing is left");
  }

  /**
   * Nine tenths in 30 s, then a percent each 2 s: the mean of all says 3 s, which is a sixth of the
   * truth.
   */
  @Test
  void whatBecameSlowCounts() {
    for (int s = 0; s <= 30; s++) {
      left.at(0.9 * s / 30, at(s));
    }
    assertEquals(3.33, secondsLeft(30), 0.1);
    for (int s = 2; s <= 10; s += 2) {
      left.at(0.9 + 0.005 * s, at(30 + s));
    }
    // Half by the mean of all, 42 s a share; half by the late ten seconds, 200 s a share.
    assertEquals(0.05 * (40 / 0.95 + 200) / 2, secondsLeft(40), 0.1);
  }

  /** What stands still has more and more left, and never for ever. */
  @Test
  void whatStandsMovesAgain() {
    for (int s = 0; s <= 10; s++) {
      left.at(0.05 * s, at(s));
    }
    assertEquals(10, secondsLeft(10), 1e-3);
    assertTrue(secondsLeft(14) > secondsLeft(12));
    assertEquals(1000 * (1 + 8) / 2.0, secondsLeft(1000), 1);
  }

  @Test
  void timesAreWrittenAsPeopleDo() {
    assertEquals("0:04", TimeLeft.text(Duration.ofMillis(3600)));
    assertEquals("12:05", TimeLeft.text(Duration.ofSeconds(725)));
    assertEquals("2:00:09", TimeLeft.text(Duration.ofSeconds(7209)));
  }
}
