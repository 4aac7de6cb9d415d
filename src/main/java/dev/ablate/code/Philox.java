package dev.ablate.code;

/**
 * Philox 4x32-10, a counter-based generator: output {@code i} needs no output before it.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
public final class Philox {
  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private Philox() {}

  /**
   * Encrypts one counter.
   *
   * @param key 64-bit key, low word first
   * @param c0 counter word 0, the fastest
   * @param c1 counter word 1
   * @param c2 counter word 2
   * @param c3 counter word 3
   * @param out receives four 32-bit words
   */
  public static void generate(long key, int c0, int c1, int c2, int c3, int[] out) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = M0 * (c0 & 0xFFFFFFFFL);
      long p1 = M1 * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }

  /**
   * A stream of numbers for plain host code: shuffles, folds, random designs.
   *
   * @param seed the key
   * @param stream separates independent uses of one seed
   */
  public static Stream stream(long seed, int stream) {
    // Word 0 is all ones, which rows never use: streams and rows stay disjoint.
    return new Stream(
        (counter, block) ->
            generate(seed, -1, (int) counter, (int) (counter >>> 32), stream, block));
  }

  /**
   * The numbers of one row of something random: no row needs those before it.
   *
   * @param seed the key
   * @param stream separates independent uses of one seed
   * @param row which row
   */
  public static Stream row(long seed, int stream, long row) {
    return new Stream(
        (counter, block) ->
            generate(seed, (int) counter, (int) row, (int) (row >>> 32), stream, block));
  }

  /** Fills a block of four words from its number. */
  private interface Blocks {
    void fill(long counter, int[] block);
  }

  /** Sequential reader of one Philox stream. Not thread-safe. */
  public static final class Stream {
    private final Blocks blocks;
    private final int[] block = new int[4];
    private long counter;
    private int used = 4;

    private Stream(Blocks blocks) {
      this.blocks = blocks;
    }

    /** 32 random bits. */
    public int nextInt() {
      if (used == 4) {
        blocks.fill(counter, block);
        counter++;
        used = 0;
      }
      return block[used++];
    }

    /** 64 random bits. */
    public long nextLong() {
      long low = nextInt() & 0xFFFFFFFFL;
      return low | ((long) nextInt() << 32);
    }

    /** Uniform in [0, 1) with 53 bits. */
    public double nextDouble() {
      return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in {@code 0..bound-1}, without bias. */
    public int nextInt(int bound) {
      long limit = (1L << 32) / bound * bound;
      long draw;
      do {
        draw = nextInt() & 0xFFFFFFFFL;
      } while (draw >= limit);
      return (int) (draw % bound);
    }

    /** Standard normal, by Box and Muller. */
    public double nextGaussian() {
      double u = 1.0 - nextDouble();
      return Math.sqrt(-2.0 * Math.log(u)) * Math.cos(2.0 * Math.PI * nextDouble());
    }

    /** A random permutation of {@code 0..size-1} (Fisher and Yates). */
    public int[] permutation(int size) {
      int[] order = new int[size];
      for (int i = 0; i < size; i++) {
        int j = nextInt(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      return order;
    }
  }
}
