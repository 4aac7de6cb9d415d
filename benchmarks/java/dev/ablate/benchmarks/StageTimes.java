package dev.ablate.benchmarks;

import dev.ablate.game.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes down when solving says how far it is, and prints a line a stage, as Markdown: the shares
 * that it was said to go through, those of the time that it did, the seconds, and the longest time
 * in which nothing moved by a percent.
 */
final class StageTimes implements Progress {
  private record Heard(String stage, double share, double seconds) {}

  private final long start = System.nanoTime();
  private final List<Heard> heard = new ArrayList<>();

  @Override
  public void done(long more) {}

  @Override
  public void solving(String stage, double share) {
    heard.add(new Heard(stage, share, (System.nanoTime() - start) / 1e9));
  }

  /** Prints the lines. */
  void report() {
    double all = heard.get(heard.size() - 1).seconds;
    System.out.println("| stage | shares said, % | of the time, % | s | longest without 1 %, s |");
    System.out.println("|---|---|---|---|---|");
    int from = 0;
    for (int h = 1; h <= heard.size(); h++) {
      boolean ends = h == heard.size() || !heard.get(h).stage.equals(heard.get(from).stage);
      if (ends) {
        print(heard.subList(from, Math.min(h + 1, heard.size())), all);
        from = h;
      }
    }
  }

  private static void print(List<Heard> stage, double all) {
    Heard first = stage.get(0);
    Heard last = stage.get(stage.size() - 1);
    double longest = 0;
    Heard moved = first;
    for (Heard next : stage) {
      longest = Math.max(longest, next.seconds - moved.seconds);
      moved = next.share - moved.share >= 0.01 ? next : moved;
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f to %.0f | %.0f to %.0f | %.1f | %.1f |%n",
        first.stage,
        100 * first.share,
        100 * last.share,
        100 * first.seconds / all,
        100 * last.seconds / all,
        last.seconds - first.seconds,
        longest);
  }
}
