/*
 * The paths of boosting.cl for warps, tensor cores among them, with threads in place of a warp's
 * items: shuffles, ballots and matrix products as the CUDA programming guide and the PTX manual
 * describe them. Both sums and places are compared with the paths of single items.
 */
#define _POSIX_C_SOURCE 200809L
#include "driver.h"

#include <pthread.h>

enum { MOST_ITEMS = 64, LANES = 32 };

static _Thread_local u32 local_id_;
static u32 local_size_;
static pthread_barrier_t group_barrier_;
static pthread_barrier_t warp_barrier_[MOST_ITEMS / LANES];
static u64 exchanged_[MOST_ITEMS];
static u32 a_[MOST_ITEMS][4], b_[MOST_ITEMS][2];

#undef LOCAL_ID
#undef LOCAL_SIZE
#undef BARRIER
#undef LOCAL_ADD_U32
#undef LOCAL_ADD_U64
#define LOCAL_ID local_id_
#define LOCAL_SIZE local_size_
#define BARRIER() ((void)pthread_barrier_wait(&group_barrier_))
#define LOCAL_ADD_U32(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define LOCAL_ADD_U64(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)

static void warp_wait(void) { pthread_barrier_wait(&warp_barrier_[local_id_ / LANES]); }

/* What a lane of the warp offers. */
static u64 exchange(u64 mine, u32 lane) {
  exchanged_[local_id_] = mine;
  warp_wait();
  u64 other = exchanged_[local_id_ / LANES * LANES + lane];
  warp_wait();
  return other;
}

static u32 match_any(u32 mine) {
  exchanged_[local_id_] = mine;
  warp_wait();
  u32 peers = 0;
  for (u32 i = 0; i < LANES; i++) {
    if (exchanged_[local_id_ / LANES * LANES + i] == mine) peers |= 1u << i;
  }
  warp_wait();
  return peers;
}

#define HAS_SHUFFLE 1
#define WARP 32u
#define SHUFFLE_XOR(v, m) exchange((v), (local_id_ % LANES) ^ (m))
#define SHUFFLE(v, lane) ((u32)exchange((v), (lane)))
#define MATCH_ANY(v) match_any(v)
#define WARP_BARRIER() warp_wait()

static u32 byte_perm(u32 a, u32 b, u32 s) {
  u64 both = (u64)b << 32 | a;
  u32 to = 0;
  for (u32 i = 0; i < 4; i++) to |= ((u32)(both >> (8 * (s >> (4 * i) & 7u))) & 255u) << (8 * i);
  return to;
}
#define BYTE_PERM(a, b, s) byte_perm((a), (b), (s))

/* Byte (row, k) of a, from the fragments of the warp: PTX manual, m16n8k32 with 8-bit types. */
static u32 a_byte(u32 warp, u32 row, u32 k) {
  u32 lane = (row % 8) * 4 + k % 16 / 4;
  u32 part = (row >= 8 ? 1 : 0) + (k >= 16 ? 2 : 0);
  return a_[warp * LANES + lane][part] >> (8 * (k % 4)) & 255u;
}

static u32 b_byte(u32 warp, u32 k, u32 column) {
  u32 lane = column * 4 + k % 16 / 4;
  return b_[warp * LANES + lane][k >= 16] >> (8 * (k % 4)) & 255u;
}

static void boosting_mma(i32 *d, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  u32 a[4] = {a0, a1, a2, a3};
  u32 b[2] = {b0, b1};
  memcpy(a_[local_id_], a, sizeof a);
  memcpy(b_[local_id_], b, sizeof b);
  warp_wait();
  u32 lane = local_id_ % LANES;
  for (u32 i = 0; i < 4; i++) {
    u32 row = lane / 4 + (i >= 2 ? 8 : 0);
    u32 column = lane % 4 * 2 + i % 2;
    for (u32 k = 0; k < 32; k++) {
      d[i] += (i32)(a_byte(local_id_ / LANES, row, k) * b_byte(local_id_ / LANES, k, column));
    }
  }
  warp_wait();
}

#include "../kernels/boosting.cl"

/* ---- what the items do ---- */

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
} Work;

static Work work_;
static void (*task_)(void);

static void *item(void *id) {
  local_id_ = (u32)(size_t)id;
  task_();
  return NULL;
}

static void on_group(u32 size, void (*task)(void)) {
  pthread_t threads[MOST_ITEMS];
  local_size_ = size;
  task_ = task;
  pthread_barrier_init(&group_barrier_, NULL, size);
  for (u32 w = 0; w < size / LANES; w++) pthread_barrier_init(&warp_barrier_[w], NULL, LANES);
  for (u32 i = 0; i < size; i++) {
    CHECK(pthread_create(&threads[i], NULL, item, (void *)(size_t)i) == 0, "thread %u", i);
  }
  for (u32 i = 0; i < size; i++) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&group_barrier_);
  for (u32 w = 0; w < size / LANES; w++) pthread_barrier_destroy(&warp_barrier_[w]);
}

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
  return 0;
}
