package dev.ablate.code;

/** What one array of Java can hold, asked before it is made. */
public final class JavaMemory {
  /** Longest array: a few places less than its index reaches. */
  public static final int LONGEST = Integer.MAX_VALUE - 8;

  private JavaMemory() {}

  /**
   * The length of an array that is about to be made.
   *
   * @param what whose it is, for messages
   * @param elements how many
   * @param bytes of one element
   * @throws InputException if no array is so long, or Java may never use so much memory
   */
  public static int length(String what, long elements, int bytes) {
    if (elements > LONGEST) {
      throw new InputException(
          what + ": " + elements + " numbers are more than one array holds, give fewer at a time");
    }
    long most = Runtime.getRuntime().maxMemory();
    if (elements * bytes > most) {
      throw new InputException(
          what
              + ": it takes "
              + mebibytes(elements * bytes)
              + " of memory and Java may use "
              + mebibytes(most)
              + ", give it more (-Xmx in ABLATE_JAVA_OPTIONS) or fewer masks");
    }
    return (int) elements;
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
