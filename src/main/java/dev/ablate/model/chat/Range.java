package dev.ablate.model.chat;

import java.util.AbstractList;

/** Whole numbers at equal distances, which print as what made them. */
final class Range extends AbstractList<Object> {
  /** As Jinja's sandbox has it. */
  private static final long LONGEST = 100_000;

  private final long start;
  private final long end;
  private final long step;
  private final long size;

  Range(long start, long end, long step) {
    if (step == 0) {
      throw new TemplateTrouble("range() is given the step 0");
    }
    this.start = start;
    this.end = end;
    this.step = step;
    long distance = step > 0 ? end - start : start - end;
    this.size = distance <= 0 ? 0 : (distance - 1) / Math.abs(step) + 1;
    if (size > LONGEST) {
      throw new TemplateTrouble("range() has more than " + LONGEST + " numbers");
    }
  }

  @Override
  public Object get(int index) {
    return start + index * step;
  }

  @Override
  public int size() {
    return (int) size;
  }

  @Override
  public String toString() {
    return "range(" + start + ", " + end + (step == 1 ? "" : ", " + step) + ")";
  }
}
