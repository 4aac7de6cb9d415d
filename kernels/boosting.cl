/*
 * Gradient-boosted trees (squared error) on bit-packed masks, the same trees as HostBoosting bit
 * for bit.
 *
 * A row of a run is the word  residual 2^countBits + 1 , the residual in whole steps of 2^exponent:
 * one sum of words is both the sum of residuals and the number of rows, exactly and in any order.
 * With N rows of residual sum S in a leaf and N1, S1 behind bit 1 a split gains
 * (N S1 - S N1)^2 / (N N1 N0); the bracket is an exact integer. Equal gains go to the lowest
 * feature and to the leaf with the lowest key; the key of the root is 1, the children of k are 2k
 * (bit 0) and 2k + 1. Nodes of a tree are numbered by their keys.
 *
 * Trees of depth up to 6 grow level by level: all leaves that gain are split at once, and where
 * that makes too many leaves the best-first order is replayed on the known gains (boosting_limit).
 * Deeper trees grow one split at a time, best first. Only the smaller child of a split is summed,
 * the other is its parent less its sibling.
 *
 * Two ways with the same functions and results:
 *   boosting_run   a group grows all trees of a run in local memory: rows, masks, sums
 *   the others     rows in global memory; a tree is plant, sum, search, (plan, move, sum, search)
 *                  for each level or split, plan, settle, apply; a launch takes all runs
 *
 * Buffers (shapes row-major, all sizes in elements):
 *   masks    u64 (rows, words)      words = ceil(features / 64), bits past the last feature are 0
 *   columns  u64 (words, rows)      the same, transposed: for the second way
 *   values   f64 (rows, outputs)
 *   sets     u64 (sets, ceil(rows / 64))   sets of rows
 *   told     i32 (runs, 12)         TOLD_*: settings of a run, see below
 *   rates    f64 (runs)             learning rates
 *   offsets  u64 (runs, 3)          where a run's roots, nodes and errors begin
 *   state    u64 (runs, rows)       the words of the rows
 *   books    u64 (runs, stride)     AT_*: progress of a run; in the second way its tree follows
 *   leaf_of  u32 (runs, rows)       the leaf in which a row is, in the second way
 *   sums     u64 (runs, slots, 64 words)   sums of a leaf for each feature, in the second way
 *   roots    i32, feature i32, left i32, value f64   the forests; the right child is left + 1
 *   errors   f64                    sums of squared residuals on the validation rows, in squared
 *                                   steps, for each number of trees
 *
 * Tolerance: none, everything is integers or doubles in a fixed order. Group sizes, `rows_of_group`
 * and trees a launch change no result. BOOSTING_TENSOR 0 replaces tensor cores by plain sums.
 * Source: histogram subtraction and leaf-wise growth as in LightGBM (Ke et al., 2017).
 */
#include "device.h"

#ifndef BOOSTING_TENSOR
#define BOOSTING_TENSOR 1
#endif

#define NONE 0xFFFFFFFFu

#define TOLD_DEPTH 0
#define TOLD_LEAVES 1
/* Fewest training rows a leaf, at least 1. */
#define TOLD_FEWEST 2
#define TOLD_TREES 3
#define TOLD_PATIENCE 4
#define TOLD_OUTPUT 5
/* Which set of rows is fitted, and which is followed. */
#define TOLD_TRAIN 6
#define TOLD_VALIDATION 7
#define TOLD_TRAIN_ROWS 8
#define TOLD_VALIDATION_ROWS 9
/* 1: level by level; 0: one split at a time. */
#define TOLD_LEVELS 10
#define TOLD_NUMBERS 12
/* Most rows and leaves of boosting_run, and most rows of a chunk of boosting_sum. */
#define BOOSTING_MOST_ROWS (1u << 14)
#define BOOSTING_MOST_LEAVES 256u

#define AT_BASE 0
#define AT_EXPONENT 1
/* Sum of the training rows' words. */
#define AT_TOTAL 2
#define AT_GROWN 3
#define AT_BEST 4
#define AT_BEST_ERROR 5
#define AT_NODES 6
#define AT_DONE 7
/* Of residuals a 2^21 + b: sums of a a, a b and b b over the validation rows. */
#define AT_SQUARES 8
/* 1 between plant and settle. */
#define AT_PLANTED 11
#define AT_NUMBERS 16

#define SCALAR_LEAVES 0
#define SCALAR_SPLITS 1
#define SCALAR_PAIRS 2
#define SCALAR_LISTED 3
#define SCALARS 4

/* What a kernel knows of a run's settings. */
typedef struct {
  u32 depth;
  u32 leaves;
  u32 fewest;
  u32 levels;
  u32 count_bits;
} Settings;

FUNCTION Settings boosting_settings(GLOBAL const i32 *told) {
  Settings s;
  s.depth = (u32)told[TOLD_DEPTH];
  s.leaves = (u32)told[TOLD_LEAVES];
  s.fewest = (u32)told[TOLD_FEWEST];
  s.levels = (u32)told[TOLD_LEVELS];
  s.count_bits = 32u - CLZ32((u32)told[TOLD_TRAIN_ROWS]);
  return s;
}

/*
 * A tree that grows. A split leaf goes on as its child for bit 0, the child for bit 1 is a new one.
 * Everything of a leaf, a split or a pair stands together: one register and fixed offsets reach it.
 */
typedef struct {
  u64 total;  /* sum of its words */
  u64 right;  /* the same behind bit 1 of its best feature */
  u64 key;
  u64 change; /* what a row's word loses when the tree is settled */
  u64 route;  /* the pair of this round for boosting_partition in one word, or 0 */
  double gain; /* of its best split, 0 for none */
  u32 feature; /* its best feature */
  u32 listed;  /* length of the list, were it split there */
  u32 chosen;  /* 0, or 1 + the length of its list: it is split now */
  u32 go;      /* its pair of this round or NONE */
  u32 small;   /* the pair whose smaller child it is, or NONE */
  u32 unused;
} Leaf;

typedef struct {
  u64 key;
  u64 total;
  u64 below; /* not its own: for the split of this rank, the ranks of all splits below it, as bits */
  double gain;
  u32 feature;
  u32 committed; /* 1: in the tree */
  u32 rank;      /* its place in the order of gains */
  u32 order;     /* not its own: the split of this rank */
} Split;

/* A split of the present round, and the list of the training rows of its smaller child. */
typedef struct {
  u32 leaf;  /* the child for bit 0 */
  u32 fresh; /* the child for bit 1; NONE for the root, which is alone */
  u32 feature;
  u32 side;   /* the bit of its smaller child */
  u32 rows;   /* length of its list */
  u32 start;  /* where the list begins, whole 32s */
  u32 end;    /* the same for the next list; start where nobody needs sums */
  u32 into;   /* the slot where the smaller child is summed */
  u32 cursor; /* end of the list so far */
  u32 unused;
} Pair;

#define BOOSTING_LEAF_WORDS 9u
#define BOOSTING_SPLIT_WORDS 6u
#define BOOSTING_PAIR_WORDS 5u

#define BOOSTING_TREE(NAME, SPACE)                                     \
  typedef struct {                                                     \
    SPACE u64 *at; /* progress */                                      \
    SPACE u32 *scalar;                                                 \
    SPACE Leaf *leaf;                                                  \
    SPACE Split *split;                                                \
    SPACE Pair *pair;                                                  \
  } NAME;                                                              \
  FUNCTION NAME NAME##_at(SPACE u64 *p, u32 capacity) {                \
    NAME t;                                                            \
    t.at = p;                                                          \
    t.scalar = (SPACE u32 *)(p + AT_NUMBERS);                          \
    p += AT_NUMBERS + SCALARS / 2u;                                    \
    t.leaf = (SPACE Leaf *)p;                                          \
    t.split = (SPACE Split *)(p + BOOSTING_LEAF_WORDS * capacity);     \
    t.pair = (SPACE Pair *)(p + (BOOSTING_LEAF_WORDS + BOOSTING_SPLIT_WORDS) * capacity); \
    return t;                                                          \
  }

BOOSTING_TREE(Tree, LOCAL)
BOOSTING_TREE(GlobalTree, GLOBAL)

/* Words of progress and tree for so many leaves, and their bytes. */
#define BOOSTING_BOOK_WORDS(capacity) \
  (AT_NUMBERS + SCALARS / 2u +        \
   (BOOSTING_LEAF_WORDS + BOOSTING_SPLIT_WORDS + BOOSTING_PAIR_WORDS) * (capacity))
#define BOOSTING_TREE_LOCAL(capacity) (8u * BOOSTING_BOOK_WORDS(capacity))

FUNCTION u32 boosting_whole(u32 rows) { return (rows + 31u) & ~31u; }

/* (double) to the nearest integer, halves up. */
FUNCTION i64 boosting_nearest(double x) {
  double low = floor(x);
  return (i64)low + (x - low >= 0.5 ? 1 : 0);
}

/* 2^e for -1022 <= e <= 1023. */
FUNCTION double boosting_power(i64 e) { return BITS_DOUBLE((u64)(e + 1023) << 52); }

/* Adds to a word of local memory. Two adds of 32 bits are in hardware, one of 64 bits is a loop. */
FUNCTION void boosting_add(LOCAL u64 *p, u64 v) {
#if defined(HAS_SHUFFLE)
  u32 *words = (u32 *)p;
  u32 old = LOCAL_ADD_U32(words, (u32)v);
  LOCAL_ADD_U32(words + 1, (u32)(v >> 32) + (old + (u32)v < old ? 1u : 0u));
#else
  LOCAL_ADD_U64(p, v);
#endif
}

FUNCTION u32 boosting_bit(GLOBAL const u64 *set, u32 row) {
  return (u32)(set[row >> 6] >> (row & 63u)) & 1u;
}

/* ---- the start of a run ---- */

/* Adds the square of a row's residual to three sums. */
FUNCTION void boosting_square(u64 *squares, u64 word, u32 count_bits) {
  i64 residual = (i64)word >> count_bits;
  i64 a = residual >> 21;
  i64 b = residual & 0x1FFFFF;
  squares[0] += (u64)(a * a);
  squares[1] += (u64)(a * b);
  squares[2] += (u64)(b * b);
}

/* Adds every item's three sums; a warp adds its own first. */
FUNCTION void boosting_add_squares(LOCAL u64 *to, u64 *squares) {
#ifdef HAS_SHUFFLE
  if (LOCAL_SIZE % WARP == 0u) {
    for (u32 k = 0; k < 3u; k++) {
      for (u32 m = WARP / 2u; m > 0u; m >>= 1) squares[k] += SHUFFLE_XOR(squares[k], m);
    }
    if (LOCAL_ID % WARP != 0u) return;
  }
#endif
  for (u32 k = 0; k < 3u; k++) boosting_add(to + k, squares[k]);
}

/* Steps of 2^exponent such that the largest residual and N S1 - S N1 fit a word. */
FUNCTION i64 boosting_exponent(double largest, u32 train_rows) {
  i32 count_bits = (i32)(32u - CLZ32(train_rows));
  i32 bits = 61 - 2 * count_bits < 40 ? 61 - 2 * count_bits : 40;
  i64 finest = (i64)(DOUBLE_BITS(largest) >> 52) - 1023;
  return (finest > -982 ? finest : -982) + 1 - bits;
}

/*
 * Base, step and words of the rows of each run; a group a run. The sum for the base: 256 partial
 * sums over rows r = j mod 256, ascending, then halves onto halves. Local: the partial sums,
 * then the largest value, three squares and the total.
 */
#define BOOSTING_BEGIN_LOCAL (8u * (256u + 5u))
KERNEL void boosting_begin(
    GLOBAL u64 *state,
    GLOBAL u64 *books,
    GLOBAL const double *values,
    GLOBAL const u64 *sets,
    GLOBAL const i32 *told,
    u32 stride,
    u32 outputs,
    u32 runs,
    u32 rows,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, part);
  LOCAL u64 *largest = (LOCAL u64 *)(part + 256);
  LOCAL u64 *squares = largest + 1;
  LOCAL u64 *total = largest + 4;
  FOR_GROUP(run, runs) {
    GLOBAL const i32 *mine = told + run * TOLD_NUMBERS;
    GLOBAL const double *target = values + mine[TOLD_OUTPUT];
    GLOBAL const u64 *train = sets + (u64)mine[TOLD_TRAIN] * WORDS64(rows);
    GLOBAL const u64 *validation = sets + (u64)mine[TOLD_VALIDATION] * WORDS64(rows);
    u32 train_rows = (u32)mine[TOLD_TRAIN_ROWS];
    u32 count_bits = 32u - CLZ32(train_rows);
    FOR_LOCAL(j, 256u) {
      double sum = 0;
      for (u32 r = j; r < rows; r += 256u) {
        if (boosting_bit(train, r)) sum = ADD64(sum, target[(u64)r * outputs]);
      }
      part[j] = sum;
    }
    FOR_LOCAL(k, 5u) largest[k] = 0;
    BARRIER();
    for (u32 middle = 128u; middle > 0u; middle >>= 1) {
      FOR_LOCAL(j, middle) part[j] = ADD64(part[j], part[j + middle]);
      BARRIER();
    }
    double base = train_rows == 0u ? 0.0 : part[0] / (double)train_rows;
    u64 furthest = 0;
    FOR_LOCAL(r, rows) {
      if (boosting_bit(train, r) | boosting_bit(validation, r)) {
        u64 distance = DOUBLE_BITS(fabs(ADD64(target[(u64)r * outputs], -base)));
        furthest = distance > furthest ? distance : furthest;
      }
    }
    LOCAL_MAX_U64(largest, furthest);
    BARRIER();
    i64 exponent = boosting_exponent(BITS_DOUBLE(largest[0]), train_rows);
    double scale = boosting_power(-exponent);
    u64 mine_squares[3];
    mine_squares[0] = mine_squares[1] = mine_squares[2] = 0;
    u64 sum = 0;
    FOR_LOCAL(r, rows) {
      u32 fits = boosting_bit(train, r);
      u32 follows = boosting_bit(validation, r);
      u64 word = 0;
      if (fits | follows) {
        i64 residual = boosting_nearest(MUL64(ADD64(target[(u64)r * outputs], -base), scale));
        word = ((u64)residual << count_bits) + 1u;
      }
      if (fits) sum += word;
      if (follows) boosting_square(mine_squares, word, count_bits);
      state[(u64)run * rows + r] = word;
    }
    boosting_add(total, sum);
    boosting_add_squares(squares, mine_squares);
    BARRIER();
    if (LOCAL_ID == 0u) {
      GLOBAL u64 *at = books + (u64)run * stride;
      at[AT_BASE] = DOUBLE_BITS(base);
      at[AT_EXPONENT] = (u64)exponent;
      at[AT_TOTAL] = *total;
      at[AT_GROWN] = at[AT_BEST] = at[AT_BEST_ERROR] = at[AT_NODES] = 0;
      at[AT_DONE] = at[AT_PLANTED] = 0;
      for (u32 k = 0; k < 3u; k++) at[AT_SQUARES + k] = squares[k];
    }
    BARRIER();
  }
}

/* ---- a tree, as far as it is small: the items of one group on local memory ---- */

/* Notes the error after the trees so far and decides whether the run goes on; for one item. */
FUNCTION void boosting_note(LOCAL u64 *at, GLOBAL const i32 *told, GLOBAL double *errors) {
  u64 grown = at[AT_GROWN];
  u64 done = grown >= (u64)told[TOLD_TREES] ? 1u : 0u;
  if (told[TOLD_VALIDATION_ROWS] > 0) {
    double error = MUL64((double)at[AT_SQUARES], 4398046511104.0);
    error = ADD64(error, MUL64((double)(i64)at[AT_SQUARES + 1], 4194304.0));
    error = ADD64(error, (double)at[AT_SQUARES + 2]);
    errors[grown] = error;
    if (grown == 0u || error < BITS_DOUBLE(at[AT_BEST_ERROR])) {
      at[AT_BEST] = grown;
      at[AT_BEST_ERROR] = DOUBLE_BITS(error);
    }
    u64 patience = (u64)told[TOLD_PATIENCE];
    if (patience > 0u && grown - at[AT_BEST] >= patience) done = 1u;
  }
  for (u32 k = 0; k < 3u; k++) at[AT_SQUARES + k] = 0;
  at[AT_DONE] = done;
  at[AT_PLANTED] = 1u;
}

/*
 * Notes the error, once a tree, and starts a tree whose root is the pair of the first round. Until
 * it is settled a tree can be planted again. Ends before a barrier of the caller.
 */
FUNCTION void boosting_plant(
    const Tree *t, GLOBAL const i32 *told, GLOBAL double *errors, u32 root_listed) {
  if (LOCAL_ID == 0u && t->at[AT_DONE] == 0u) {
    if (t->at[AT_PLANTED] == 0u) boosting_note(t->at, told, errors);
    u32 goes_on = t->at[AT_DONE] == 0u;
    t->leaf[0].total = t->at[AT_TOTAL];
    t->leaf[0].key = 1u;
    t->leaf[0].gain = 0;
    t->leaf[0].go = NONE;
    t->leaf[0].route = 0;
    t->leaf[0].small = 0u;
    t->pair[0].leaf = 0u;
    t->pair[0].fresh = NONE;
    t->pair[0].into = 0u;
    t->pair[0].start = 0u;
    t->pair[0].end = root_listed;
    t->scalar[SCALAR_LEAVES] = 1u;
    t->scalar[SCALAR_SPLITS] = 0u;
    t->scalar[SCALAR_PAIRS] = goes_on;
    t->scalar[SCALAR_LISTED] = goes_on ? root_listed : 0u;
  }
}

/* Whether leaf j is split before leaf l. */
FUNCTION u32 boosting_before(const Tree *t, u32 j, u32 l) {
  double a = t->leaf[j].gain;
  double b = t->leaf[l].gain;
  return a > b || (a == b && t->leaf[j].key < t->leaf[l].key) ? 1u : 0u;
}

/*
 * A pair in a word: feature, the child for bit 1 from bit 32 on, the pair's number from bit 48 on,
 * bit 60 the side of the smaller child, bit 61 whether that is listed, bit 62 set.
 */
FUNCTION u64 boosting_route(u32 feature, u32 fresh, u32 pair, u32 side, u32 listed) {
  return (u64)feature | (u64)(fresh & 0xFFFFu) << 32 | (u64)(pair & 0xFFFu) << 48 |
         (u64)side << 60 | (u64)listed << 61 | (u64)1 << 62;
}

/*
 * Chooses the leaves to split next, which become pairs, and records the splits. Level by level: all
 * that gain; otherwise the best. Begins after and ends before a barrier of the caller.
 */
FUNCTION void boosting_plan(const Tree *t, const Settings *s) {
  u32 leaves = t->scalar[SCALAR_LEAVES];
  u32 splits = t->scalar[SCALAR_SPLITS];
  u32 full = s->levels != 0u ? s->leaves < 2u : leaves >= s->leaves;
  u32 last = s->levels == 0u && leaves + 1u >= s->leaves;
  FOR_LOCAL(l, leaves) {
    u32 chosen = t->leaf[l].gain > 0 && !full;
    if (s->levels == 0u && chosen != 0u) {
      for (u32 j = 0; j < leaves; j++) {
        if (boosting_before(t, j, l) != 0u) chosen = 0u;
      }
    }
    t->leaf[l].chosen = chosen == 0u ? 0u : 1u + (last ? 0u : t->leaf[l].listed);
  }
  BARRIER();
  FOR_LOCAL(l, leaves) {
    u32 pair = 0u;
    u32 pairs = 0u;
    u32 start = 0u;
    u32 end = 0u;
    for (u32 j = 0; j < leaves; j++) {
      u32 c = t->leaf[j].chosen;
      if (c != 0u) {
        pairs++;
        end += c - 1u;
      }
      if (j < l) {
        pair = pairs;
        start = end;
      }
    }
    u32 mine = t->leaf[l].chosen;
    t->leaf[l].go = mine != 0u ? pair : NONE;
    t->leaf[l].small = NONE;
    t->leaf[l].route = 0;
    if (mine != 0u) {
      u32 fresh = leaves + pair;
      u32 split = splits + pair;
      u64 mask = ((u64)1 << s->count_bits) - 1u;
      u32 rows = (u32)(t->leaf[l].total & mask);
      u32 with = (u32)(t->leaf[l].right & mask);
      u32 side = with <= rows - with ? 1u : 0u;
      t->split[split].key = t->leaf[l].key;
      t->split[split].gain = t->leaf[l].gain;
      t->split[split].total = t->leaf[l].total;
      t->split[split].feature = t->leaf[l].feature;
      t->split[split].committed = 1u;
      t->pair[pair].leaf = l;
      t->pair[pair].fresh = fresh;
      t->pair[pair].feature = t->leaf[l].feature;
      t->pair[pair].side = side;
      t->pair[pair].rows = side != 0u ? with : rows - with;
      t->pair[pair].into = fresh;
      t->pair[pair].start = start;
      t->pair[pair].cursor = start;
      t->pair[pair].end = start + mine - 1u;
      t->leaf[fresh].total = t->leaf[l].right;
      t->leaf[l].total -= t->leaf[l].right;
      t->leaf[fresh].key = 2u * t->leaf[l].key + 1u;
      t->leaf[l].key = 2u * t->leaf[l].key;
      t->leaf[l].gain = t->leaf[fresh].gain = 0;
      t->leaf[fresh].go = NONE;
      t->leaf[fresh].route = 0;
      t->leaf[l].route = boosting_route(t->leaf[l].feature, fresh, pair, side, mine > 1u);
      t->leaf[fresh].small = side != 0u && mine > 1u ? pair : NONE;
      t->leaf[l].small = side == 0u && mine > 1u ? pair : NONE;
    }
    if (l == 0u) {
      t->scalar[SCALAR_LEAVES] = leaves + pairs;
      t->scalar[SCALAR_SPLITS] = splits + pairs;
      t->scalar[SCALAR_PAIRS] = pairs;
      t->scalar[SCALAR_LISTED] = end;
    }
  }
}

/*
 * Where the tree has more splits than it may: takes the last of the best-first order away. A split
 * comes up when the one above it is done; of those that are up the one with the largest gain is
 * next. So the split with the least gain of all is the last, unless there are splits below it:
 * then nothing else is left once it is done, and the last of those below is the last. With ranks
 * by gain that is a search for the highest bit. At most 64 splits.
 */
FUNCTION void boosting_limit(const Tree *t, u32 most) {
  u32 splits = t->scalar[SCALAR_SPLITS];
  FOR_LOCAL(s, splits) {
    u32 rank = 0u;
    for (u32 j = 0; j < splits; j++) {
      double a = t->split[j].gain;
      double b = t->split[s].gain;
      if (a > b || (a == b && t->split[j].key < t->split[s].key)) rank++;
    }
    t->split[s].rank = rank;
    t->split[rank].order = s;
  }
  BARRIER();
  FOR_LOCAL(s, splits) {
    u64 below = 0;
    u64 key = t->split[s].key;
    for (u32 j = 0; j < splits; j++) {
      u64 other = t->split[j].key;
      if (other > key && other >> ((CLZ64(key) - CLZ64(other)) & 63u) == key) {
        below |= (u64)1 << t->split[j].rank;
      }
    }
    t->split[t->split[s].rank].below = below;
  }
  BARRIER();
  if (LOCAL_ID == 0u) {
    u64 left = splits == 64u ? ~(u64)0 : ((u64)1 << splits) - 1u;
    for (u32 i = splits; i > most; i--) {
      u32 rank = 63u - CLZ64(left);
      u64 below = t->split[rank].below & left;
      while (below != 0u) {
        rank = 63u - CLZ64(below);
        below = t->split[rank].below & left;
      }
      left &= ~((u64)1 << rank);
      t->split[t->split[rank].order].committed = 0u;
    }
  }
  BARRIER();
}

/* The number of a node within its tree: 0 for the root, children follow in the order of keys. */
FUNCTION u32 boosting_node(const Tree *t, u32 splits, u64 key) {
  if (key == 1u) return 0u;
  u32 rank = 0u;
  for (u32 s = 0; s < splits; s++) {
    if (t->split[s].committed != 0u && t->split[s].key < key >> 1) rank++;
  }
  return 1u + 2u * rank + (u32)(key & 1u);
}

/*
 * Values of the leaves, rate times the mean residual in whole steps, and the nodes of the tree.
 * Without a split the run is done. Begins after and ends before a barrier of the caller.
 */
FUNCTION void boosting_settle(
    const Tree *t,
    const Settings *s,
    GLOBAL const double *rate,
    GLOBAL const u64 *offset,
    GLOBAL i32 *roots,
    GLOBAL i32 *feature,
    GLOBAL i32 *left,
    GLOBAL double *value) {
  u32 leaves = t->scalar[SCALAR_LEAVES];
  u32 splits = t->scalar[SCALAR_SPLITS];
  u32 limited = splits + 1u > s->leaves;
  if (limited) boosting_limit(t, s->leaves - 1u);
  BARRIER();
  double step = boosting_power((i64)t->at[AT_EXPONENT]);
  FOR_LOCAL(l, splits == 0u ? 0u : leaves) {
    u64 key = t->leaf[l].key;
    u64 total = t->leaf[l].total;
    for (u32 j = 0; limited && j < splits; j++) {
      /* The highest split above the leaf that is not in the tree is where the tree ends. */
      u64 above = t->split[j].key;
      u32 longer = CLZ64(above) - CLZ64(t->leaf[l].key);
      if (t->split[j].committed == 0u && above < key && t->leaf[l].key >> (longer & 63u) == above) {
        key = above;
        total = t->split[j].total;
      }
    }
    i64 rows = (i64)(total & (((u64)1 << s->count_bits) - 1u));
    i64 sum = (i64)total >> s->count_bits;
    i64 steps = boosting_nearest(MUL64(*rate, (double)sum) / (double)rows);
    t->leaf[l].change = (u64)steps << s->count_bits;
    u64 node = offset[1] + t->at[AT_NODES] + boosting_node(t, splits, key);
    feature[node] = -1;
    left[node] = -1;
    value[node] = MUL64((double)steps, step);
    /* One of the leaves behind the same end counts it. */
    if (key << (CLZ64(key) - CLZ64(t->leaf[l].key)) == t->leaf[l].key) {
      boosting_add(t->at + AT_TOTAL, 0u - ((u64)steps << s->count_bits) * (u64)rows);
    }
  }
  FOR_LOCAL(j, splits) {
    if (t->split[j].committed != 0u) {
      u64 first = t->at[AT_NODES];
      u64 node = offset[1] + first + boosting_node(t, splits, t->split[j].key);
      feature[node] = (i32)t->split[j].feature;
      left[node] = (i32)(first + boosting_node(t, splits, 2u * t->split[j].key));
      value[node] = 0;
    }
  }
  BARRIER();
  if (LOCAL_ID == 0u) {
    if (splits == 0u) {
      t->at[AT_DONE] = 1u;
    } else {
      roots[offset[0] + t->at[AT_GROWN]] = (i32)t->at[AT_NODES];
      t->at[AT_NODES] += 1u + 2u * (limited ? s->leaves - 1u : splits);
      t->at[AT_GROWN] += 1u;
      t->at[AT_PLANTED] = 0u;
    }
  }
}

/* ---- sums of rows for every feature ---- */

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
 * g + 8 of tile i are features 8 g + 2 i and 8 g + 2 i + 1, times 4^i and 2 4^i.
 */
FUNCTION void boosting_flush(LOCAL u64 *sums, i32 *d, u32 lane) {
  u32 g = lane >> 2;
  u32 q = lane & 3u;
  UNROLL
  for (u32 j = 0; j < 8u; j++) {
    u32 at = 4u * (j >> 1) + 2u * (j & 1u);
    u64 v = ((u64)((u32)d[at] >> j) << (16u * q)) + ((u64)((u32)d[at + 1u] >> j) << (16u * q + 8u));
    d[at] = 0;
    d[at + 1u] = 0;
    v += SHUFFLE_XOR(v, 1);
    v += SHUFFLE_XOR(v, 2);
    if ((j & 3u) == q) boosting_add(sums + 8u * g + j, v);
  }
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
    u32 w = task / spans;
    u32 chunk = (task - w * spans) * per_task;
    u32 end = chunk + per_task < chunks ? chunk + per_task : chunks;
    /* The word of 32 bits with the lane's byte, of masks and of states. */
    const u32 *mask = (const u32 *)masks + 2u * w + (g >> 2);
    const u32 *word = (const u32 *)state + (g >> 2);
    i32 d[16];
    UNROLL
    for (u32 i = 0; i < 16u; i++) d[i] = 0;
    LOCAL const Pair *p = pair;
    while (p->end <= chunk << 5) p++;
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

/* What a split gains, times the rows of the leaf; 0 where a side would be too small. */
FUNCTION double boosting_gain(u64 with, u64 total, const Settings *s) {
  u64 mask = ((u64)1 << s->count_bits) - 1u;
  u32 rows = (u32)(total & mask);
  u32 n1 = (u32)(with & mask);
  if (n1 < s->fewest || rows - n1 < s->fewest || n1 > rows) return 0;
  i64 excess = (i64)rows * ((i64)with >> s->count_bits) - ((i64)total >> s->count_bits) * (i64)n1;
  double x = (double)excess;
  return MUL64(MUL64(x, x), MUL64(1.0 / (double)n1, 1.0 / (double)(rows - n1)));
}

FUNCTION void boosting_better(Best *best, double gain, u32 feature) {
  if (gain > best->gain || (gain == best->gain && feature < best->feature)) {
    best->gain = gain;
    best->feature = feature;
  }
}

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
        if (tries) boosting_better(best, boosting_gain(without, total, s), f);                  \
        if (other_tries) boosting_better(best + 1, boosting_gain(with, other_total, s), f);     \
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
      UNROLL
      for (u32 k = 0; k < 2u; k++) {
        for (u32 m = WARP / 2u; m > 0u; m >>= 1) {
          u64 gain = SHUFFLE_XOR(DOUBLE_BITS(best[k].gain), m);
          u32 feature = SHUFFLE_XOR(best[k].feature, m);
          boosting_better(best + k, BITS_DOUBLE(gain), feature);
        }
      }
      WARP_BARRIER();
    }
#endif
    if (lane == 0u) {
      Tree_found(t, s, sums, width, t->pair[pair].leaf, best[0]);
      if (t->pair[pair].fresh != NONE) {
        Tree_found(t, s, sums, width, t->pair[pair].fresh, best[1]);
      }
    }
  }
}

/* ---- the first way: a group grows a run ---- */

/* Where things lie in the local memory of a group. */
typedef struct {
  LOCAL u64 *masks;      /* (rows + 1, words), the last row is 0 */
  LOCAL u64 *state;      /* (rows + 1), the last is 0 */
  LOCAL u64 *sums;       /* (slots, 64 words) */
  LOCAL u64 *train;      /* sets of rows, as 32-bit words in use */
  LOCAL u64 *validation;
  LOCAL u16 *root;       /* all training rows, padded to whole 32s */
  LOCAL u16 *list;       /* the rows of smaller children */
  LOCAL u8 *leaf_of;     /* (rows) */
} Rows;

/* Bytes of local memory of boosting_run: books, masks, states, sums, sets, lists, leaves. */
#define BOOSTING_RUN_LOCAL(rows, words, capacity, slots, root_most, list_most)           \
  (8u * (BOOSTING_BOOK_WORDS(capacity) + ((rows) + 1u) * ((words) + 1u) +                \
         (slots) * 64u * (words) + 2u * WORDS64(rows) + ((root_most) + (list_most)) / 4u + \
         ((rows) + 7u) / 8u))

/* Sends rows to the children of their split leaves and lists those of smaller children. */
FUNCTION void boosting_partition(const Tree *t, const Rows *m, u32 rows, u32 words) {
  for (u32 base = 0; base < rows; base += LOCAL_SIZE) {
    u32 r = base + LOCAL_ID;
    u32 pair = NONE;
    if (r < rows) {
      /* One load tells all of the leaf's split: this loop is a third of the time of a tree. */
      u64 route = t->leaf[m->leaf_of[r]].route;
      if (route != 0u) {
        u32 f = (u32)route;
        u32 side = (u32)(m->masks[r * words + (f >> 6)] >> (f & 63u)) & 1u;
        if (side != 0u) m->leaf_of[r] = (u8)(route >> 32);
        u32 fits = (u32)(m->train[r >> 6] >> (r & 63u)) & 1u;
        if (((u32)(route >> 60) & 3u) == (2u | side) && fits != 0u) {
          pair = (u32)(route >> 48) & 0xFFFu;
        }
      }
    }
    u32 place = boosting_place(t->pair, pair);
    if (pair != NONE) m->list[place] = (u16)r;
  }
  u32 pairs = t->scalar[SCALAR_PAIRS];
  u32 listed = t->scalar[SCALAR_LISTED];
  u32 width = 64u * words;
  FOR_LOCAL(i, listed == 0u ? 0u : pairs * 32u) {
    u32 pair = i >> 5;
    u32 k = t->pair[pair].start + t->pair[pair].rows + (i & 31u);
    if (k < t->pair[pair].end) m->list[k] = (u16)rows;
  }
  FOR_LOCAL(i, listed == 0u ? 0u : pairs * width) {
    u32 pair = i / width;
    m->sums[t->pair[pair].into * width + i - pair * width] = 0;
  }
}

/* Takes the leaves' values off the rows, sums the errors and sends all rows back to the root. */
FUNCTION void boosting_apply_local(
    const Tree *t, const Rows *m, u32 rows, u32 words, u32 count_bits, u32 follows) {
  u64 squares[3];
  squares[0] = squares[1] = squares[2] = 0;
  FOR_LOCAL(r, rows) {
    u64 word = m->state[r] - t->leaf[m->leaf_of[r]].change;
    m->state[r] = word;
    m->leaf_of[r] = 0;
    if ((m->validation[r >> 6] >> (r & 63u) & 1u) != 0u) {
      boosting_square(squares, word, count_bits);
    }
  }
  if (follows) boosting_add_squares(t->at + AT_SQUARES, squares);
  FOR_LOCAL(f, 64u * words) m->sums[f] = 0;
}

/* Loads masks, states and sets of a run; lists its training rows. Ends with a barrier. */
FUNCTION void boosting_load(
    const Tree *t,
    const Rows *m,
    GLOBAL const u64 *masks,
    GLOBAL const u64 *state,
    GLOBAL const u64 *train,
    GLOBAL const u64 *validation,
    u32 rows,
    u32 words,
    u32 train_rows) {
  FOR_LOCAL(i, (rows + 1u) * words) m->masks[i] = i < rows * words ? masks[i] : 0u;
  FOR_LOCAL(r, rows + 1u) m->state[r] = r < rows ? state[r] : 0u;
  FOR_LOCAL(r, rows) m->leaf_of[r] = 0;
  FOR_LOCAL(i, WORDS64(rows)) {
    m->train[i] = train[i];
    m->validation[i] = validation[i];
  }
  FOR_LOCAL(f, 64u * words) m->sums[f] = 0;
  if (LOCAL_ID == 0u) t->pair[0].cursor = 0u;
  BARRIER();
  for (u32 base = 0; base < rows; base += LOCAL_SIZE) {
    u32 r = base + LOCAL_ID;
    u32 pair = r < rows && (m->train[r >> 6] >> (r & 63u) & 1u) != 0u ? 0u : NONE;
    u32 place = boosting_place(t->pair, pair);
    if (pair != NONE) m->root[place] = (u16)r;
  }
  FOR_LOCAL(i, 32u) {
    if (train_rows + i < boosting_whole(train_rows)) m->root[train_rows + i] = (u16)rows;
  }
  BARRIER();
}

/*
 * Up to `trees` more trees of each run, a group a run. Local: BOOSTING_RUN_LOCAL, with capacity
 * (even) the most leaves and slots the most leaves with sums of any run, root_most and list_most
 * (whole 32s) the longest lists. At most 256 leaves and 2^14 rows.
 */
KERNEL void GROUP_AT_MOST(1024) boosting_run(
    GLOBAL u64 *state,
    GLOBAL u64 *books,
    GLOBAL i32 *roots,
    GLOBAL i32 *feature,
    GLOBAL i32 *left,
    GLOBAL double *value,
    GLOBAL double *errors,
    GLOBAL const u64 *masks,
    GLOBAL const u64 *sets,
    GLOBAL const i32 *told,
    GLOBAL const double *rates,
    GLOBAL const u64 *offsets,
    u32 stride,
    u32 runs,
    u32 rows,
    u32 features,
    u32 capacity,
    u32 slots,
    u32 root_most,
    u32 list_most,
    u32 trees,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  u32 words = WORDS64(features);
  u32 width = 64u * words;
  Tree t = Tree_at(local_words, capacity);
  Rows m;
  m.masks = local_words + BOOSTING_BOOK_WORDS(capacity);
  m.state = m.masks + (rows + 1u) * words;
  m.sums = m.state + rows + 1u;
  m.train = m.sums + slots * width;
  m.validation = m.train + WORDS64(rows);
  m.root = (LOCAL u16 *)(m.validation + WORDS64(rows));
  m.list = m.root + root_most;
  m.leaf_of = (LOCAL u8 *)(m.list + list_most);
  FOR_GROUP(run, runs) {
    GLOBAL const i32 *mine = told + run * TOLD_NUMBERS;
    GLOBAL const u64 *offset = offsets + 3u * run;
    GLOBAL u64 *book = books + (u64)run * stride;
    Settings s = boosting_settings(mine);
    FOR_LOCAL(i, AT_NUMBERS) t.at[i] = book[i];
    boosting_load(
        &t, &m, masks, state + (u64)run * rows,
        sets + (u64)mine[TOLD_TRAIN] * WORDS64(rows),
        sets + (u64)mine[TOLD_VALIDATION] * WORDS64(rows), rows, words,
        (u32)mine[TOLD_TRAIN_ROWS]);
    for (u32 tree = 0; tree <= trees; tree++) {
      boosting_plant(
          &t, mine, errors + offset[2], boosting_whole((u32)mine[TOLD_TRAIN_ROWS]));
      BARRIER();
      /* The last round only notes the error. */
      u32 stop = t.at[AT_DONE] != 0u || tree == trees;
      LOCAL u16 *list = m.root;
      while (!stop) {
        u32 pairs = t.scalar[SCALAR_PAIRS];
        boosting_sum_lists(m.masks, words, m.state, list, t.pair, pairs, m.sums);
        BARRIER();
        boosting_search_local(&t, &s, m.sums, width, features);
        BARRIER();
        boosting_plan(&t, &s);
        BARRIER();
        stop = t.scalar[SCALAR_PAIRS] == 0u;
        if (!stop) {
          boosting_partition(&t, &m, rows, words);
          BARRIER();
          stop = s.levels != 0u && t.scalar[SCALAR_LISTED] == 0u;
        }
        list = m.list;
      }
      stop = t.at[AT_DONE] != 0u || tree == trees;
      if (!stop) {
        boosting_settle(
            &t, &s, rates + run, offset, roots, feature, left, value);
        BARRIER();
        stop = t.at[AT_DONE] != 0u;
      }
      if (!stop) {
        boosting_apply_local(
            &t, &m, rows, words, s.count_bits, (u32)mine[TOLD_VALIDATION_ROWS]);
      }
      BARRIER();
      if (stop) break;
    }
    FOR_LOCAL(i, AT_NUMBERS) book[i] = t.at[i];
    FOR_LOCAL(r, rows) state[(u64)run * rows + r] = m.state[r];
    BARRIER();
  }
}

/* ---- the second way: rows in global memory ---- */

/* columns (words, rows) from masks (rows, words). */
KERNEL void boosting_columns(
    GLOBAL u64 *columns, GLOBAL const u64 *masks, u32 rows, u32 words, LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)rows * words) {
    u64 w = i / rows;
    columns[i] = masks[(i - w * rows) * words + w];
  }
}

/* A run's book in local memory, and back; each ends with a barrier. */
FUNCTION void boosting_open(LOCAL u64 *to, GLOBAL const u64 *from, u32 words) {
  FOR_LOCAL(i, words) to[i] = from[i];
  BARRIER();
}

FUNCTION void boosting_close(GLOBAL u64 *to, LOCAL const u64 *from, u32 words) {
  BARRIER();
  FOR_LOCAL(i, words) to[i] = from[i];
  BARRIER();
}

/* Starts a tree of each run; a group a run. Local: a book. */
KERNEL void boosting_plant_global(
    GLOBAL u64 *books,
    GLOBAL u64 *sums,
    GLOBAL double *errors,
    GLOBAL const i32 *told,
    GLOBAL const u64 *offsets,
    u32 runs,
    u32 capacity,
    u32 slots,
    u32 width,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  Tree t = Tree_at(local_words, capacity);
  u32 stride = BOOSTING_BOOK_WORDS(capacity);
  FOR_GROUP(run, runs) {
    GLOBAL const i32 *mine = told + run * TOLD_NUMBERS;
    boosting_open(local_words, books + (u64)run * stride, stride);
    boosting_plant(
        &t, mine, errors + offsets[3u * run + 2u], boosting_whole((u32)mine[TOLD_TRAIN_ROWS]));
    FOR_LOCAL(f, width) sums[(u64)run * slots * width + f] = 0;
    boosting_close(books + (u64)run * stride, local_words, stride);
  }
}

/*
 * Sums of the smaller children; a group a run, a word of features and `chunk` rows (at most 2^14).
 * The group lists its rows by leaf in local memory, sums there, and adds to the sums of all.
 * Local words: 2 (chunk + 1) masks and states, 64 pairs sums, (chunk + 32 pairs) / 4 lists and
 * 5 pairs for where they begin; chunk a multiple of 4, pairs the most at once.
 */
#define BOOSTING_SUM_LOCAL(chunk, pairs) \
  (8u * (2u * ((chunk) + 1u) + 64u * (pairs) + ((chunk) + 32u * (pairs)) / 4u + \
         BOOSTING_PAIR_WORDS * (pairs)))
KERNEL void GROUP_AT_MOST(1024) boosting_sum(
    GLOBAL u64 *sums,
    GLOBAL const u64 *books,
    GLOBAL const u32 *leaf_of,
    GLOBAL const u64 *columns,
    GLOBAL const u64 *state,
    GLOBAL const u64 *sets,
    GLOBAL const i32 *told,
    u32 runs,
    u32 rows,
    u32 words,
    u32 capacity,
    u32 slots,
    u32 chunk,
    u32 most_pairs,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  LOCAL u64 *masks = local_words;
  LOCAL u64 *mine = masks + chunk + 1u;
  LOCAL u64 *mine_sums = mine + chunk + 1u;
  LOCAL u16 *list = (LOCAL u16 *)(mine_sums + 64u * most_pairs);
  LOCAL Pair *pair_at = (LOCAL Pair *)(list + chunk + 32u * most_pairs);
  u32 chunks = (rows + chunk - 1u) / chunk;
  u32 width = 64u * words;
  FOR_GROUP(task, runs * chunks * words) {
    u32 w = task % words;
    u32 first = task / words % chunks * chunk;
    u32 run = task / words / chunks;
    u32 count = rows - first < chunk ? rows - first : chunk;
    GlobalTree t =
        GlobalTree_at((GLOBAL u64 *)books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    GLOBAL const u64 *train = sets + (u64)told[run * TOLD_NUMBERS + TOLD_TRAIN] * WORDS64(rows);
    GLOBAL const u32 *leaves = leaf_of + (u64)run * rows + first;
    u32 pairs = t.scalar[SCALAR_LISTED] == 0u ? 0u : t.scalar[SCALAR_PAIRS];
    if (pairs > 0u) {
      FOR_LOCAL(r, count + 1u) {
        masks[r] = r < count ? columns[(u64)w * rows + first + r] : 0u;
        mine[r] = r < count ? state[(u64)run * rows + first + r] : 0u;
      }
      FOR_LOCAL(p, pairs) {
        pair_at[p].cursor = 0u;
        pair_at[p].into = p;
      }
      FOR_LOCAL(i, 64u * pairs) mine_sums[i] = 0;
      BARRIER();
      for (u32 base = 0; base < count; base += LOCAL_SIZE) {
        u32 r = base + LOCAL_ID;
        u32 pair = r < count && boosting_bit(train, first + r) ? t.leaf[leaves[r]].small : NONE;
        boosting_place(pair_at, pair);
      }
      BARRIER();
      if (LOCAL_ID == 0u) {
        u32 end = 0u;
        for (u32 p = 0; p < pairs; p++) {
          pair_at[p].rows = pair_at[p].cursor;
          pair_at[p].start = pair_at[p].cursor = end;
          end += boosting_whole(pair_at[p].rows);
          pair_at[p].end = end;
        }
      }
      BARRIER();
      FOR_LOCAL(i, 32u * pairs) {
        u32 p = i >> 5;
        u32 k = pair_at[p].start + pair_at[p].rows + (i & 31u);
        if (k < pair_at[p].end) list[k] = (u16)count;
      }
      for (u32 base = 0; base < count; base += LOCAL_SIZE) {
        u32 r = base + LOCAL_ID;
        u32 pair = r < count && boosting_bit(train, first + r) ? t.leaf[leaves[r]].small : NONE;
        u32 place = boosting_place(pair_at, pair);
        if (pair != NONE) list[place] = (u16)r;
      }
      BARRIER();
      boosting_sum_lists(masks, 1u, mine, list, pair_at, pairs, mine_sums);
      BARRIER();
      FOR_LOCAL(i, 64u * pairs) {
        u64 to = ((u64)run * slots + t.pair[i >> 6].into) * width + 64u * w + (i & 63u);
        if (mine_sums[i] != 0u) ATOMIC_ADD_U64(sums + to, mine_sums[i]);
      }
    }
    BARRIER();
  }
}

/* The best splits of the leaves of a pair; a group a run and a pair. Local: 3 words an item. */
#define BOOSTING_SEARCH_LOCAL(items) (24u * (items))
KERNEL void boosting_search(
    GLOBAL u64 *books,
    GLOBAL u64 *sums,
    GLOBAL const i32 *told,
    u32 runs,
    u32 features,
    u32 capacity,
    u32 slots,
    u32 most_pairs,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, gains);
  LOCAL u32 *best_features = (LOCAL u32 *)(gains + 2u * LOCAL_SIZE);
  u32 width = 64u * WORDS64(features);
  FOR_GROUP(task, runs * most_pairs) {
    u32 run = task / most_pairs;
    u32 pair = task - run * most_pairs;
    Settings s = boosting_settings(told + run * TOLD_NUMBERS);
    GlobalTree t = GlobalTree_at(books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    GLOBAL u64 *mine = sums + (u64)run * slots * width;
    u32 has_sums = pair < t.scalar[SCALAR_PAIRS] && t.pair[pair].end > t.pair[pair].start;
    if (has_sums) {
      Best best[2];
      GlobalTree_search(&t, &s, mine, width, features, pair, LOCAL_ID, LOCAL_SIZE, best);
      for (u32 k = 0; k < 2u; k++) {
        gains[2u * LOCAL_ID + k] = best[k].gain;
        best_features[2u * LOCAL_ID + k] = best[k].feature;
      }
      BARRIER();
      for (u32 n = LOCAL_SIZE; n > 1u; n = (n + 1u) / 2u) {
        u32 middle = (n + 1u) / 2u;
        if (LOCAL_ID + middle < n) {
          for (u32 k = 0; k < 2u; k++) {
            u32 other = 2u * (LOCAL_ID + middle) + k;
            boosting_better(best + k, gains[other], best_features[other]);
            gains[2u * LOCAL_ID + k] = best[k].gain;
            best_features[2u * LOCAL_ID + k] = best[k].feature;
          }
        }
        BARRIER();
      }
      if (LOCAL_ID == 0u) {
        GlobalTree_found(&t, &s, mine, width, t.pair[pair].leaf, best[0]);
        if (t.pair[pair].fresh != NONE) {
          GlobalTree_found(&t, &s, mine, width, t.pair[pair].fresh, best[1]);
        }
      }
    }
    BARRIER();
  }
}

/* Chooses the next splits of each run; a group a run. Local: a book. */
KERNEL void boosting_plan_global(
    GLOBAL u64 *books, GLOBAL const i32 *told, u32 runs, u32 capacity, LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  Tree t = Tree_at(local_words, capacity);
  u32 stride = BOOSTING_BOOK_WORDS(capacity);
  FOR_GROUP(run, runs) {
    Settings s = boosting_settings(told + run * TOLD_NUMBERS);
    boosting_open(local_words, books + (u64)run * stride, stride);
    u32 grows = t.at[AT_DONE] == 0u && t.scalar[SCALAR_PAIRS] > 0u;
    if (grows) boosting_plan(&t, &s);
    boosting_close(books + (u64)run * stride, local_words, stride);
  }
}

/* Sends rows to the children of their leaves and clears the slots of new sums; an item a row. */
KERNEL void boosting_move(
    GLOBAL u32 *leaf_of,
    GLOBAL u64 *sums,
    GLOBAL const u64 *books,
    GLOBAL const u64 *columns,
    u32 runs,
    u32 rows,
    u32 capacity,
    u32 slots,
    u32 width,
    LOCAL_PARAMETER) {
  for (u32 run = 0; run < runs; run++) {
    GlobalTree t =
        GlobalTree_at((GLOBAL u64 *)books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    u32 pairs = t.scalar[SCALAR_PAIRS];
    u32 listed = t.scalar[SCALAR_LISTED];
    FOR_EACH(r, pairs == 0u ? 0u : rows) {
      u32 go = t.leaf[leaf_of[(u64)run * rows + r]].go;
      if (go != NONE) {
        u32 f = t.pair[go].feature;
        if ((columns[(u64)(f >> 6) * rows + r] >> (f & 63u) & 1u) != 0u) {
          leaf_of[(u64)run * rows + r] = t.pair[go].fresh;
        }
      }
    }
    FOR_EACH(i, listed == 0u ? 0u : (u64)pairs * width) {
      u32 pair = (u32)(i / width);
      if (t.pair[pair].end > t.pair[pair].start) {
        sums[((u64)run * slots + t.pair[pair].into) * width + (i - (u64)pair * width)] = 0;
      }
    }
  }
}

/* Values and nodes of the tree of each run; a group a run. Local: a book. */
KERNEL void boosting_settle_global(
    GLOBAL u64 *books,
    GLOBAL i32 *roots,
    GLOBAL i32 *feature,
    GLOBAL i32 *left,
    GLOBAL double *value,
    GLOBAL const i32 *told,
    GLOBAL const double *rates,
    GLOBAL const u64 *offsets,
    u32 runs,
    u32 capacity,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  Tree t = Tree_at(local_words, capacity);
  u32 stride = BOOSTING_BOOK_WORDS(capacity);
  FOR_GROUP(run, runs) {
    GLOBAL const u64 *offset = offsets + 3u * run;
    Settings s = boosting_settings(told + run * TOLD_NUMBERS);
    boosting_open(local_words, books + (u64)run * stride, stride);
    u32 grows = t.at[AT_DONE] == 0u;
    if (grows) {
      boosting_settle(
          &t, &s, rates + run, offset, roots, feature, left, value);
    }
    boosting_close(books + (u64)run * stride, local_words, stride);
  }
}

/*
 * Takes the leaves' values off the rows, sums the errors and sends all rows back to the root; a
 * group a run and `chunk` rows. Local: 3 words.
 */
#define BOOSTING_APPLY_LOCAL (8u * 3u)
KERNEL void boosting_apply(
    GLOBAL u64 *state,
    GLOBAL u32 *leaf_of,
    GLOBAL u64 *books,
    GLOBAL const u64 *sets,
    GLOBAL const i32 *told,
    u32 runs,
    u32 rows,
    u32 capacity,
    u32 chunk,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, group_squares);
  u32 chunks = (rows + chunk - 1u) / chunk;
  FOR_GROUP(task, runs * chunks) {
    u32 run = task / chunks;
    u32 first = (task - run * chunks) * chunk;
    u32 count = rows - first < chunk ? rows - first : chunk;
    GLOBAL const i32 *mine = told + run * TOLD_NUMBERS;
    GLOBAL const u64 *validation = sets + (u64)mine[TOLD_VALIDATION] * WORDS64(rows);
    GlobalTree t = GlobalTree_at(books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    Settings s = boosting_settings(mine);
    u32 grown = t.at[AT_DONE] == 0u;
    if (grown) {
      u64 squares[3];
      squares[0] = squares[1] = squares[2] = 0;
      FOR_LOCAL(k, 3u) group_squares[k] = 0;
      BARRIER();
      FOR_LOCAL(i, count) {
        u32 r = first + i;
        u64 at = (u64)run * rows + r;
        u64 word = state[at] - t.leaf[leaf_of[at]].change;
        state[at] = word;
        leaf_of[at] = 0u;
        if (boosting_bit(validation, r)) boosting_square(squares, word, s.count_bits);
      }
      boosting_add_squares(group_squares, squares);
      BARRIER();
      FOR_LOCAL(k, 3u) ATOMIC_ADD_U64(t.at + AT_SQUARES + k, group_squares[k]);
    }
    BARRIER();
  }
}
