/*
 * The products of screening.cl for warps, with threads in place of the items of a group and the
 * matrix product of a warp as the PTX manual describes it, against plain sums.
 */
#define _POSIX_C_SOURCE 200809L
#include "driver.h"

#include <pthread.h>

enum { ITEMS = 256, WARP_ITEMS = 32 };

static _Thread_local u32 local_id_;
static u32 local_size_ = 1;
static pthread_barrier_t group_barrier_;
static pthread_barrier_t warp_barrier_[ITEMS / WARP_ITEMS];
static u32 a_[ITEMS][4], b_[ITEMS][2];

#undef LOCAL_ID
#undef LOCAL_SIZE
#undef BARRIER
#undef ATOMIC_ADD_U32
#define LOCAL_ID local_id_
#define LOCAL_SIZE local_size_
#define BARRIER() ((void)pthread_barrier_wait(&group_barrier_))
#define ATOMIC_ADD_U32(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define HAS_SHUFFLE 1

static void warp_wait(void) { pthread_barrier_wait(&warp_barrier_[local_id_ / WARP_ITEMS]); }

/* Byte (row, k) of a, from the fragments of the warp: PTX manual, m16n8k32 with 8-bit types. */
static i32 a_byte(u32 warp, u32 row, u32 k) {
  u32 lane = (row % 8) * 4 + k % 16 / 4;
  u32 part = (row >= 8 ? 1 : 0) + (k >= 16 ? 2 : 0);
  return (i8)(a_[warp * WARP_ITEMS + lane][part] >> (8 * (k % 4)) & 255u);
}

static i32 b_byte(u32 warp, u32 k, u32 column) {
  u32 lane = column * 4 + k % 16 / 4;
  return (i8)(b_[warp * WARP_ITEMS + lane][k >= 16] >> (8 * (k % 4)) & 255u);
}

static void screening_mma(i32 *d, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  u32 a[4] = {a0, a1, a2, a3};
  u32 b[2] = {b0, b1};
  memcpy(a_[local_id_], a, sizeof a);
  memcpy(b_[local_id_], b, sizeof b);
  warp_wait();
  u32 lane = local_id_ % WARP_ITEMS;
  for (u32 i = 0; i < 4; i++) {
    u32 row = lane / 4 + (i >= 2 ? 8 : 0);
    u32 column = lane % 4 * 2 + i % 2;
    for (u32 k = 0; k < 32; k++) d[i] += a_byte(local_id_ / WARP_ITEMS, row, k) * b_byte(local_id_ / WARP_ITEMS, k, column);
  }
  warp_wait();
}

#include "../kernels/screening.cl"

#include "screening_products.h"

static struct {
  u32 *hits, *found, *bytes;
  u64 *left, *right, *starts, *local;
  i32 *left_totals, *left_edges, *right_totals, *right_edges;
  u32 left_tiles, left_count, right_count, words32, most;
  u64 limit;
} work_;

static void *item(void *id) {
  local_id_ = (u32)(size_t)id;
  screening_products(work_.hits, work_.found, (u32 *)work_.left, work_.left_totals, work_.left_edges,
                     (u32 *)work_.right, work_.right_totals, work_.right_edges, work_.bytes, work_.starts,
                     work_.left_tiles, work_.left_count, work_.right_count, work_.words32, work_.limit, work_.most,
                     work_.local);
  return NULL;
}

static void run_products(u32 *hits, u32 *found, u64 *left, i32 *left_totals, i32 *left_edges, u64 *right,
                         i32 *right_totals, i32 *right_edges, u32 *bytes, u64 *starts, u32 left_tiles,
                         u32 left_count, u32 right_count, u32 words32, u64 limit, u32 most) {
  work_.hits = hits;
  work_.found = found;
  work_.bytes = bytes;
  work_.left = left;
  work_.right = right;
  work_.starts = starts;
  work_.left_totals = left_totals;
  work_.left_edges = left_edges;
  work_.right_totals = right_totals;
  work_.right_edges = right_edges;
  work_.left_tiles = left_tiles;
  work_.left_count = left_count;
  work_.right_count = right_count;
  work_.words32 = words32;
  work_.limit = limit;
  work_.most = most;
  work_.local = buffer(SCREENING_PRODUCTS_LOCAL);
  pthread_t threads[ITEMS];
  pthread_barrier_init(&group_barrier_, NULL, ITEMS);
  for (u32 w = 0; w < ITEMS / WARP_ITEMS; w++) pthread_barrier_init(&warp_barrier_[w], NULL, WARP_ITEMS);
  groups_ = 1;
  local_size_ = ITEMS;
  group_id_ = 0;
  for (size_t i = 0; i < ITEMS; i++) CHECK(pthread_create(&threads[i], NULL, item, (void *)i) == 0, "thread");
  for (u32 i = 0; i < ITEMS; i++) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&group_barrier_);
  for (u32 w = 0; w < ITEMS / WARP_ITEMS; w++) pthread_barrier_destroy(&warp_barrier_[w]);
  local_size_ = 1;
  free(work_.local);
}

int main(void) {
  products(1, 2, 1, 1, 1, 0);
  products(70, 9, 8, 1, 1, 700);
  products(300, 12, 8, 2, 2, 6000);
  products(520, 20, 8, 2, 1, 9000);
  products(70, 26, 8, 1, 2, 500);
  return 0;
}
