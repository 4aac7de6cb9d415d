#ifndef ABLATE_DECODING_SHARED_H
#define ABLATE_DECODING_SHARED_H

/*
 * What the items of a group share while they decode a bin: its layout in local memory, the patterns
 * in the order of their weights, and the syndromes. See decoding.cl.
 */

#include "decoding_field.h"

/* Where a group keeps what its items share while they decode a bin. */
typedef struct {
  LOCAL double *numbers;   /* (delays) */
  LOCAL double *weights;   /* (MOST_WEAK), ascending */
  LOCAL double *totals;    /* (patterns + 2), of the heap's subsets */
  LOCAL double *sums;      /* (CHUNK), of the numbers under the signs of a pattern's term */
  LOCAL u32 *heap;         /* (patterns + 2) */
  LOCAL u32 *flips;        /* (CHUNK) subsets of the weak numbers */
  LOCAL u32 *sizes;        /* (CHUNK), NONE where a pattern gives no term */
  LOCAL u32 *pending;      /* (CHUNK) patterns whose polynomial is not yet split */
  LOCAL u32 *weak;         /* (MOST_WEAK) delays */
  LOCAL u32 *weak_rows;    /* (MOST_WEAK, ERRORS) syndromes of the weak numbers */
  LOCAL u32 *base;         /* (ERRORS) syndromes as received */
  LOCAL u32 *sets;         /* (CHUNK, ERRORS) polynomial, then roots, then features */
  LOCAL u32 *traces;       /* (MOST_DEGREE, ERRORS) */
  LOCAL u32 *parts;        /* (ERRORS, ERRORS) idempotents */
  LOCAL u32 *best;         /* (ERRORS) */
  LOCAL u32 *state;        /* see below */
} Shared;

#define STATE_PRODUCED 0
#define STATE_PENDING 1
#define STATE_PARTS 2
#define STATE_DONE 3
#define STATE_HEAP 4
#define STATE_BEST 5
#define STATE_HITS 6

#define STATE_NUMBERS 8

/* Bytes of local memory of decoding_decode: Shared, member by member. */
#define DECODING_DECODE_LOCAL(delays, patterns)                                       \
  (8u * ((delays) + MOST_WEAK + (patterns) + 2u + CHUNK) +                            \
   4u * ((patterns) + 2u + 3u * CHUNK + MOST_WEAK +                                   \
         (MOST_WEAK + 1u + CHUNK + MOST_DEGREE + ERRORS + 1u) * ERRORS + STATE_NUMBERS))

FUNCTION Shared shared_of(LOCAL double *memory, u32 delays, u32 patterns) {
  Shared shared;
  shared.numbers = memory;
  shared.weights = shared.numbers + delays;
  shared.totals = shared.weights + MOST_WEAK;
  shared.sums = shared.totals + patterns + 2u;
  shared.heap = (LOCAL u32 *)(shared.sums + CHUNK);
  shared.flips = shared.heap + patterns + 2u;
  shared.sizes = shared.flips + CHUNK;
  shared.pending = shared.sizes + CHUNK;
  shared.weak = shared.pending + CHUNK;
  shared.weak_rows = shared.weak + MOST_WEAK;
  shared.base = shared.weak_rows + MOST_WEAK * ERRORS;
  shared.sets = shared.base + ERRORS;
  shared.traces = shared.sets + CHUNK * ERRORS;
  shared.parts = shared.traces + MOST_DEGREE * ERRORS;
  shared.best = shared.parts + ERRORS * ERRORS;
  shared.state = shared.best + ERRORS;
  return shared;
}

/* Whether a subset comes before the j-th of the heap. */
FUNCTION u32 before(Shared shared, u32 subset, double total, u32 j) {
  return total < shared.totals[j] || (total == shared.totals[j] && subset < shared.heap[j]);
}

FUNCTION void heap_push(Shared shared, u32 subset, double total) {
  u32 i = shared.state[STATE_HEAP]++;
  while (i > 0u && before(shared, subset, total, (i - 1u) / 2u)) {
    shared.heap[i] = shared.heap[(i - 1u) / 2u];
    shared.totals[i] = shared.totals[(i - 1u) / 2u];
    i = (i - 1u) / 2u;
  }
  shared.heap[i] = subset;
  shared.totals[i] = total;
}

FUNCTION void heap_pop(Shared shared) {
  u32 size = --shared.state[STATE_HEAP];
  u32 subset = shared.heap[size];
  double total = shared.totals[size];
  u32 i = 0;
  while (2u * i + 1u < size) {
    u32 child = 2u * i + 1u;
    if (child + 1u < size
        && before(shared, shared.heap[child + 1u], shared.totals[child + 1u], child)) {
      child++;
    }
    if (before(shared, subset, total, child)) {
      break;
    }
    shared.heap[i] = shared.heap[child];
    shared.totals[i] = shared.totals[child];
    i = child;
  }
  shared.heap[i] = subset;
  shared.totals[i] = total;
}

/*
 * The next subsets of the weak numbers in order of total weight, as HostDecodingPatterns gives
 * them: the successors of a subset move its last item up by one or add the next. For one item of
 * the group; the totals are rounded along the way, so only this order of steps gives the host's
 * order.
 */
FUNCTION void next_patterns(Shared shared, u32 first, u32 patterns, u32 items) {
  u32 produced = 0;
  if (first == 0u) {
    shared.flips[produced++] = 0;
    shared.state[STATE_HEAP] = 0;
    if (items > 0u) {
      heap_push(shared, 1u, shared.weights[0]);
    }
  }
  while (produced < CHUNK && first + produced < patterns && shared.state[STATE_HEAP] > 0u) {
    u32 subset = shared.heap[0];
    double total = shared.totals[0];
    heap_pop(shared);
    u32 last = 31u - CLZ32(subset);
    if (last + 1u < items) {
      double next = shared.weights[last + 1u];
      heap_push(shared, subset | 2u << last, ADD64(total, next));
      heap_push(shared, subset ^ 3u << last, ADD64(ADD64(total, -shared.weights[last]), next));
    }
    shared.flips[produced++] = subset;
  }
  shared.state[STATE_PRODUCED] = produced;
  shared.state[STATE_PENDING] = 0;
  shared.state[STATE_HITS] = 0;
}

/* Syndromes of the received signs and the weakest numbers, ascending, the first delay first. */
FUNCTION void receive(Shared shared, GLOBAL const u32 *rows, u32 delays, u32 items) {
  FOR_LOCAL(j, ERRORS) {
    u32 syndrome = 0;
    u32 first = shared.numbers[0] < 0.0;
    for (u32 p = 1; p < delays; p++) {
      u32 row = rows[p * ERRORS + j];
      syndrome ^= (shared.numbers[p] < 0.0) != first ? row : 0u;
    }
    shared.base[j] = syndrome;
  }
  // The place of a number is how many come before it: the same for any number of items.
  FOR_LOCAL(p, items == 0u ? 0u : delays) {
    double weight = fabs(shared.numbers[p]);
    u32 rank = 0;
    for (u32 q = 0; q < delays; q++) {
      double other = fabs(shared.numbers[q]);
      rank += other < weight || (other == weight && q < p);
    }
    if (rank < items) {
      shared.weak[rank] = p;
      shared.weights[rank] = weight;
      for (u32 j = 0; j < ERRORS; j++) {
        shared.weak_rows[rank * ERRORS + j] = rows[p * ERRORS + j];
      }
    }
  }
}

#endif
