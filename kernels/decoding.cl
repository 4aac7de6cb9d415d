/*
 * SPEX bins: from transforms to the term that explains most of each bin.
 *
 * Formulas: the signs of a bin's numbers U_0..U_P against U_0 are the parity bits of a BCH code
 * word, and the term k is the error pattern that explains them. Syndromes S_j = sum of alpha^(p j)
 * over the bits that are set; Berlekamp-Massey gives the locator; x^(2^m) = x modulo it tells
 * whether it splits; traces Tr(alpha^b x), idempotents modulo the locator, part its roots. Chase:
 * sign patterns in order of total |U_p| over the 2t weakest numbers. A term must fall in the bin
 * that it was read from; among the patterns' terms the one with the largest fit
 * (sum_p (-1)^<d_p,k> U_p)^2 / (P + 1) stays.
 *
 * Arithmetic: doubles, added in the order of the delays as HostPeeling and HostBinDecoder do, so
 * numbers that agree give results that agree to the last bit, for any group size. Bins are kept as
 * doubles even where transforms are floats: what peeling leaves then carries the rounding of the
 * input alone, and one code decides for both. Field elements are multiplied by integer products
 * with holes between the bits (no tables, no divergence); logarithms, inverses and roots of
 * y^2 + y = c are tables in global memory, read a few times a pattern.
 *
 * Grid mapping: gather: a group a tile of TILE bins; decode: a group a bin, an item a pattern.
 * Macros: ERRORS, the most errors t that a code corrects (5); WIDE, 1 for fields above GF(2^16) (0).
 * Source: Kang et al., arXiv 2502.13870; Chase, IEEE Trans. Inf. Theory 18(1), 1972; Berlekamp,
 * Math. Comp. 24, 1970; the products: Pornin, BearSSL. Tolerance: none against HostDecoding.
 */
#include "device.h"
#include "decoding_patterns.h"

/* Where candidates go: one place a bin, those of a problem next to each other. */
typedef struct {
  GLOBAL double *left;
  GLOBAL u32 *where;
  GLOBAL u32 *sets;
  GLOBAL u32 *places;
} Candidates;

/* Sorts the best term and writes it with its bins: size first, then the features. */
FUNCTION void emit(
    Shared shared, Candidates out, GLOBAL const u32 *hashes, u32 features, u32 groups, u32 points,
    u32 bin, double left, u64 at) {
  u32 size = shared.state[STATE_BEST];
  for (u32 i = 1; i < size; i++) {
    u32 feature = shared.best[i];
    u32 j = i;
    for (; j > 0u && shared.best[j - 1u] > feature; j--) {
      shared.best[j] = shared.best[j - 1u];
    }
    shared.best[j] = feature;
  }
  out.left[at] = left;
  out.where[at] = bin;
  out.sets[at * (ERRORS + 1)] = size;
  for (u32 k = 0; k < ERRORS; k++) {
    out.sets[at * (ERRORS + 1) + 1u + k] = k < size ? shared.best[k] : 0u;
  }
  for (u32 c = 0; c < groups; c++) {
    u32 hash = 0;
    for (u32 k = 0; k < size; k++) {
      hash ^= hashes[(u64)c * features + shared.best[k]];
    }
    out.places[at * groups + c] = c * points + hash;
  }
}

/*
 * Brings the numbers of each bin together and adds their squares.
 *
 * doubles, singles: the same buffer, (problems, groups, delays, points) row-major, read as what
 * single says, from number from on; numbers: (problems, groups, points, delays) row-major;
 * energies: (problems, groups, points); largest: (problems) bits of the largest energy, 0 before.
 * Local memory: TILE * (TILE + 2) doubles.
 */
#define DECODING_GATHER_LOCAL (8u * TILE * (TILE + 2u))
KERNEL void decoding_gather(
    GLOBAL const double *doubles,
    GLOBAL const float *singles,
    u32 single,
    u64 from,
    GLOBAL double *numbers,
    GLOBAL double *energies,
    GLOBAL u64 *largest,
    u32 blocks,
    u32 groups,
    u32 delays,
    u32 points,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, tile);
  LOCAL double *sums = tile + TILE * (TILE + 1u);
  u32 tiles = (points + TILE - 1u) / TILE;
  FOR_GROUP(t, blocks * tiles) {
    u32 block = t / tiles;
    u32 first = (t - block * tiles) * TILE;
    u32 width = points - first < TILE ? points - first : TILE;
    // Neighbours read neighbouring bins; the tiles below find the numbers in the cache.
    FOR_LOCAL(j, width) {
      double sum = 0;
      for (u32 p = 0; p < delays; p++) {
        u64 at = from + ((u64)block * delays + p) * points + first + j;
        double u = single != 0u ? (double)singles[at] : doubles[at];
        sum = ADD64(sum, MUL64(u, u));
      }
      sums[j] = sum;
      energies[(u64)block * points + first + j] = sum;
    }
    for (u32 low = 0; low < delays; low += TILE) {
      u32 height = delays - low < TILE ? delays - low : TILE;
      // Rows of the tile are read along the bins and written along the delays: both coalesced.
      FOR_LOCAL(i, height * TILE) {
        u32 p = i / TILE;
        u32 j = i % TILE;
        if (j < width) {
          u64 at = from + ((u64)block * delays + low + p) * points + first + j;
          tile[p * (TILE + 1u) + j] = single != 0u ? (double)singles[at] : doubles[at];
        }
      }
      BARRIER();
      FOR_LOCAL(i, width * TILE) {
        u32 j = i / TILE;
        u32 p = i % TILE;
        if (p < height) {
          numbers[((u64)block * points + first + j) * delays + low + p] =
              tile[p * (TILE + 1u) + j];
        }
      }
      BARRIER();
    }
    if (LOCAL_ID == 0u) {
      double most = 0;
      for (u32 j = 0; j < width; j++) {
        most = sums[j] > most ? sums[j] : most;
      }
      ATOMIC_MAX_U64(&largest[block / groups], DOUBLE_BITS(most));
    }
    BARRIER();
  }
}

/*
 * Decodes the bins of a list; terms that leave less than residual of their bin's energy become
 * candidates of their problem.
 *
 * numbers, energies: as decoding_gather leaves them; todo: bins over all problems; counters: from
 * number counter on length of todo, then candidates of each problem so far; rows: (delays, ERRORS) what a
 * changed sign adds to S_1, S_3, ..., row 0 for all parity bits at once, 0 past errors; tables: (3, 2^degree)
 * logarithms, inverses, roots of y^2 + y = c or NONE; shifts: s1 | s2 << 8 | s3 << 16; hashes:
 * (groups, features); signatures: (features, words) bit p = <d_p, i>.
 * Candidates of problem q from place q * groups * points on: left: share of the energy that is
 * left; where: bin in the problem; sets: (places, 1 + ERRORS) size and features; places: (places,
 * groups) the term's bins. Local memory: DECODING_DECODE_LOCAL.
 */
KERNEL void decoding_decode(
    GLOBAL const double *numbers,
    GLOBAL const double *energies,
    GLOBAL const u32 *todo,
    GLOBAL u32 *counters,
    u32 counter,
    GLOBAL const u32 *rows,
    GLOBAL const u32 *tables,
    u32 errors,
    u32 degree,
    u32 shifts,
    u32 four,
    GLOBAL const u32 *hashes,
    GLOBAL const u64 *signatures,
    u32 features,
    u32 groups,
    u32 delays,
    u32 points,
    u32 words,
    u32 patterns,
    u32 items,
    double residual,
    GLOBAL double *left,
    GLOBAL u32 *where,
    GLOBAL u32 *sets,
    GLOBAL u32 *places,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, memory);
  Shared shared = shared_of(memory, delays, patterns);
  Field field = field_of(degree, shifts, four);
  Code code;
  code.features = features;
  code.delays = delays;
  code.words = words;
  code.parity = delays - 1u;
  Candidates out;
  out.left = left;
  out.where = where;
  out.sets = sets;
  out.places = places;
  u32 count = counters[counter];
  FOR_GROUP(i, count) {
    u32 bin = todo[i];
    double energy = energies[bin];
    double best_sum = 0;
    GLOBAL const u32 *group_hashes = hashes + (u64)(bin / points % groups) * features;
    FOR_LOCAL(p, delays) {
      shared.numbers[p] = numbers[(u64)bin * delays + p];
    }
    if (LOCAL_ID == 0u) {
      shared.state[STATE_DONE] = 0;
      shared.state[STATE_BEST] = NONE;
    }
    BARRIER();
    receive(shared, rows, delays, items);
    BARRIER();
    u32 more = 1;
    for (u32 first = 0; first < patterns && more != 0u; first += CHUNK) {
      if (LOCAL_ID == 0u) {
        next_patterns(shared, first, patterns, items);
      }
      BARRIER();
      u32 produced = shared.state[STATE_PRODUCED];
      FOR_LOCAL(slot, produced) {
        decode_pattern(shared, field, errors, tables, slot);
      }
      BARRIER();
      u32 pending = shared.state[STATE_PENDING];
      for (u32 q = 0; q < pending; q++) {
        find_roots(shared, field, tables + field.order + 1u, shared.pending[q]);
      }
      FOR_LOCAL(slot, produced) {
        check_pattern(
            shared, code, tables, group_hashes, signatures, bin % points, slot);
      }
      BARRIER();
      if (LOCAL_ID == 0u) {
        best_sum = best_of_chunk(shared, delays, energy, best_sum);
      }
      BARRIER();
      more = shared.state[STATE_DONE] == 0u && produced == CHUNK;
    }
    if (LOCAL_ID == 0u && shared.state[STATE_BEST] != NONE) {
      double share =
          ADD64(1.0, -(MUL64(best_sum, best_sum) / MUL64((double)delays, energy)));
      if (share < residual) {
        u32 bins = groups * points;
        u32 problem = bin / bins;
        u32 at = ATOMIC_ADD_U32(&counters[counter + 1u + problem], 1u);
        emit(shared, out, hashes, features, groups, points, bin - problem * bins, share,
            (u64)problem * bins + at);
      }
    }
    BARRIER();
  }
}
