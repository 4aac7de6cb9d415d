/*
 * The paths of boosting.cl for warps, tensor cores among them, with threads in place of a warp's
 * items, compared with the paths of single items: parts of a tree, then whole runs.
 */
#include "boosting_warp.h"

#include "../kernels/boosting.cl"

/* ---- what the items do ---- */

/* The arguments of boosting_run for one run. */
typedef struct {
  u64 *state, *book, *masks, *sets, *offset, *local;
  i32 *roots, *feature, *left, *told;
  double *value, *errors, *rate, *values;
  u32 rows, features, capacity, slots, root_most, list_most, trees;
} Run;

typedef struct {
  u64 *masks, *state, *sums;
  u16 *list;
  Pair *pair;
  u32 *pair_of, *place_of;
  u32 words, pairs, rows;
  Tree tree;
  Settings settings;
  u32 features;
  u64 squares[3];
  Run *run;
} Work;

static Work work_;

static void sum_task(void) {
  boosting_sum_lists(
      work_.masks, work_.words, work_.state, work_.list, work_.pair, work_.pairs, work_.sums);
}

static void place_task(void) {
  for (u32 base = 0; base < work_.rows; base += LOCAL_SIZE) {
    u32 r = base + LOCAL_ID;
    u32 pair = r < work_.rows ? work_.pair_of[r] : NONE;
    u32 place = boosting_place(work_.pair, pair);
    if (pair != NONE) work_.place_of[r] = place;
  }
}

static void search_task(void) {
  boosting_search_local(&work_.tree, &work_.settings, work_.sums, 64u * work_.words, work_.features);
}

static void begin_task(void) {
  Run *r = work_.run;
  u64 local[BOOSTING_BEGIN_LOCAL / 8u];
  boosting_begin(r->state, r->book, r->values, r->sets, r->told, AT_NUMBERS, 1, 1, r->rows, local);
}

static void run_task(void) {
  Run *r = work_.run;
  boosting_run(
      r->state, r->book, r->roots, r->feature, r->left, r->value, r->errors, r->masks, r->sets,
      r->told, r->rate, r->offset, AT_NUMBERS, 1, r->rows, r->features, r->capacity, r->slots,
      r->root_most, r->list_most, r->trees, r->local);
}

static void squares_task(void) {
  u64 mine[3] = {0, 0, 0};
  FOR_LOCAL(r, work_.rows) boosting_square(mine, work_.state[r], 7);
  boosting_add_squares(work_.squares, mine);
}

/* Sums of random lists, at random places of `slots`, against sums row by row. */
static void sums(u32 rows, u32 words, u32 pairs, u32 size) {
  u32 width = 64u * words;
  work_.words = words;
  work_.pairs = pairs;
  work_.masks = BUFFER(u64, (rows + 1) * words);
  work_.state = BUFFER(u64, rows + 1);
  work_.sums = BUFFER(u64, pairs * width);
  work_.pair = BUFFER(Pair, pairs);
  for (u32 i = 0; i < (rows + 1) * words; i++) work_.masks[i] = i < rows * words ? random_bits() : 0;
  for (u32 r = 0; r <= rows; r++) work_.state[r] = r < rows ? random_bits() : 0;
  memset(work_.sums, 0, 8u * pairs * width);
  for (u32 p = 0; p < pairs; p++) {
    work_.pair[p].start = p == 0 ? 0 : work_.pair[p - 1].end;
    work_.pair[p].end = work_.pair[p].start + 32u * (u32)(random_bits() % 4);
    work_.pair[p].into = pairs - 1 - p;
  }
  work_.list = BUFFER(u16, work_.pair[pairs - 1].end);
  u64 *expected = BUFFER(u64, pairs * width);
  memset(expected, 0, 8u * pairs * width);
  for (u32 p = 0; p < pairs; p++) {
    for (u32 k = work_.pair[p].start; k < work_.pair[p].end; k++) {
      u32 r = (u32)(random_bits() % (rows + 1));
      work_.list[k] = (u16)r;
      for (u32 f = 0; f < width; f++) {
        if (work_.masks[r * words + f / 64] >> (f & 63u) & 1u) {
          expected[work_.pair[p].into * width + f] += work_.state[r];
        }
      }
    }
  }
  on_group(size, sum_task);
  for (u32 i = 0; i < pairs * width; i++) CHECK(work_.sums[i] == expected[i], "sum %u", i);
  free(work_.masks);
  free(work_.state);
  free(work_.sums);
  free(work_.pair);
  free(work_.list);
  free(expected);
}

/* Every row of a pair gets a place of its own, from the cursor on. */
static void places(u32 rows, u32 pairs, u32 size) {
  work_.rows = rows;
  work_.pair_of = BUFFER(u32, rows);
  work_.place_of = BUFFER(u32, rows);
  work_.pair = BUFFER(Pair, pairs);
  u32 *count = BUFFER(u32, pairs);
  memset(count, 0, 4u * pairs);
  for (u32 p = 0; p < pairs; p++) work_.pair[p].cursor = 1000u * p;
  for (u32 r = 0; r < rows; r++) {
    u32 pair = (u32)(random_bits() % (pairs + 1));
    work_.pair_of[r] = pair == pairs ? NONE : pair;
    if (pair < pairs) count[pair]++;
  }
  on_group(size, place_task);
  for (u32 p = 0; p < pairs; p++) {
    CHECK(work_.pair[p].cursor == 1000u * p + count[p], "cursor %u", p);
    u8 *taken = BUFFER(u8, count[p]);
    memset(taken, 0, count[p]);
    for (u32 r = 0; r < rows; r++) {
      if (work_.pair_of[r] != p) continue;
      u32 place = work_.place_of[r] - 1000u * p;
      CHECK(place < count[p] && !taken[place], "place %u of pair %u", place, p);
      taken[place] = 1;
    }
    free(taken);
  }
  free(work_.pair_of);
  free(work_.place_of);
  free(work_.pair);
  free(count);
}

/* The best splits of the children of some pairs: a warp a pair finds what a single item finds. */
static void searches(u32 features, u32 pairs, u32 size) {
  u32 capacity = 2u * pairs + 2u;
  u32 words = WORDS64(features);
  u32 width = 64u * words;
  u64 *book[2];
  u64 *all[2];
  for (u32 way = 0; way < 2; way++) {
    book[way] = BUFFER(u64, BOOSTING_BOOK_WORDS(capacity));
    all[way] = BUFFER(u64, 2u * pairs * width);
  }
  memset(book[0], 0, 8u * BOOSTING_BOOK_WORDS(capacity));
  Tree t = Tree_at(book[0], capacity);
  t.scalar[SCALAR_PAIRS] = pairs;
  for (u32 p = 0; p < pairs; p++) {
    t.pair[p].start = 0;
    t.pair[p].end = p % 5 == 3 ? 0 : 32;
    t.pair[p].leaf = p;
    t.pair[p].fresh = p == 1 ? NONE : pairs + p;
    t.pair[p].side = p & 1u;
    t.leaf[p].key = 4;
    t.leaf[pairs + p].key = 5;
    t.leaf[p].total = ((random_bits() & 0xFFFF) << 7) + 60;
    t.leaf[pairs + p].total = ((random_bits() & 0xFFFF) << 7) + 50;
  }
  for (u32 i = 0; i < pairs * width; i++) {
    /* Few different sums, so that gains tie. */
    u64 small = ((random_bits() % 5) << 7) + 5 + random_bits() % 3;
    all[0][pairs * width + i] = small;
    all[0][i] = small + ((random_bits() % 5) << 7) + 20;
  }
  memcpy(book[1], book[0], 8u * BOOSTING_BOOK_WORDS(capacity));
  memcpy(all[1], all[0], 16u * pairs * width);
  Settings s = {6, 31, 3, 1, 7};
  work_.settings = s;
  work_.words = words;
  work_.features = features;
  for (u32 way = 0; way < 2; way++) {
    work_.tree = Tree_at(book[way], capacity);
    work_.sums = all[way];
    if (way == 0) {
      on_group(size, search_task);
    } else {
      local_id_ = 0;
      local_size_ = 1;
      search_task();
    }
  }
  CHECK(memcmp(book[0], book[1], 8u * BOOSTING_BOOK_WORDS(capacity)) == 0, "%u features", features);
  CHECK(memcmp(all[0], all[1], 16u * pairs * width) == 0, "sums of %u features", features);
  for (u32 way = 0; way < 2; way++) {
    free(book[way]);
    free(all[way]);
  }
}

/* A run of some trees: a group with warps gives the trees of a single item. */
static void runs(u32 rows, u32 features, u32 depth, u32 leaves, u32 fewest, u32 size) {
  enum { TREES = 3 };
  u32 words = WORDS64(features);
  u32 levels = depth <= BOOSTING_MOST_LEVELS;
  u32 capacity = levels ? 1u << depth : leaves + (leaves & 1u);
  u32 slots = levels ? 1u << (depth - 1u) : leaves;
  u32 pairs = levels && depth > 1u ? 1u << (depth - 2u) : 1u;
  u32 most = TREES * (2u * leaves - 1u);
  u64 *masks = BUFFER(u64, rows * words);
  double *values = BUFFER(double, rows);
  u64 *sets = BUFFER(u64, 2u * WORDS64(rows));
  memset(sets, 0, 16u * WORDS64(rows));
  i32 told[TOLD_NUMBERS] = {(i32)depth, (i32)leaves, (i32)fewest, TREES, 0, 0, 0, 1, 0, 0, (i32)levels, 0};
  for (u32 i = 0; i < rows * words; i++) masks[i] = random_bits();
  for (u32 r = 0; r < rows; r++) {
    values[r] = 2.0 * (double)(masks[r * words] & 3u) + random_number();
    u32 held = r % 4u == 1u;
    sets[held * WORDS64(rows) + r / 64u] |= (u64)1 << (r & 63u);
    told[held ? TOLD_VALIDATION_ROWS : TOLD_TRAIN_ROWS]++;
  }
  u32 train_rows = (u32)told[TOLD_TRAIN_ROWS];
  u64 offset[3] = {0, 0, 0};
  double rate = 0.25;
  groups_ = 1;
  Run run[2];
  for (u32 way = 0; way < 2; way++) {
    Run *x = run + way;
    *x = (Run){.masks = masks, .values = values, .sets = sets, .offset = offset, .told = told, .rate = &rate, .rows = rows,
               .features = features, .capacity = capacity, .slots = slots, .trees = TREES};
    x->root_most = boosting_whole(train_rows);
    x->list_most = boosting_whole(train_rows / 2u) + 32u * pairs;
    x->state = BUFFER(u64, rows);
    x->book = BUFFER(u64, AT_NUMBERS);
    memset(x->book, 0, 8u * AT_NUMBERS);
    x->roots = BUFFER(i32, TREES);
    x->feature = BUFFER(i32, most);
    x->left = BUFFER(i32, most);
    x->value = BUFFER(double, most);
    x->errors = BUFFER(double, TREES + 1);
    x->local = buffer(BOOSTING_RUN_LOCAL(rows, words, capacity, slots, x->root_most, x->list_most));
    work_.run = x;
    on_group(1, begin_task);
    on_group(way == 0 ? size : 1, run_task);
  }
  u32 nodes = (u32)run[1].book[AT_NODES];
  CHECK(run[1].book[AT_GROWN] == TREES && nodes >= 3u * TREES, "%u nodes", nodes);
  CHECK(memcmp(run[0].book, run[1].book, 8u * AT_NUMBERS) == 0, "progress, depth %u", depth);
  CHECK(memcmp(run[0].state, run[1].state, 8u * rows) == 0, "rows, depth %u", depth);
  CHECK(memcmp(run[0].roots, run[1].roots, 4u * TREES) == 0, "roots, depth %u", depth);
  CHECK(memcmp(run[0].feature, run[1].feature, 4u * nodes) == 0, "features, depth %u", depth);
  CHECK(memcmp(run[0].left, run[1].left, 4u * nodes) == 0, "children, depth %u", depth);
  CHECK(memcmp(run[0].value, run[1].value, 8u * nodes) == 0, "values, depth %u", depth);
  CHECK(memcmp(run[0].errors, run[1].errors, 8u * (TREES + 1)) == 0, "errors, depth %u", depth);
  for (u32 way = 0; way < 2; way++) {
    void *all[] = {run[way].state, run[way].book, run[way].roots, run[way].feature,
                   run[way].left, run[way].value, run[way].errors, run[way].local};
    for (u32 i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  }
  free(masks);
  free(values);
  free(sets);
}

/* 1 / n from the nearest and the furthest places that the function may start at. */
static void inverses(void) {
  for (u32 i = 1; i < 400000; i++) {
    u32 n = i <= BOOSTING_MOST_ROWS ? i : (u32)random_bits() | 1u;
    double whole = 1.0 / (double)n;
    double off = i % 3u == 0u ? 1.0 : i % 3u == 1u ? -1.0 : 2.0 * random_number() - 1.0;
    CHECK(boosting_refined(n, whole * (1.0 + off * 0x1p-18)) == whole, "1 / %u", n);
    CHECK(boosting_refined(n, whole) == whole, "1 / %u from itself", n);
  }
}

static void squares(u32 rows, u32 size) {
  work_.rows = rows;
  work_.state = BUFFER(u64, rows);
  u64 expected[3] = {0, 0, 0};
  for (u32 r = 0; r < rows; r++) {
    work_.state[r] = random_bits() >> 17;
    if (r & 1u) work_.state[r] = 0u - work_.state[r];
    boosting_square(expected, work_.state[r], 7);
  }
  memset(work_.squares, 0, sizeof work_.squares);
  on_group(size, squares_task);
  CHECK(memcmp(work_.squares, expected, sizeof expected) == 0, "squares of %u rows", rows);
  free(work_.state);
}

int main(void) {
  u32 shapes[][4] = {{1, 1, 1, 32}, {40, 1, 1, 32}, {300, 1, 8, 64}, {500, 3, 3, 64}, {90, 2, 16, 32}};
  for (u32 s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    u32 *x = shapes[s];
    sums(x[0], x[1], x[2], x[3]);
    sums(x[0], x[1], x[2], x[3]);
    places(x[0], x[2], x[3]);
    squares(x[0], x[3]);
  }
  searches(1, 2, 32);
  searches(64, 8, 64);
  searches(130, 5, 64);
  runs(70, 5, 1, 2, 1, 32);
  runs(150, 64, 5, 31, 2, 64);
  runs(200, 70, 5, 9, 1, 64);
  runs(120, 130, 9, 12, 3, 64);
  inverses();
  return 0;
}
