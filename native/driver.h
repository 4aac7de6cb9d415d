/*
 * What every driver shares: launching a kernel as plain C, exact buffers that the sanitizers watch,
 * random numbers, and checks that end the run.
 */
#ifndef ABLATE_DRIVER_H
#define ABLATE_DRIVER_H

#define ABLATE_C 1
#include "../kernels/device.h"

#include <stdio.h>
#include <stdlib.h>

/* Calls a kernel once for each group: a group has one item. */
#define LAUNCH(groups, call)                                        \
  do {                                                              \
    groups_ = (groups);                                             \
    for (group_id_ = 0; group_id_ < groups_; group_id_++) { call; } \
  } while (0)

/* A buffer of exactly this many bytes; never of none, so that its address means something. */
static void *buffer(size_t bytes) {
  void *p = malloc(bytes == 0 ? 1 : bytes);
  if (p == NULL) {
    fprintf(stderr, "out of memory: %zu bytes\n", bytes);
    exit(1);
  }
  memset(p, 0xA5, bytes);
  return p;
}

#define BUFFER(type, count) ((type *)buffer(sizeof(type) * (size_t)(count)))

static u64 random_state_ = 0x9E3779B97F4A7C15u;

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static u64 random_bits(void) {
  u64 z = (random_state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* Uniform in [-1, 1). */
static inline double random_number(void) { return (double)(i64)random_bits() / 9223372036854775808.0; }

/* Ends the run with a line when a condition does not hold. */
#define CHECK(condition, ...)                              \
  do {                                                     \
    if (!(condition)) {                                    \
      fprintf(stderr, "%s:%d: " #condition ": ", __FILE__, __LINE__); \
      fprintf(stderr, __VA_ARGS__);                        \
      fprintf(stderr, "\n");                               \
      exit(1);                                             \
    }                                                      \
  } while (0)

#endif
