#ifndef ABLATE_BOOSTING_WARP_H
#define ABLATE_BOOSTING_WARP_H

/*
 * Threads in place of the items of a group, for boosting.cl: shuffles, ballots and matrix products
 * of warps as the CUDA programming guide and the PTX manual describe them. Include it before any
 * other header.
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

static u32 ballot(u32 mine) {
  exchanged_[local_id_] = mine != 0;
  warp_wait();
  u32 bits = 0;
  for (u32 i = 0; i < LANES; i++) bits |= (u32)exchanged_[local_id_ / LANES * LANES + i] << i;
  warp_wait();
  return bits;
}

static u32 warp_extreme(u32 mine, u32 largest) {
  exchanged_[local_id_] = mine;
  warp_wait();
  u32 found = mine;
  for (u32 i = 0; i < LANES; i++) {
    u32 other = (u32)exchanged_[local_id_ / LANES * LANES + i];
    if (largest ? other > found : other < found) found = other;
  }
  warp_wait();
  return found;
}

#define HAS_SHUFFLE 1
#define WARP 32u
#define SHUFFLE_XOR(v, m) exchange((v), (local_id_ % LANES) ^ (m))
#define SHUFFLE(v, lane) ((u32)exchange((v), (lane)))
#define MATCH_ANY(v) match_any(v)
#define BALLOT(p) ballot(p)
#define WARP_MAX_U32(v) warp_extreme((v), 1)
#define WARP_MIN_U32(v) warp_extreme((v), 0)
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

/* ---- a group of threads ---- */

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

#endif
