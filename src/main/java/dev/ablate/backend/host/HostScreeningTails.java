package dev.ablate.backend.host;

/**
 * What a prefix is completed with: sets of one size, those with the largest smallest member first,
 * so that those above a feature are the first ones. They come in tiles whose parities are formed
 * once.
 */
interface HostScreeningTails {
  /** Most tails of a tile. */
  int most();

  /** Forms the parities of a tile, if they are not there yet. */
  void load(long number);

  /** The largest smallest member in the tile: prefixes below it have tails. */
  int highest();

  /** How many tails of the tile lie above a feature; they are the first ones. */
  int above(int feature);

  /** The parities of the tile's tails over a word of rows. */
  int[] word(int w);

  /** A prefix of so many features with a tail of the tile. */
  int[] set(int[] prefix, int prefixSize, int tail);
}
