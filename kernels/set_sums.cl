/*
 * Spectra from terms: the sum of the terms of each set.
 *
 * A set is a key of `key_words` words, the most significant first: forest (the spectrum it belongs
 * to), order, features ascending. Forest and order stand in word 0, `order_bits` for the order.
 * Each feature takes `feature_bits`; word 0 has first_slots of them, the later ones `slots`, in all
 * there are places for `longest`; empty places are 0. A word holds its fields in its low bits. So
 * ascending keys are forests in their order and sets in the order of Sets.compare; no key is the
 * empty set.
 *
 * Steps: sort the keys stably (kernels/sort.cl), mark where sets begin, gather their keys, add the
 * terms of each, drop zeros, where only the largest terms of order 2 and more are wanted sort by
 * magnitude and drop the others, unpack the keys.
 *
 * Assumptions: fewer than 2^31 terms; 2^24 forests.
 * Tolerance: terms are added in an order that depends on those of the set alone, so sums are the
 * same for every group size and whatever forests stand beside. Another order, such as that of
 * HostTreeSpectra, differs by at most 2 n 2^-53 times the sum of the magnitudes of the n terms.
 */
#include "device.h"

/* Terms of a set that one item adds; longer sums are shared by a group in this many strands. */
#define STRANDS 64u
/* Bytes of local memory for them. */
#define SET_SUMS_ADD_LONG_LOCAL (8u * STRANDS)

/*
 * Where a new set begins in the sorted terms: heads I32 (term_count,), 1 or 0.
 *   first_words  U64 (term_count,), word 0 of the keys in order
 *   numbers      I32 (term_count,), the terms in order
 */
KERNEL void set_sums_heads(
    GLOBAL i32 *RESTRICT heads,
    GLOBAL const u64 *RESTRICT first_words,
    GLOBAL const u64 *RESTRICT keys,
    GLOBAL const i32 *RESTRICT numbers,
    u32 term_count,
    u32 key_words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, term_count) {
    u32 differs = i == 0 || first_words[i] != first_words[i - 1u];
    for (u32 w = 1; w < key_words && differs == 0u; w++) {
      GLOBAL const u64 *word = keys + (u64)w * term_count;
      differs = word[(u32)numbers[i]] != word[(u32)numbers[i - 1u]];
    }
    heads[i] = (i32)differs;
  }
}

/*
 * Starts and keys of the sets.
 *   set_starts  I32 (sets + 1,)
 *   set_keys    U64 (key_words, sets) row-major
 *   places      U64 (term_count + 1,), prefix sums of heads
 */
KERNEL void set_sums_gather(
    GLOBAL i32 *RESTRICT set_starts,
    GLOBAL u64 *RESTRICT set_keys,
    GLOBAL const i32 *RESTRICT heads,
    GLOBAL const u64 *RESTRICT places,
    GLOBAL const u64 *RESTRICT keys,
    GLOBAL const i32 *RESTRICT numbers,
    u32 term_count,
    u32 key_words,
    u32 sets,
    LOCAL_PARAMETER) {
  FOR_EACH(i, term_count) {
    if (heads[i] != 0) {
      u64 s = places[i];
      set_starts[s] = (i32)i;
      for (u32 w = 0; w < key_words; w++) {
        set_keys[(u64)w * sets + s] = keys[(u64)w * term_count + (u32)numbers[i]];
      }
    }
    if (i == 0) {
      set_starts[sets] = (i32)term_count;
    }
  }
}

/*
 * Sums of the terms of each set with at most STRANDS terms, one after another; the others are
 * listed for set_sums_add_long.
 *   sums  F64 (sets,)
 *   listed  I32 (1 + term_count / STRANDS,): how many, then which, in any order; [0] cleared before
 * An item takes a set.
 */
KERNEL void set_sums_add(
    GLOBAL double *RESTRICT sums,
    GLOBAL u32 *listed,
    GLOBAL const i32 *RESTRICT set_starts,
    GLOBAL const double *RESTRICT terms,
    GLOBAL const i32 *RESTRICT numbers,
    u32 sets,
    LOCAL_PARAMETER) {
  FOR_EACH(s, sets) {
    u32 first = (u32)set_starts[s];
    u32 end = (u32)set_starts[s + 1u];
    if (end - first > STRANDS) {
      listed[1u + ATOMIC_ADD_U32(listed, 1u)] = (u32)s;
    } else {
      double sum = 0.0;
      for (u32 i = first; i < end; i++) { sum = ADD64(sum, terms[(u32)numbers[i]]); }
      sums[s] = sum;
    }
  }
}

/*
 * Sums of the sets with many terms: strand k adds the terms k, k + STRANDS, ... of a set, then the
 * strands are added in order. A group takes a set. Local memory: STRANDS doubles.
 */
KERNEL void set_sums_add_long(
    GLOBAL double *RESTRICT sums,
    GLOBAL const u32 *RESTRICT listed,
    GLOBAL const i32 *RESTRICT set_starts,
    GLOBAL const double *RESTRICT terms,
    GLOBAL const i32 *RESTRICT numbers,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, strands);
  FOR_GROUP(l, listed[0]) {
    u32 s = listed[1u + l];
    u32 end = (u32)set_starts[s + 1u];
    FOR_LOCAL(k, STRANDS) {
      double sum = 0.0;
      for (u32 i = (u32)set_starts[s] + k; i < end; i += STRANDS) {
        sum = ADD64(sum, terms[(u32)numbers[i]]);
      }
      strands[k] = sum;
    }
    BARRIER();
    if (LOCAL_ID == 0u) {
      double sum = 0.0;
      for (u32 k = 0; k < STRANDS; k++) { sum = ADD64(sum, strands[k]); }
      sums[s] = sum;
    }
    BARRIER();
  }
}

/*
 * Which sets stay: those whose sum is not 0.
 *   kept    I32 (sets,), 1 or 0
 *   orders  I32 (sets,), features of a set that stays, otherwise 0
 *   header_shift  bits below the order in word 0
 */
KERNEL void set_sums_kept(
    GLOBAL i32 *RESTRICT kept,
    GLOBAL i32 *RESTRICT orders,
    GLOBAL const double *RESTRICT sums,
    GLOBAL const u64 *RESTRICT set_keys,
    u32 sets,
    u32 order_bits,
    u32 header_shift,
    LOCAL_PARAMETER) {
  FOR_EACH(s, sets) {
    u32 stays = sums[s] != 0.0;
    u32 order = (u32)(set_keys[s] >> header_shift) & (((u32)1 << order_bits) - 1u);
    kept[s] = (i32)stays;
    orders[s] = (i32)(stays != 0u ? order : 0u);
  }
}

/* Order and forest may fill a word together, so they are shifted out one by one. */
FUNCTION u32 key_forest(u64 first_word, u32 header_shift, u32 order_bits) {
  return (u32)(first_word >> header_shift >> order_bits);
}

/*
 * Keys that bring the sets with a rank to the front of their forest, the largest first: those of
 * order 2 and more whose sum is not 0. A stable sort leaves equal magnitudes in their order.
 *   ranks   U64 (2, sets) row-major: forest << 1 | 0 with a rank, 1 without; the magnitude's bits,
 *           inverted (magnitudes that are not negative compare as their bits do)
 *   orders  I32 (sets,), from set_sums_kept
 */
KERNEL void set_sums_ranks(
    GLOBAL u64 *RESTRICT ranks,
    GLOBAL const double *RESTRICT sums,
    GLOBAL const u64 *RESTRICT set_keys,
    GLOBAL const i32 *RESTRICT orders,
    u32 sets,
    u32 order_bits,
    u32 header_shift,
    LOCAL_PARAMETER) {
  u64 magnitude_bits = ~(u64)0 >> 1;
  FOR_EACH(s, sets) {
    u64 forest = key_forest(set_keys[s], header_shift, order_bits);
    ranks[s] = forest << 1 | (u64)(orders[s] < 2);
    ranks[(u64)sets + s] = ~DOUBLE_BITS(sums[s]) & magnitude_bits;
  }
}

/*
 * Drops the sets of each forest whose rank is not below `most`.
 *   kept, orders  as set_sums_kept gives them; 0 where a set is dropped
 *   first_words   U64 (sets,), word 0 of the ranks in order
 *   numbers       I32 (sets,), the sets in order
 * An item takes a place of the order: its rank is below `most` if the place `most` before it is
 * another forest's or one without rank.
 */
KERNEL void set_sums_drop(
    GLOBAL i32 *RESTRICT kept,
    GLOBAL i32 *RESTRICT orders,
    GLOBAL const u64 *RESTRICT first_words,
    GLOBAL const i32 *RESTRICT numbers,
    u32 sets,
    u32 most,
    LOCAL_PARAMETER) {
  FOR_EACH(i, sets) {
    u64 word = first_words[i];
    if ((word & 1u) == 0u && i >= most && first_words[i - most] == word) {
      u32 s = (u32)numbers[i];
      kept[s] = 0;
      orders[s] = 0;
    }
  }
}

/*
 * The spectra of all forests one after another, without their empty sets.
 *   coefficients  F64 (terms,)
 *   starts        I32 (terms + 1,), where the members of a set begin
 *   members       I32 (members,), ascending in each set
 *   bounds        I32 (forests + 1,), the first term of each forest
 *   set_keys      U64 (key_words, sets) row-major, ascending; fields as tree_spectra_terms writes
 *   places, member_starts  U64 (sets + 1,), prefix sums of kept and orders
 * An item takes a set.
 */
KERNEL void set_sums_unpack(
    GLOBAL double *RESTRICT coefficients,
    GLOBAL i32 *RESTRICT starts,
    GLOBAL i32 *RESTRICT members,
    GLOBAL i32 *RESTRICT bounds,
    GLOBAL const double *RESTRICT sums,
    GLOBAL const u64 *RESTRICT set_keys,
    GLOBAL const u64 *RESTRICT places,
    GLOBAL const u64 *RESTRICT member_starts,
    u32 sets,
    u32 forests,
    u32 longest,
    u32 order_bits,
    u32 feature_bits,
    u32 first_slots,
    u32 slots,
    LOCAL_PARAMETER) {
  u32 header_shift = first_slots * feature_bits;
  u64 feature_mask = ((u64)1 << feature_bits) - 1u;
  FOR_EACH(s, sets) {
    u32 place = (u32)places[s];
    u32 forest = key_forest(set_keys[s], header_shift, order_bits);
    /* The first set of a forest writes its bound, and those of forests without sets before it. */
    u32 next = s == 0 ? 0 : key_forest(set_keys[s - 1u], header_shift, order_bits) + 1u;
    for (u32 f = next; f <= forest; f++) {
      bounds[f] = (i32)place;
    }
    if (s + 1u == sets) {
      for (u32 f = forest + 1u; f <= forests; f++) { bounds[f] = (i32)places[sets]; }
      starts[places[sets]] = (i32)member_starts[sets];
    }
    if (places[s + 1u] != places[s]) {
      u32 start = (u32)member_starts[s];
      u32 order = (u32)member_starts[s + 1u] - start;
      coefficients[place] = sums[s];
      starts[place] = (i32)start;
      u32 w = 0;
      u32 room = first_slots; /* features left in word w */
      for (u32 k = 0; k < order; k++) {
        if (room == 0u) {
          w++;
          room = longest - k < slots ? longest - k : slots;
        }
        room--;
        members[start + k] = (i32)(set_keys[(u64)w * sets + s] >> (room * feature_bits) & feature_mask);
      }
    }
  }
}
