package dev.ablate.work;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

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

  /** Says what size the user gave to the launcher, where that is how Java was started. */
  public static final String ASKED = "ablate.memory";

  private static final Shared ALL = new Shared();

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
    return bytes <= STAGE * Runtime.getRuntime().maxMemory() || bytes <= room();
  }

  /** Bytes that a stage may take. */
  public static double room() {
    return STAGE * Started.WITH;
  }

  /**
   * Runs a task that takes memory, beside those others that take some now: tasks that memory does
   * not hold together run one after another. So how many threads there are changes no result. Such
   * a task may not ask for another one.
   *
   * @param bytes what it takes; of more than a stage may take it is alone
   * @throws java.util.concurrent.CancellationException as {@link Work#check}, while it waits
   */
  public static <T> T taking(double bytes, Supplier<T> task) {
    return ALL.taking(Math.min(bytes, room()), room(), task);
  }

  /** What tasks take at the same time. */
  static final class Shared {
    private double taken;

    <T> T taking(double bytes, double room, Supplier<T> task) {
      take(bytes, room);
      try {
        return task.get();
      } finally {
        give(bytes);
      }
    }

    private synchronized void take(double bytes, double room) {
      // Nobody waits for the first, whatever rounding says.
      while (taken > 0 && taken + bytes > room) {
        Work.check();
        try {
          wait(Work.LOOK);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      taken += bytes;
    }

    private synchronized void give(double bytes) {
      taken -= bytes;
      notifyAll();
    }
  }

  /**
   * How many items a stage can take whose memory grows with the square of their number.
   *
   * @param wanted most items
   * @param bytes of each pair of them, both orders counted
   * @return at least 1
   */
  public static int square(int wanted, double bytes) {
    return holds(bytes * wanted * wanted) ? wanted : square(wanted, bytes, room());
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

  /** Says that a stage took no more items than memory holds; a stage has one line of a run. */
  public static void isShort(String stage, String items, int most) {
    Shortage shortage =
        new Shortage(stage, items, most, most, System.getProperty(ASKED), Started.WITH >> 20);
    Work.note(stage, shortage, Shortage::and);
  }

  /**
   * What a stage could not take, of fits that each had a limit of its own.
   *
   * @param fewest the least of those limits
   * @param most the largest of them
   * @param asked the size that the user gave, or null
   * @param mebibytes that Java may use
   */
  record Shortage(String stage, String items, int fewest, int most, String asked, long mebibytes) {
    Shortage and(Shortage other) {
      return new Shortage(
          stage,
          items,
          Math.min(fewest, other.fewest),
          Math.max(most, other.most),
          asked,
          mebibytes);
    }

    @Override
    public String toString() {
      String limits = fewest == most ? String.valueOf(most) : fewest + " to " + most;
      String memory =
          asked == null
              ? "the " + mebibytes + " MiB that Java may use: give Java more memory for all of them"
              : "a memory of " + asked + ": a larger one takes all of them";
      return stage + " took " + limits + " " + items + " at most, as many as fit into " + memory;
    }
  }
}
