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
#include "boosting_layout.h"
#include "boosting_tree.h"
#include "boosting_splits.h"

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
      at[AT_TREES] = (u64)mine[TOLD_TREES];
      at[AT_PATIENCE] = (u64)mine[TOLD_PATIENCE];
      at[AT_TRAIN_ROWS] = train_rows;
      at[AT_VALIDATION_ROWS] = (u64)mine[TOLD_VALIDATION_ROWS];
      for (u32 k = 0; k < 3u; k++) at[AT_SQUARES + k] = squares[k];
    }
    BARRIER();
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
  u32 listed = t->scalar[SCALAR_LISTED];
  for (u32 base = 0; base < rows; base += LOCAL_SIZE) {
    u32 r = base + LOCAL_ID;
    u32 pair = NONE;
    if (r < rows) {
      /* One load tells all of the leaf's split: this loop is a third of the time of a tree. */
      u64 route = t->leaf[m->leaf_of[r]].route;
      if (route != 0u) {
        u32 f = (u32)route;
        u32 side = (u32)(m->masks[r * words + (f >> 6)] >> (f & 63u)) & 1u;
        u32 fits = (u32)(m->train[r >> 6] >> (r & 63u)) & 1u;
        if (side != 0u) m->leaf_of[r] = (u8)(route >> 32);
        if (((u32)(route >> 60) & 3u) == (2u | side) && fits != 0u) {
          pair = (u32)(route >> 48) & 0xFFFu;
        }
      }
    }
    if (listed != 0u) {
      u32 place = boosting_place(t->pair, pair);
      if (pair != NONE) m->list[place] = (u16)r;
    }
  }
  FOR_LOCAL(i, listed == 0u ? 0u : 32u * t->scalar[SCALAR_PAIRS]) {
    u32 pair = i >> 5;
    u32 k = t->pair[pair].start + t->pair[pair].rows + (i & 31u);
    if (k < t->pair[pair].end) m->list[k] = (u16)rows;
  }
}

/*
 * Takes the leaves' values off the rows, sums the errors, sends all rows back to the root and clears
 * all sums: no two leaves of a tree share a slot.
 */
FUNCTION void boosting_apply_local(
    const Tree *t, const Rows *m, u32 rows, u32 count_bits, u32 all_sums) {
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
  if (t->at[AT_VALIDATION_ROWS] > 0u) boosting_add_squares(t->at + AT_SQUARES, squares);
  FOR_LOCAL(i, all_sums) m->sums[i] = 0;
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
    u32 train_rows,
    u32 all_sums) {
  FOR_LOCAL(i, (rows + 1u) * words) m->masks[i] = i < rows * words ? masks[i] : 0u;
  FOR_LOCAL(r, rows + 1u) m->state[r] = r < rows ? state[r] : 0u;
  FOR_LOCAL(r, rows) m->leaf_of[r] = 0;
  FOR_LOCAL(i, WORDS64(rows)) {
    m->train[i] = train[i];
    m->validation[i] = validation[i];
  }
  FOR_LOCAL(i, all_sums) m->sums[i] = 0;
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
KERNEL void GROUP_AT_MOST(BOOSTING_RUN_ITEMS) boosting_run(
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
        (u32)mine[TOLD_TRAIN_ROWS], slots * width);
    for (u32 tree = 0; tree <= trees; tree++) {
      boosting_plant(&t, errors + offset[2]);
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
        boosting_apply_local(&t, &m, rows, s.count_bits, slots * width);
      }
      BARRIER();
      if (stop) break;
    }
    FOR_LOCAL(i, AT_NUMBERS) book[i] = t.at[i];
    FOR_LOCAL(r, rows) state[(u64)run * rows + r] = m.state[r];
    BARRIER();
  }
}

#include "boosting_global.h"
