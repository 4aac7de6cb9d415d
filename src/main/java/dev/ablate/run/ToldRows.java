package dev.ablate.run;

import dev.ablate.game.Progress;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Has each row of a batch remembered as soon as the game tells it, and knows which were told. */
final class ToldRows implements Progress {
  private final Progress listener;
  private final IntConsumer remember;
  private final BitSet told = new BitSet();

  /**
   * Hears of one batch.
   *
   * @param listener hears how many masks are done
   * @param remember is given each row that is told
   */
  ToldRows(Progress listener, IntConsumer remember) {
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
    if (!told.get(row)) {
      remember.accept(row);
      told.set(row);
      listener.finished(row);
    }
  }

  /** The rows of a batch of so many that nobody told. */
  int[] others(int count) {
    return IntStream.range(0, count).filter(row -> !told.get(row)).toArray();
  }
}
