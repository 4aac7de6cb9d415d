/*
 * Joins: sets of three to five features whose parities follow signs, without forming all sets.
 *
 *   word of a column   bit b is the column's bit at row keys[b + 1] XOR that at row keys[0]
 *   a key meets S      XOR of the words of S = word of the signs: on the key's rows chi_S is the
 *                      sign everywhere, or its opposite everywhere
 *   sum                rows - 2 popcount(signs xor the columns of S)
 *
 * All pairs stand in a table by their word. A probe of one, two or three features is met by the
 * pairs with the word that it lacks; what is met is summed over all rows.
 *
 * Shapes. words: U32 (keys, JOINS_SHARES stride), the words of a key's features by their number
 * modulo JOINS_SHARES, so that those a triple may end with lie together; stride is
 * ceil(features / JOINS_SHARES). targets: U32 (keys), words of the signs. pairs: U32 (pairs), the
 * larger feature in the upper half of the bits, in the order of the larger, then the smaller.
 * present: U32 (keys, present_words), a bit a word: whether a pair has it. heads: U32 (keys,
 * 2^bucket_bits), next: U32 (keys, pairs): chains of pairs with words of one hash, as numbers of
 * pairs plus 1, 0 at the end. columns: U64 (features, row_words). hits: I32 (most, JOINS_RECORD),
 * the sum and then the members in no order; found: U64 (1), how many there are, also beyond most.
 *
 * Mapping: an item fills in a word, or a pair of a key; looks up a probe of a key, or all triples
 * that begin with a pair of a key, 32 at a time, before it follows those that are met.
 * Tolerance: integers, exact. The order of chains and hits is that of atomic operations; a set of
 * five may be met several times. Group sizes have no effect on the set of hits.
 * Assumptions: at most 2^15 features, 24 bits, 2^31 rows; bits past the last row are 0.
 */
#include "device.h"

/* A key looks at the triples that sum to its number modulo this: Joins.SHARES. */
#define JOINS_SHARES 8u
/* Numbers of a hit: its sum and at most five members. */
#define JOINS_RECORD 6u

/* Where the word of a feature lies among those of a key. */
FUNCTION u32 joins_place(u32 feature, u32 stride) {
  return feature % JOINS_SHARES * stride + feature / JOINS_SHARES;
}

FUNCTION u32 joins_bucket(u32 word, u32 bucket_bits) {
  return word * 0x9E3779B1u >> (32u - bucket_bits);
}

FUNCTION u32 joins_bit(GLOBAL const u64 *column, i32 row) {
  return (u32)(column[row >> 6] >> (row & 63)) & 1u;
}

/* keys: I32 (key_count, bits + 1), rows of a key. signs: U64 (row_words). */
KERNEL void joins_words(
    GLOBAL u32 *RESTRICT words,
    GLOBAL u32 *RESTRICT targets,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT signs,
    GLOBAL const i32 *RESTRICT keys,
    u32 key_count,
    u32 bits,
    u32 features,
    u32 stride,
    u32 row_words,
    LOCAL_PARAMETER) {
  FOR_EACH(n, (u64)key_count * (features + 1u)) {
    u32 k = (u32)(n / (features + 1u));
    u32 f = (u32)(n % (features + 1u));
    GLOBAL const u64 *column = f < features ? columns + (u64)f * row_words : signs;
    GLOBAL const i32 *key = keys + (u64)k * (bits + 1u);
    u32 first = joins_bit(column, key[0]);
    u32 word = 0;
    for (u32 b = 0; b < bits; b++) {
      word |= (joins_bit(column, key[b + 1u]) ^ first) << b;
    }
    if (f < features) {
      words[(u64)k * JOINS_SHARES * stride + joins_place(f, stride)] = word;
    } else {
      targets[k] = word;
    }
  }
}

KERNEL void joins_pairs(GLOBAL u32 *RESTRICT pairs, u32 pair_count, LOCAL_PARAMETER) {
  FOR_EACH(p, pair_count) {
    /* Pair p has the largest j with j (j - 1) / 2 <= p; the root may be off by its rounding. */
    u32 j = (u32)(0.5 + sqrt(2.0 * (double)p + 0.25));
    while (j * (j - 1u) / 2u > (u32)p) {
      j--;
    }
    while (j * (j + 1u) / 2u <= (u32)p) {
      j++;
    }
    pairs[p] = j << 16 | ((u32)p - j * (j - 1u) / 2u);
  }
}

/* present and heads: zeros. */
KERNEL void joins_insert(
    GLOBAL u32 *RESTRICT present,
    GLOBAL u32 *RESTRICT heads,
    GLOBAL u32 *RESTRICT next,
    GLOBAL const u32 *RESTRICT words,
    GLOBAL const u32 *RESTRICT pairs,
    u32 key_count,
    u32 pair_count,
    u32 stride,
    u32 present_words,
    u32 bucket_bits,
    LOCAL_PARAMETER) {
  FOR_EACH(n, (u64)key_count * pair_count) {
    u64 k = n / pair_count;
    u32 p = (u32)(n % pair_count);
    GLOBAL const u32 *own = words + k * JOINS_SHARES * stride;
    u32 word = own[joins_place(pairs[p] & 0xffffu, stride)] ^ own[joins_place(pairs[p] >> 16, stride)];
    GLOBAL u32 *bits = present + k * present_words + (word >> 5);
    u32 bit = (u32)1 << (word & 31u);
    u32 old = *bits;
    while ((old & bit) == 0u) {
      u32 seen = ATOMIC_CAS_U32(bits, old, old | bit);
      old = seen == old ? old | bit : seen;
    }
    GLOBAL u32 *head = heads + (k << bucket_bits) + joins_bucket(word, bucket_bits);
    u32 first = *head;
    for (;;) {
      next[n] = first;
      u32 seen = ATOMIC_CAS_U32(head, first, p + 1u);
      if (seen == first) {
        break;
      }
      first = seen;
    }
  }
}

/* The table of a key, and where hits go. */
typedef struct {
  GLOBAL const u32 *words;
  GLOBAL const u32 *present;
  GLOBAL const u32 *heads;
  GLOBAL const u32 *next;
  GLOBAL const u32 *pairs;
  GLOBAL const u64 *columns;
  GLOBAL const u64 *signs;
  GLOBAL i32 *hits;
  GLOBAL u64 *found;
  u32 stride;
  u32 bucket_bits;
  u32 rows;
  u32 row_words;
  u32 least;
  u32 most;
} JoinsTable;

FUNCTION u32 joins_present(GLOBAL const u32 *present, u32 word) {
  return present[word >> 5] >> (word & 31u) & 1u;
}

/*
 * Meets the pairs that a probe lacks. A probe of one or two features stands above its pairs, so
 * that each set is met once; one of three, of which a key looks at few, among them.
 */
FUNCTION void joins_follow(const JoinsTable *t, u32 word, const u32 *probe, u32 size) {
  u32 number = t->heads[joins_bucket(word, t->bucket_bits)];
  while (number != 0u) {
    u32 pair = t->pairs[number - 1u];
    number = t->next[number - 1u];
    u32 a = pair & 0xffffu;
    u32 b = pair >> 16;
    if ((t->words[joins_place(a, t->stride)] ^ t->words[joins_place(b, t->stride)]) != word) {
      continue;
    }
    u32 joins = 1u;
    for (u32 m = 0; m < size; m++) {
      joins &= size < 3u ? b < probe[m] : (u32)(a != probe[m]) & (u32)(b != probe[m]);
    }
    if (joins == 0u) {
      continue;
    }
    u32 odd = 0;
    for (u32 w = 0; w < t->row_words; w++) {
      u64 parity = t->signs[w] ^ t->columns[(u64)a * t->row_words + w] ^ t->columns[(u64)b * t->row_words + w];
      for (u32 m = 0; m < size; m++) {
        parity ^= t->columns[(u64)probe[m] * t->row_words + w];
      }
      odd += POPCOUNT64(parity);
    }
    i32 sum = (i32)t->rows - 2 * (i32)odd;
    if ((u32)(sum < 0 ? -sum : sum) >= t->least) {
      u64 place = ATOMIC_ADD_U64(t->found, (u64)1);
      if (place < t->most) {
        GLOBAL i32 *hit = t->hits + place * JOINS_RECORD;
        hit[0] = sum;
        hit[1] = (i32)a;
        hit[2] = (i32)b;
        for (u32 m = 0; m < size; m++) {
          hit[3u + m] = (i32)probe[m];
        }
      }
    }
  }
}

/*
 * Looks up single features (size 1) or pairs (size 2): item n of key n / probes. first, items: the
 * range of n.
 */
KERNEL void joins_look_up(
    GLOBAL i32 *RESTRICT hits,
    GLOBAL u64 *RESTRICT found,
    GLOBAL const u32 *RESTRICT words,
    GLOBAL const u32 *RESTRICT targets,
    GLOBAL const u32 *RESTRICT pairs,
    GLOBAL const u32 *RESTRICT present,
    GLOBAL const u32 *RESTRICT heads,
    GLOBAL const u32 *RESTRICT next,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT signs,
    u64 first,
    u64 items,
    u32 size,
    u32 probes,
    u32 pair_count,
    u32 stride,
    u32 present_words,
    u32 bucket_bits,
    u32 rows,
    u32 row_words,
    u32 least,
    u32 most,
    LOCAL_PARAMETER) {
  FOR_EACH(n, items) {
    u64 k = (first + n) / probes;
    u32 p = (u32)((first + n) % probes);
    JoinsTable t = {words + k * JOINS_SHARES * stride, present + k * present_words,
                    heads + (k << bucket_bits), next + k * pair_count, pairs, columns, signs,
                    hits, found, stride, bucket_bits, rows, row_words, least, most};
    u32 probe[3];
    probe[0] = size == 1u ? p : pairs[p] & 0xffffu;
    probe[1] = size == 1u ? 0u : pairs[p] >> 16;
    u32 word = targets[k] ^ t.words[joins_place(probe[0], stride)];
    if (size == 2u) {
      word ^= t.words[joins_place(probe[1], stride)];
    }
    if (joins_present(t.present, word)) {
      joins_follow(&t, word, probe, size);
    }
  }
}

/*
 * Looks up the triples i < j < l with i + j + l = first_key + k modulo JOINS_SHARES: item n has
 * pair n modulo pair_count of key n / pair_count. first, items: the range of n.
 */
KERNEL void joins_look_up_triples(
    GLOBAL i32 *RESTRICT hits,
    GLOBAL u64 *RESTRICT found,
    GLOBAL const u32 *RESTRICT words,
    GLOBAL const u32 *RESTRICT targets,
    GLOBAL const u32 *RESTRICT pairs,
    GLOBAL const u32 *RESTRICT present,
    GLOBAL const u32 *RESTRICT heads,
    GLOBAL const u32 *RESTRICT next,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT signs,
    u64 first,
    u64 items,
    u32 first_key,
    u32 features,
    u32 pair_count,
    u32 stride,
    u32 present_words,
    u32 bucket_bits,
    u32 rows,
    u32 row_words,
    u32 least,
    u32 most,
    LOCAL_PARAMETER) {
  FOR_EACH(n, items) {
    u64 k = (first + n) / pair_count;
    u32 p = (u32)((first + n) % pair_count);
    JoinsTable t = {words + k * JOINS_SHARES * stride, present + k * present_words,
                    heads + (k << bucket_bits), next + k * pair_count, pairs, columns, signs,
                    hits, found, stride, bucket_bits, rows, row_words, least, most};
    u32 probe[3];
    probe[0] = pairs[p] & 0xffffu;
    probe[1] = pairs[p] >> 16;
    u32 lacking =
        targets[k] ^ t.words[joins_place(probe[0], stride)] ^ t.words[joins_place(probe[1], stride)];
    /* Differences modulo a power of two, of numbers that may wrap. */
    u32 share = (first_key + (u32)k - probe[0] - probe[1]) % JOINS_SHARES;
    GLOBAL const u32 *ends = t.words + share * stride;
    u32 end = (features + JOINS_SHARES - 1u - share) / JOINS_SHARES;
    u32 above = (probe[1] + JOINS_SHARES - share) / JOINS_SHARES;
    for (u32 q = above; q < end; q += 32u) {
      u32 here = end - q < 32u ? end - q : 32u;
      u32 met = 0;
      for (u32 s = 0; s < here; s++) {
        met |= joins_present(t.present, lacking ^ ends[q + s]) << s;
      }
      while (met != 0u) {
        u32 s = 31u - CLZ32(met);
        met ^= (u32)1 << s;
        probe[2] = JOINS_SHARES * (q + s) + share;
        joins_follow(&t, lacking ^ ends[q + s], probe, 3u);
      }
    }
  }
}
