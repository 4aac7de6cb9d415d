package dev.ablate.backend;

import dev.ablate.code.BchCode;

/**
 * Where the terms of a coded design fall. Term {@code k} lies in bin {@code M_c' k} of group {@code
 * c} with the signs {@code (-1)^<d_p, k>}: both are sums over the members of {@code k}, so a term
 * costs its order, never the number of features.
 */
public final class CodedBins {
  private final BchCode code;
  private final int groups;
  private final int dimension;
  private final int[] hashes;
  private final long[] signatures;
  private final int words;

  /**
   * The bins of a code and of random subspaces.
   *
   * @param code the code whose parity rows are the delays
   * @param groups number of subsampling groups C
   * @param dimension subspace dimension b, at most 30
   * @param hashes {@code (groups, features) row-major}, row {@code i} of {@code M_c} as b bits
   */
  public CodedBins(BchCode code, int groups, int dimension, int[] hashes) {
    if (hashes.length != groups * code.messageBits()) {
      throw new IllegalArgumentException(
          hashes.length + " hashes for " + groups + " groups of " + code.messageBits());
    }
    this.code = code;
    this.groups = groups;
    this.dimension = dimension;
    this.hashes = hashes;
    this.signatures = code.parities(1);
    this.words = (code.parityBits() + 64) >>> 6;
  }

  /** The code. */
  public BchCode code() {
    return code;
  }

  /** Number of features n. */
  public int features() {
    return code.messageBits();
  }

  /** Number of subsampling groups C. */
  public int groups() {
    return groups;
  }

  /** Subspace dimension b. */
  public int dimension() {
    return dimension;
  }

  /** Bins a group: {@code 2^b}. */
  public int points() {
    return 1 << dimension;
  }

  /** Number of delays {@code P + 1}, the zero delay first. */
  public int delays() {
    return code.parityBits() + 1;
  }

  /** Words a signature takes: {@code ceil((P + 1)/64)}. */
  public int words() {
    return words;
  }

  /** The bin of feature {@code i} in a group. */
  public int hash(int group, int i) {
    return hashes[group * features() + i];
  }

  /** Word {@code w} of the signature of feature {@code i}: bit {@code p} is {@code <d_p, i>}. */
  public long signature(int i, int w) {
    return signatures[i * words + w];
  }

  /** Each feature's bin: {@code (groups, features) row-major}; not a copy. */
  public int[] hashes() {
    return hashes;
  }

  /** Each feature's delay bits: {@code (features, words()) row-major}; not a copy. */
  public long[] signatures() {
    return signatures;
  }

  /** The bin of the first {@code size} members of a set. */
  public int bin(int group, int[] set, int size) {
    int bin = 0;
    for (int k = 0; k < size; k++) {
      bin ^= hashes[group * features() + set[k]];
    }
    return bin;
  }

  /** The signature of the first {@code size} members of a set, from {@code to} on. */
  public void signature(int[] set, int size, long[] out, int to) {
    for (int w = 0; w < words; w++) {
      long word = 0;
      for (int k = 0; k < size; k++) {
        word ^= signatures[set[k] * words + w];
      }
      out[to + w] = word;
    }
  }

  /** Bins of sets: {@code (groups, sets) row-major}. */
  public int[] bins(Sets sets) {
    int[] bins = new int[groups * sets.size()];
    for (int s = 0; s < sets.size(); s++) {
      int[] set = sets.get(s);
      for (int c = 0; c < groups; c++) {
        bins[c * sets.size() + s] = bin(c, set, set.length);
      }
    }
    return bins;
  }

  /** Signatures of sets: {@code (sets, words()) row-major}. */
  public long[] signatures(Sets sets) {
    long[] out = new long[sets.size() * words];
    for (int s = 0; s < sets.size(); s++) {
      int[] set = sets.get(s);
      signature(set, set.length, out, s * words);
    }
    return out;
  }
}
