package dev.ablate.run;

import dev.ablate.game.Progress;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Has rows of a batch remembered as soon as the game tells them, and knows which were told. */
final class ToldRows implements Progress {
  private final Progress listener;
  private final Consumer<int[]> remember;
  private final BitSet told = new BitSet();

  /**
   * Hears of one batch.
   *
   * @param listener hears how many masks are done
   * @param remember is given rows that are told
   */
  ToldRows(Progress listener, Consumer<int[]> remember) {
    this.listener = listener;
    this.remember = remember;
  }

  @Override
  public void done(long masks) {
    listener.done(masks);
  }

  @Override
  public void says(String line) {
    listener.says(line);
  }

  @Override
  public void spent(String what) {
    listener.spent(what);
  }

  @Override
  public void finished(int row) {
    finished(new int[] {row});
  }

  @Override
  public void finished(int[] rows) {
    int[] more = Arrays.stream(rows).filter(row -> !told.get(row)).toArray();
    if (more.length > 0) {
      remember.accept(more);
      Arrays.stream(more).forEach(told::set);
      listener.finished(more);
    }
  }

  /** The rows of a batch of so many that nobody told. */
  int[] others(int count) {
    return IntStream.range(0, count).filter(row -> !told.get(row)).toArray();
  }
}
