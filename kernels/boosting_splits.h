#ifndef ABLATE_BOOSTING_SPLITS_H
#define ABLATE_BOOSTING_SPLITS_H

/*
 * Sums of the words of rows for every feature, on tensor cores or plainly, and the best split of a
 * leaf from them. See boosting.cl.
 */

/* A list position for the item's row, which goes to a pair or nowhere (NONE). */
FUNCTION u32 boosting_place(LOCAL Pair *pairs, u32 pair) {
#ifdef HAS_SHUFFLE
  if (LOCAL_SIZE % WARP == 0u) {
    /* One atomic for all items of the warp with the same pair. */
    u32 peers = MATCH_ANY(pair);
    u32 lane = LOCAL_ID % WARP;
    u32 leader = 31u - CLZ32(peers & (0u - peers));
    u32 from = 0u;
    if (lane == leader && pair != NONE) from = LOCAL_ADD_U32(&pairs[pair].cursor, POPCOUNT32(peers));
    from = SHUFFLE(from, leader);
    return from + POPCOUNT32(peers & ((1u << lane) - 1u));
  }
#endif
  return pair == NONE ? 0u : LOCAL_ADD_U32(&pairs[pair].cursor, 1u);
}

#if defined(HAS_SHUFFLE) && BOOSTING_TENSOR
#define BOOSTING_ONES 0x01010101u

#if defined(ABLATE_CUDA)
#define BYTE_PERM(a, b, s) __byte_perm((a), (b), (s))

/* d += a b: a is 16 x 32 and b 32 x 8 bytes without sign, d is 16 x 8 in 32 bits. */
FUNCTION void boosting_mma(i32 *d, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k32.row.col.s32.u8.u8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
#endif

/* Byte `which` (0 to 3) of the words of four rows, whose numbers are the 16s of `rows`. */
FUNCTION u32 boosting_gather(LOCAL const u32 *from, u32 stride, u64 rows, u32 which) {
  u32 pick = which | (which + 4u) << 4;
  u32 a = from[((u32)rows & 0xFFFFu) * stride];
  u32 b = from[((u32)rows >> 16) * stride];
  u32 c = from[((u32)(rows >> 32) & 0xFFFFu) * stride];
  u32 d = from[(u32)(rows >> 48) * stride];
  return BYTE_PERM(BYTE_PERM(a, b, pick), BYTE_PERM(c, d, pick), 0x5410u);
}

/*
 * Adds the warp's tiles to the sums. Column n of a tile is byte n of the rows' words; rows g and
 * g + 8 of tile i are features 8 g + 2 i and 8 g + 2 i + 1, times 4^i and 2 4^i. The four lanes of
 * a g have two columns each of all eight features: they swap until each has two features whole.
 */
FUNCTION void boosting_flush(LOCAL u64 *sums, i32 *d, u32 lane) {
  u32 g = lane >> 2;
  u32 q = lane & 3u;
  u64 v[8];
  UNROLL
  for (u32 j = 0; j < 8u; j++) {
    u32 at = 4u * (j >> 1) + 2u * (j & 1u);
    v[j] = ((u64)((u32)d[at] >> j) << (16u * q)) + ((u64)((u32)d[at + 1u] >> j) << (16u * q + 8u));
    d[at] = 0;
    d[at + 1u] = 0;
  }
  /* Of each two neighbours a lane keeps one and gives the other: first j mod 2, then j mod 4. */
  UNROLL
  for (u32 m = 1u; m < 4u; m *= 2u) {
    UNROLL
    for (u32 j = 0; j < 8u / (2u * m); j++) {
      u64 gives = (q & m) != 0u ? v[2u * j] : v[2u * j + 1u];
      u64 keeps = (q & m) != 0u ? v[2u * j + 1u] : v[2u * j];
      v[j] = keeps + SHUFFLE_XOR(gives, m);
    }
  }
  /* Half of the lanes begin with the other feature: that keeps more lanes on banks of their own. */
  u32 j = q + 2u * (g & 2u);
  boosting_add(sums + 8u * g + j, (g & 2u) != 0u ? v[1] : v[0]);
  boosting_add(sums + 8u * g + (j ^ 4u), (g & 2u) != 0u ? v[0] : v[1]);
  /* The products that come next want all lanes in step. */
  WARP_BARRIER();
}

/* The first pair whose list ends behind a place, for a warp. */
FUNCTION u32 boosting_pair(LOCAL const Pair *pair, u32 pairs, u32 place) {
  u32 found = 0u;
  for (u32 first = 0; first < pairs; first += WARP) {
    u32 p = first + LOCAL_ID % WARP;
    found += POPCOUNT32(BALLOT(p < pairs && pair[p].end <= place));
  }
  return found;
}

/*
 * The sums as products of matrices of bytes, (features, rows) bits times (rows, 8) bytes of the
 * rows' words: 32 rows, 64 features and all 8 bytes take 4 products of a warp. A product of bits
 * and words needs no extra digits: sums of bytes at their places, modulo 2^64, are the sum.
 */
FUNCTION void boosting_sum_tensor(
    LOCAL const u64 *masks,
    u32 words,
    LOCAL const u64 *state,
    LOCAL const u16 *list,
    LOCAL const Pair *pair,
    u32 pairs,
    LOCAL u64 *sums) {
  u32 lane = LOCAL_ID % WARP;
  u32 warps = LOCAL_SIZE / WARP;
  u32 g = lane >> 2;
  u32 q = lane & 3u;
  u32 chunks = pair[pairs - 1u].end >> 5;
  u32 per_task = (chunks * words + warps - 1u) / warps;
  per_task = per_task == 0u ? 1u : per_task;
  u32 spans = (chunks + per_task - 1u) / per_task;
  for (u32 task = LOCAL_ID / WARP; task < spans * words; task += warps) {
    u32 w = words == 1u ? 0u : task / spans;
    u32 chunk = (task - w * spans) * per_task;
    u32 end = chunk + per_task < chunks ? chunk + per_task : chunks;
    /* The word of 32 bits with the lane's byte, of masks and of states. */
    const u32 *mask = (const u32 *)masks + 2u * w + (g >> 2);
    const u32 *word = (const u32 *)state + (g >> 2);
    i32 d[16];
    UNROLL
    for (u32 i = 0; i < 16u; i++) d[i] = 0;
    LOCAL const Pair *p = pair + boosting_pair(pair, pairs, chunk << 5);
    for (; chunk < end; chunk++) {
      if (p->end <= chunk << 5) {
        boosting_flush(sums + p->into * 64u * words + 64u * w, d, lane);
        while (p->end <= chunk << 5) p++;
      }
      /* Four rows a load: the lane has rows 4 q .. 4 q + 3 of both halves of the chunk. */
      u64 low = *(const u64 *)(list + 32u * chunk + 4u * q);
      u64 high = *(const u64 *)(list + 32u * chunk + 16u + 4u * q);
      u32 a0 = boosting_gather(mask, 2u * words, low, g & 3u);
      u32 a1 = boosting_gather(mask, 2u * words, high, g & 3u);
      u32 b0 = boosting_gather(word, 2u, low, g & 3u);
      u32 b1 = boosting_gather(word, 2u, high, g & 3u);
      /* One AND makes an operand: bit j of each byte stays where it is and counts 2^j. */
      UNROLL
      for (u32 i = 0; i < 4u; i++) {
        u32 even = BOOSTING_ONES << (2u * i);
        u32 odd = BOOSTING_ONES << (2u * i + 1u);
        boosting_mma(d + 4u * i, a0 & even, a0 & odd, a1 & even, a1 & odd, b0, b1);
      }
    }
    boosting_flush(sums + p->into * 64u * words + 64u * w, d, lane);
  }
}
#endif

/*
 * Adds the words of listed rows to the sums of the features that they keep: pair p's list, from
 * start to end, whole 32s of rows, to slot `into` of sums (slots, 64 words); pairs >= 1. Entries
 * that pad a list name a row of zeros. At most 2^14 rows, so that tiles fit 32 bits.
 */
FUNCTION void boosting_sum_lists(
    LOCAL const u64 *masks,
    u32 words,
    LOCAL const u64 *state,
    LOCAL const u16 *list,
    LOCAL const Pair *pair,
    u32 pairs,
    LOCAL u64 *sums) {
#if defined(HAS_SHUFFLE) && BOOSTING_TENSOR
  if (LOCAL_SIZE % WARP == 0u) {
    boosting_sum_tensor(masks, words, state, list, pair, pairs, sums);
    return;
  }
#endif
  u32 width = 64u * words;
  u32 chunks = pair[pairs - 1u].end >> 5;
  FOR_LOCAL(i, chunks * width) {
    u32 chunk = i / width;
    u32 f = i - chunk * width;
    LOCAL const Pair *p = pair;
    while (p->end <= chunk << 5) p++;
    u64 sum = 0;
    for (u32 k = 32u * chunk; k < 32u * chunk + 32u; k++) {
      u32 r = list[k];
      u64 keeps = 0u - (masks[r * words + (f >> 6)] >> (f & 63u) & 1u);
      sum += state[r] & keeps;
    }
    if (sum != 0u) boosting_add(sums + p->into * width + f, sum);
  }
}

/* ---- the best split of a leaf ---- */

typedef struct {
  double gain;
  u32 feature;
} Best;

/*
 * 1 / n rounded, from y that is at most 2^-18 of it away. The first step leaves less than 2^-52 of
 * it, the second less than 2^-103 before it rounds, and no 1 / n is nearer than 2^-86 of it to the
 * middle of two doubles.
 */
FUNCTION double boosting_refined(u32 n, double y) {
  double e = FMA64(-(double)n, y, 1.0);
  y = FMA64(y, FMA64(e, e, e), y);
  return FMA64(y, FMA64(-(double)n, y, 1.0), y);
}

/* 1 / n rounded, anything for 0. A division has branches, behind which others would wait. */
FUNCTION double boosting_inverse(u32 n) {
#if defined(ABLATE_CUDA)
  double about;
  asm("rcp.approx.ftz.f64 %0, %1;" : "=d"(about) : "d"((double)n));
  return boosting_refined(n, about);
#else
  return 1.0 / (double)n;
#endif
}

/* What a split gains, times the rows of the leaf; 0 where a side would be too small. */
FUNCTION double boosting_gain(u64 with, u64 total, const Settings *s) {
  u64 mask = ((u64)1 << s->count_bits) - 1u;
  u32 rows = (u32)(total & mask);
  u32 n1 = (u32)(with & mask);
  u32 n0 = rows - n1;
  i64 excess = (i64)rows * ((i64)with >> s->count_bits) - ((i64)total >> s->count_bits) * (i64)n1;
  double x = (double)excess;
  double gain = MUL64(MUL64(x, x), MUL64(boosting_inverse(n1), boosting_inverse(n0)));
  return n1 < s->fewest || n0 < s->fewest || n1 > rows ? 0.0 : gain;
}

FUNCTION void boosting_better(Best *best, double gain, u32 feature) {
  if (gain > best->gain || (gain == best->gain && feature < best->feature)) {
    best->gain = gain;
    best->feature = feature;
  }
}

#ifdef HAS_SHUFFLE
/* The best of the warp, for every item. Gains are not below 0, so their bits are in their order. */
FUNCTION void boosting_best_of_warp(Best *best) {
  u64 gain = DOUBLE_BITS(best->gain);
  u32 high = WARP_MAX_U32((u32)(gain >> 32));
  u32 low = WARP_MAX_U32((u32)(gain >> 32) == high ? (u32)gain : 0u);
  u64 most = (u64)high << 32 | low;
  best->feature = WARP_MIN_U32(gain == most ? best->feature : NONE);
  best->gain = BITS_DOUBLE(most);
}
#endif

/* Length of the list for sums of the children of a leaf: 0 where they cannot be split. */
FUNCTION u32 boosting_listed(u64 total, u64 right, u64 key, const Settings *s) {
  u64 mask = ((u64)1 << s->count_bits) - 1u;
  u32 n1 = (u32)(right & mask);
  u32 n0 = (u32)(total & mask) - n1;
  u32 depth = 63u - CLZ64(key);
  if (depth + 1u >= s->depth || (n0 > n1 ? n0 : n1) < 2u * s->fewest) return 0u;
  return boosting_whole(n0 < n1 ? n0 : n1);
}

FUNCTION u32 boosting_splittable(u64 total, u64 key, const Settings *s) {
  u32 rows = (u32)(total & (((u64)1 << s->count_bits) - 1u));
  return rows >= 2u * s->fewest && 63u - CLZ64(key) < s->depth ? 1u : 0u;
}

/*
 * The functions that read sums exist for both memories. search: the features first, first + step,
 * ... of a pair whose slot `into` has the sums of the smaller child and whose slot `leaf` those of
 * the parent; leaves both children's sums there. found: notes the best split of a leaf.
 */
#define BOOSTING_SEARCH(TREE, SPACE)                                                            \
  FUNCTION void TREE##_search(                                                                  \
      const TREE *t,                                                                            \
      const Settings *s,                                                                        \
      SPACE u64 *sums,                                                                          \
      u32 width,                                                                                \
      u32 features,                                                                             \
      u32 pair,                                                                                 \
      u32 first,                                                                                \
      u32 step,                                                                                 \
      Best *best) {                                                                             \
    u32 leaf = t->pair[pair].leaf;                                                              \
    u32 fresh = t->pair[pair].fresh;                                                            \
    u64 total = t->leaf[leaf].total;                                                                 \
    u32 tries = boosting_splittable(total, t->leaf[leaf].key, s);                                    \
    SPACE u64 *one = sums + (u64)leaf * width;                                                  \
    best[0].gain = best[1].gain = 0;                                                            \
    best[0].feature = best[1].feature = NONE;                                                   \
    if (fresh == NONE) {                                                                        \
      for (u32 f = first; tries && f < features; f += step) {                                   \
        boosting_better(best, boosting_gain(one[f], total, s), f);                              \
      }                                                                                         \
    } else {                                                                                    \
      SPACE u64 *other = sums + (u64)fresh * width;                                             \
      u64 other_total = t->leaf[fresh].total;                                                        \
      u32 other_tries = boosting_splittable(other_total, t->leaf[fresh].key, s);                     \
      u32 side = t->pair[pair].side;                                                            \
      for (u32 f = first; f < features; f += step) {                                            \
        u64 less = other[f];                                                                    \
        u64 more = one[f] - less;                                                               \
        u64 with = side != 0u ? less : more;                                                    \
        u64 without = side != 0u ? more : less;                                                 \
        other[f] = with;                                                                        \
        one[f] = without;                                                                       \
        double gain = boosting_gain(without, total, s);                                         \
        double other_gain = boosting_gain(with, other_total, s);                                \
        boosting_better(best, tries ? gain : 0.0, f);                                           \
        boosting_better(best + 1, other_tries ? other_gain : 0.0, f);                           \
      }                                                                                         \
    }                                                                                           \
  }                                                                                             \
  FUNCTION void TREE##_found(                                                                   \
      const TREE *t,                                                                            \
      const Settings *s,                                                                        \
      SPACE const u64 *sums,                                                                    \
      u32 width,                                                                                \
      u32 leaf,                                                                                 \
      Best best) {                                                                              \
    if (best.gain > 0) {                                                                        \
      u64 total = t->leaf[leaf].total;                                                               \
      u64 right = sums[(u64)leaf * width + best.feature];                                       \
      u32 rows = (u32)(total & (((u64)1 << s->count_bits) - 1u));                               \
      t->leaf[leaf].gain = best.gain / (double)rows;                                                 \
      t->leaf[leaf].feature = best.feature;                                                          \
      t->leaf[leaf].right = right;                                                                   \
      t->leaf[leaf].listed = boosting_listed(total, right, t->leaf[leaf].key, s);                         \
    }                                                                                           \
  }

BOOSTING_SEARCH(Tree, LOCAL)
BOOSTING_SEARCH(GlobalTree, GLOBAL)

/* The best splits of the leaves of all pairs with sums; a warp a pair where there are warps. */
FUNCTION void boosting_search_local(
    const Tree *t, const Settings *s, LOCAL u64 *sums, u32 width, u32 features) {
  u32 pairs = t->scalar[SCALAR_PAIRS];
  u32 first = LOCAL_ID;
  u32 step = LOCAL_SIZE;
  u32 lane = 0u;
  u32 lanes = 1u;
#ifdef HAS_SHUFFLE
  if (LOCAL_SIZE % WARP == 0u) {
    first = LOCAL_ID / WARP;
    step = LOCAL_SIZE / WARP;
    lane = LOCAL_ID % WARP;
    lanes = WARP;
  }
#endif
  for (u32 pair = first; pair < pairs; pair += step) {
    if (t->pair[pair].end == t->pair[pair].start) continue;
    Best best[2];
    Tree_search(t, s, sums, width, features, pair, lane, lanes, best);
#ifdef HAS_SHUFFLE
    if (lanes == WARP) {
      boosting_best_of_warp(best);
      boosting_best_of_warp(best + 1);
      WARP_BARRIER();
    }
#endif
    /* An item a child, where there are two. */
    u32 children = t->pair[pair].fresh == NONE ? 1u : 2u;
    for (u32 k = lane; k < children; k += lanes) {
      u32 leaf = k == 0u ? t->pair[pair].leaf : t->pair[pair].fresh;
      Tree_found(t, s, sums, width, leaf, k == 0u ? best[0] : best[1]);
    }
  }
}

#endif
