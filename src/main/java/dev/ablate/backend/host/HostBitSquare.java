package dev.ablate.backend.host;

/** 64 by 64 bits as 64 words. */
final class HostBitSquare {
  private HostBitSquare() {}

  /**
   * Bit c of word r becomes bit r of word c: quarters trade places, then quarters of those, down to
   * single bits (Warren, Hacker's Delight, section 7-3).
   */
  static void transpose(long[] square) {
    long low = 0x00000000FFFFFFFFL;
    for (int half = 32; half > 0; half >>= 1) {
      for (int top = 0; top < 64; top = (top + half + 1) & ~half) {
        long changed = ((square[top] >>> half) ^ square[top + half]) & low;
        square[top] ^= changed << half;
        square[top + half] ^= changed;
      }
      low ^= low << (half >> 1);
    }
  }
}
