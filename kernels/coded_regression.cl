/*
 * Regression of coded samples on parities, from their subsampled transforms alone.
 *
 *   Phi_s' Phi_t = sum_c 2^b [bin_c(s) = bin_c(t)] sum_p (-1)^(bit p of sig_s xor sig_t)
 *   Phi_s' y     = sum_c 2^b sum_p (-1)^(bit p of sig_s) U_{c,p}(bin_c(s))
 *
 * Two terms interact only when they share a bin. An entry keeps the signatures' difference, so that
 * its value on any set of delays is a popcount: folds, left-out delays and all rows share entries.
 *
 * Shapes, row-major: transforms (groups, delays, points = 2^b) REAL, from `offset` elements on;
 * bins (groups, terms); signatures (terms, words), bit p for delay p; masks (masks, words), the
 * delays of a set as bits; products (delays, terms); sums (masks, terms). Values are in the units of
 * the samples, products in samples times rows.
 *
 * Parameters: REAL_BITS 32 (default) or 64, the precision of the transforms; group size, no effect
 * on results: sums run in fixed orders. Everything but the transforms is double.
 *
 * Tolerance: closed forms to rounding; fits until no product misses its condition by more than the
 * slack asked for.
 * Source: Kang et al., arXiv 2502.13870; Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010).
 */
#include "device.h"

#ifndef REAL_BITS
#define REAL_BITS 32
#endif
#if REAL_BITS == 64
typedef double real;
#else
typedef float real;
#endif

/* Partial sums a group keeps in local memory. */
#define PARTS 1024u
#define PART_RUNS 32u
/* Numbers of a fit in `which`, `aims` and `results`: see coded_regression_fit. */
#define FIT_WHICH 3u
#define FIT_AIMS 5u
#define FIT_RESULTS 3u
/* Bytes of local memory of the kernels that add up: parts, their runs and a word for flags. */
#define CODED_REGRESSION_LOCAL (8u * (PARTS + PART_RUNS + 1u))

FUNCTION double sign_of(GLOBAL const u64 *signature, u32 delay) {
  return 1.0 - 2.0 * (double)(signature[delay >> 6] >> (delay & 63u) & 1u);
}

/* Adds up PARTS numbers of local memory in a fixed order; every item of the group gets the sum. */
FUNCTION double add_parts(LOCAL double *parts) {
  LOCAL double *runs = parts + PARTS;
  BARRIER();
  FOR_LOCAL(r, PART_RUNS) {
    double sum = 0.0;
    // Neighbouring items read neighbouring words.
    for (u32 i = r; i < PARTS; i += PART_RUNS) {
      sum += parts[i];
    }
    runs[r] = sum;
  }
  BARRIER();
  double sum = 0.0;
  for (u32 r = 0; r < PART_RUNS; r++) {
    sum += runs[r];
  }
  BARRIER();
  return sum;
}

/* squares: (delays), y'y of each delay. A group takes a delay. */
KERNEL void coded_regression_squares(
    GLOBAL double *squares,
    GLOBAL const real *transforms,
    u64 offset,
    u32 groups,
    u32 delays,
    u32 points,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, parts);
  FOR_GROUP(p, delays) {
    FOR_LOCAL(i, PARTS) {
      double sum = 0.0;
      for (u32 c = 0; c < groups; c++) {
        GLOBAL const real *row = transforms + offset + ((u64)c * delays + p) * points;
        for (u32 j = i; j < points; j += PARTS) {
          double u = (double)row[j];
          sum += u * u;
        }
      }
      parts[i] = sum;
    }
    double sum = add_parts(parts);
    if (LOCAL_ID == 0u) {
      squares[p] = sum * points;
    }
  }
}

/* products: (delays, terms). An item makes one. */
KERNEL void coded_regression_products(
    GLOBAL double *products,
    GLOBAL const real *transforms,
    u64 offset,
    GLOBAL const i32 *bins,
    GLOBAL const u64 *signatures,
    u32 groups,
    u32 delays,
    u32 points,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)delays * terms) {
    u32 p = (u32)(i / terms);
    u32 s = (u32)(i - (u64)p * terms);
    double sum = 0.0;
    for (u32 c = 0; c < groups; c++) {
      u64 row = offset + ((u64)c * delays + p) * points;
      sum += (double)transforms[row + (u32)bins[(u64)c * terms + s]];
    }
    products[i] = sum * points * sign_of(signatures + (u64)s * words, p);
  }
}

/* products: (terms), over all delays. An item makes one. */
KERNEL void coded_regression_singles(
    GLOBAL double *products,
    GLOBAL const real *transforms,
    u64 offset,
    GLOBAL const i32 *bins,
    GLOBAL const u64 *signatures,
    u32 groups,
    u32 delays,
    u32 points,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(s, terms) {
    double sum = 0.0;
    for (u32 c = 0; c < groups; c++) {
      u64 at = offset + (u64)c * delays * points + (u32)bins[(u64)c * terms + s];
      // The loads of a row do not wait for each other; only the additions are in order.
      for (u32 p = 0; p < delays; p++) {
        sum += (double)transforms[at + (u64)p * points] * sign_of(signatures + s * words, p);
      }
    }
    products[s] = sum * points;
  }
}

/*
 * Takes terms out of transforms. members: (groups, terms), the terms of each group sorted by bin.
 * The first member of a bin takes out all of its bin, in order: no two items write one number.
 */
KERNEL void coded_regression_subtract(
    GLOBAL real *transforms,
    GLOBAL const i32 *bins,
    GLOBAL const i32 *members,
    GLOBAL const u64 *signatures,
    GLOBAL const double *coefficients,
    u32 groups,
    u32 delays,
    u32 points,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)groups * delays * terms) {
    u32 k = (u32)(i % terms);
    u64 block = i / terms;
    u32 p = (u32)(block % delays);
    u32 c = (u32)(block / delays);
    GLOBAL const i32 *at = bins + (u64)c * terms;
    GLOBAL const i32 *own = members + (u64)c * terms;
    i32 bin = at[own[k]];
    if (k == 0u || at[own[k - 1u]] != bin) {
      u64 where = block * points + (u32)bin;
      double rest = (double)transforms[where];
      for (u32 m = k; m < terms && at[own[m]] == bin; m++) {
        u32 s = (u32)own[m];
        rest -= sign_of(signatures + (u64)s * words, p) * coefficients[s];
      }
      transforms[where] = (real)rest;
    }
  }
}

/*
 * The entries of the Gram matrix beside its diagonal. starts: (terms, groups) and one more, where
 * the entries of term s from group c begin; first: (terms, groups), where the terms of its bin begin
 * in members. columns: (entries); differ: (entries, words), signature of row xor of column. Terms
 * that share several bins have several entries. An item takes one term and group.
 */
KERNEL void coded_regression_gram(
    GLOBAL i32 *columns,
    GLOBAL u64 *differ,
    GLOBAL const i32 *starts,
    GLOBAL const i32 *first,
    GLOBAL const i32 *members,
    GLOBAL const u64 *signatures,
    u32 groups,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)terms * groups) {
    u32 s = (u32)(i / groups);
    u32 to = (u32)starts[i];
    u32 count = (u32)starts[i + 1u] - to + 1u;
    for (u32 k = 0; k < count; k++) {
      u32 t = (u32)members[(u32)first[i] + k];
      if (t != s) {
        columns[to] = (i32)t;
        for (u32 w = 0; w < words; w++) {
          differ[(u64)to * words + w] = signatures[(u64)s * words + w] ^ signatures[(u64)t * words + w];
        }
        to++;
      }
    }
  }
}

/* sums: (masks, terms), the products over the delays of each mask. An item makes one. */
KERNEL void coded_regression_sums(
    GLOBAL double *sums,
    GLOBAL const double *products,
    GLOBAL const u64 *masks,
    u32 count,
    u32 delays,
    u32 terms,
    u32 words,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)count * terms) {
    u32 m = (u32)(i / terms);
    u32 s = (u32)(i - (u64)m * terms);
    double sum = 0.0;
    for (u32 p = 0; p < delays; p++) {
      if ((masks[(u64)m * words + (p >> 6)] >> (p & 63u) & 1u) != 0u) {
        sum += products[(u64)p * terms + s];
      }
    }
    sums[i] = sum;
  }
}

#include "coded_regression_fit.h"
