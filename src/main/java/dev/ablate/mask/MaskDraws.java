package dev.ablate.mask;

/** Random masks, one after another. Which come next depends on the known masks alone. */
interface MaskDraws {
  /**
   * Draws a mask that is not known; whoever takes it adds it to the known ones.
   *
   * @param mask receives the packed words
   * @return false where none is left
   */
  boolean next(long[] mask);
}
