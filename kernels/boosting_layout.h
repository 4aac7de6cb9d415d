#ifndef ABLATE_BOOSTING_LAYOUT_H
#define ABLATE_BOOSTING_LAYOUT_H

/*
 * What boosting is told of a run and where it keeps a run and its tree; see boosting.cl.
 */

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
/* Most levels of a tree that grows level by level: the splits of its order are bits of a word. */
#define BOOSTING_MOST_LEVELS 6u
/* Most items of a group of boosting_run. */
#define BOOSTING_RUN_ITEMS 1024u
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
/* What each tree asks of the run's settings: trees, patience, the rows of its two sets. */
#define AT_TREES 12
#define AT_PATIENCE 13
#define AT_TRAIN_ROWS 14
#define AT_VALIDATION_ROWS 15
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
  u32 above;   /* the split that made it; NONE for the root */
} Leaf;

typedef struct {
  u64 key;
  u64 total;
  u64 below; /* the ranks of all splits below it, as bits */
  double gain;
  u32 feature;
  u32 committed; /* 1: in the tree */
  u32 rank;      /* its place in the order of gains */
  u32 order;     /* not its own: the split of this rank */
  u32 above;     /* the split whose child it splits; NONE for the root's */
  u32 place;     /* how many splits of the tree have lower keys */
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
#define BOOSTING_SPLIT_WORDS 7u
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

#endif
