package dev.ablate.work;

/**
 * How much memory a stage of solving may take. What decides is how much Java may use at all, not
 * how much of it is free at some moment, so that a run gives the same every time.
 */
public final class Memory {
  /**
   * Share of Java's memory that a stage may take. The table and its parts lie beside it, and what
   * is not collected yet.
   */
  private static final double STAGE = 0.4;

  private Memory() {}

  /** Bytes that Java may use at most. */
  public static long most() {
    return Runtime.getRuntime().maxMemory();
  }

  /** Bytes that a stage may take. */
  public static long ofStage() {
    return (long) (STAGE * most());
  }

  /**
   * How many items a stage can take whose memory grows with the square of their number.
   *
   * @param wanted most items
   * @param bytes of each pair of them, both orders counted
   * @return at least 1
   */
  public static int square(int wanted, double bytes) {
    return square(wanted, bytes, ofStage());
  }

  static int square(int wanted, double bytes, long room) {
    return (int) Math.max(1, Math.min(wanted, Math.floor(Math.sqrt(room / bytes))));
  }

  /**
   * The same with a line for the user where it is fewer than wanted.
   *
   * @param what the items, such as {@code rows of the process}
   */
  public static int square(String what, int wanted, double bytes) {
    int fit = square(wanted, bytes);
    if (fit < wanted) {
      left(what, fit, wanted);
    }
    return fit;
  }

  /** Says what a stage took less of. */
  public static void left(String what, int taken, int wanted) {
    Work.note(
        "memory: "
            + taken
            + " of "
            + wanted
            + " "
            + what
            + ", as Java may use "
            + (most() >> 20)
            + " MiB; give Java more memory for all of them");
  }
}
