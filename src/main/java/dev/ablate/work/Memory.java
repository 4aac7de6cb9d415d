package dev.ablate.work;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much memory a stage of solving may take. What decides is how much Java may use at all, as it
 * was started, and not how much of it is free at some moment, so that a run gives the same every
 * time.
 */
public final class Memory {
  /**
   * Share of Java's memory that a stage may take. The table and its parts lie beside it, and what
   * is not collected yet.
   */
  private static final double STAGE = 0.4;

  private Memory() {}

  /**
   * What Java may use. What it says of itself changes while it runs, as the part that it keeps
   * empty comes and goes, but is never more than this. To ask for this takes as long as a small
   * explanation.
   */
  private static final class Started {
    static final long WITH = most();

    private static long most() {
      try {
        HotSpotDiagnosticMXBean java =
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Long.parseLong(java.getVMOption("MaxHeapSize").getValue());
      } catch (RuntimeException e) {
        // Another kind of Java.
        return Runtime.getRuntime().maxMemory();
      }
    }
  }

  /** Whether a stage may take so many bytes. */
  public static boolean holds(double bytes) {
    return bytes <= STAGE * Runtime.getRuntime().maxMemory() || bytes <= STAGE * Started.WITH;
  }

  /**
   * How many items a stage can take whose memory grows with the square of their number.
   *
   * @param wanted most items
   * @param bytes of each pair of them, both orders counted
   * @return at least 1
   */
  public static int square(int wanted, double bytes) {
    return holds(bytes * wanted * wanted) ? wanted : square(wanted, bytes, STAGE * Started.WITH);
  }

  static int square(int wanted, double bytes, double room) {
    return (int) Math.max(1, Math.min(wanted, Math.floor(Math.sqrt(room / bytes))));
  }

  /**
   * The same, with a line for the user where they are fewer than wanted.
   *
   * @param stage what takes them, such as {@code the process}
   * @param items what they are, such as {@code rows}
   */
  public static int square(String stage, String items, int wanted, double bytes) {
    int fit = square(wanted, bytes);
    if (fit < wanted) {
      isShort(stage, items, fit);
    }
    return fit;
  }

  /** Says that a stage took no more items than memory holds. */
  public static void isShort(String stage, String items, int most) {
    Work.note(
        stage
            + " took "
            + most
            + " "
            + items
            + " at most, as many as fit into the "
            + (Started.WITH >> 20)
            + " MiB that Java may use: give Java more memory for all of them");
  }
}
