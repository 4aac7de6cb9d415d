/*
 * From what a network gives to values.
 *
 *   scores_labels        logits, log-odds and probabilities of labels
 *   scores_logs          z_t - log sum_k exp z_k of tokens, one pass over the vocabulary
 *   scores_answers       means, sums, odds and probabilities of the log-probabilities of answers
 *   scores_perplexities  exp of minus the mean of the log-probabilities of a text's tokens
 *   scores_pool          vectors of texts of those of their tokens
 *   scores_cosines       their cosines with vectors of length 1
 *
 * In all of them:
 *   memory   U8: numbers of a network, (any, positions, count) row-major, `number` says which
 *   row      the first of its rows that is looked at
 *   values   F64 (any, outputs) row-major, of which rows are written from `first` on
 *   bad      I32 (1): becomes the least of what it is and of the rows of values that have a value,
 *            or were made of a number, that is not finite
 *
 * Tolerance: halves and singles are exact as doubles; exponentials, logarithms and sums are rounded
 * as doubles are, some 1e-15 of each. Sums over a vocabulary or a vector have LANES lanes in a fixed
 * order, others are in order. No result depends on the group size.
 * Source: the sum with a largest number that grows, Milakov, Gimelshein, "Online normalizer
 * calculation for softmax", arXiv:1805.02867 (2018).
 */
#include "device.h"
#include "group.h"

/* What numbers are. */
#define NUMBER_F32 0u
#define NUMBER_F16 1u
#define NUMBER_BF16 2u
#define NUMBER_F64 3u

/* What is asked of a label. */
#define LABEL_LOGIT 0u
#define LABEL_LOG_ODDS 1u
#define LABEL_PROBABILITY 2u

/* What becomes of the log-probabilities of an answer. */
#define ANSWER_MEAN 0u
#define ANSWER_SUM 1u
#define ANSWER_PROBABILITY 2u
#define ANSWER_LOG_ODDS 3u
#define ANSWER_TOKENS 4u
#define ANSWER_TOKEN_PROBABILITIES 5u

/* How vectors of tokens become one. */
#define POOL_MEAN 0u
#define POOL_FIRST 1u
#define POOL_LAST 2u
#define POOL_MAX 3u

/* No finite number is less. */
#define LOWEST (-1.7976931348623157e308)
#define NOT_A_NUMBER BITS_DOUBLE((u64)0x7FF8000000000000u)
#define MINUS_INFINITY BITS_DOUBLE((u64)0xFFF0000000000000u)

FUNCTION u32 is_finite(double x) { return (u32)(DOUBLE_BITS(x) >> 52 & 2047u) != 2047u; }

/* IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
FUNCTION double half_number(u32 bits) {
  u32 exponent = bits >> 10 & 31u;
  u32 fraction = bits & 1023u;
  double magnitude;
  if (exponent == 0u) {
    magnitude = (double)fraction * 5.9604644775390625e-8; /* 2^-24 */
  } else {
    u64 wide = exponent == 31u ? 2047u : exponent + 1008u;
    magnitude = BITS_DOUBLE(wide << 52 | (u64)fraction << 42);
  }
  return bits >> 15 != 0u ? -magnitude : magnitude;
}

FUNCTION double number_at(GLOBAL const u8 *memory, u32 number, u64 at) {
  if (number == NUMBER_F16) { return half_number(((GLOBAL const u16 *)memory)[at]); }
  if (number == NUMBER_BF16) { return (double)BITS_FLOAT((u32)((GLOBAL const u16 *)memory)[at] << 16); }
  if (number == NUMBER_F32) { return (double)((GLOBAL const float *)memory)[at]; }
  return ((GLOBAL const double *)memory)[at];
}

/* Notes a row that has no finite value. */
FUNCTION void note(GLOBAL u32 *bad, u32 row) {
  u32 known = *bad;
  while ((i32)row < (i32)known) {
    u32 found = ATOMIC_CAS_U32(bad, known, row);
    known = found == known ? row : found;
  }
}

/*
 * Values of labels.
 *   targets    I32 (outputs): which labels
 *   exclusive  1 where labels exclude each other: the log-odds are z_c - log sum_{k != c} exp z_k,
 *              else the logit
 * An item takes a label of a row.
 */
KERNEL void scores_labels(
    GLOBAL double *RESTRICT values,
    GLOBAL u32 *RESTRICT bad,
    GLOBAL const u8 *RESTRICT memory,
    GLOBAL const i32 *RESTRICT targets,
    u32 number,
    u32 row,
    u32 rows,
    u32 count,
    u32 outputs,
    u32 first,
    u32 value,
    u32 exclusive,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)rows * outputs) {
    u32 r = (u32)(i / outputs);
    u32 label = (u32)targets[i % outputs];
    u64 from = (u64)(row + r) * count;
    double own = number_at(memory, number, from + label);
    double largest = LOWEST;
    u32 finite = 1u;
    for (u32 k = 0; k < count; k++) {
      double z = number_at(memory, number, from + k);
      finite &= is_finite(z);
      if (k != label) { largest = fmax(largest, z); }
    }
    double found = own;
    if (value != LABEL_LOGIT && exclusive != 0u && count > 1u) {
      double sum = 0.0;
      for (u32 k = 0; k < count; k++) {
        if (k != label) { sum += exp(number_at(memory, number, from + k) - largest); }
      }
      found = own - (largest + log(sum));
    }
    if (value == LABEL_PROBABILITY) { found = 1.0 / (1.0 + exp(-found)); }
    values[(u64)first * outputs + i] = found;
    if (finite == 0u || !is_finite(found)) { note(bad, first + r); }
  }
}

/* What a lane reads before it looks. */
#define FLIGHT 4u

/*
 * Logarithms of the probabilities of tokens; not a number for a token beyond the vocabulary.
 *   logs     F64 (any): that of row r goes to at + (r div each) stride + r mod each
 *   targets  U64 (any): tokens, the one of the first row at `target`
 * A group takes a row. Local memory: 3 LANES doubles.
 */
#define SCORES_LOGS_LOCAL (3u * LANES_LOCAL)
KERNEL void scores_logs(
    GLOBAL double *RESTRICT logs,
    GLOBAL const u8 *RESTRICT memory,
    GLOBAL const u64 *RESTRICT targets,
    u64 target,
    u64 at,
    u32 each,
    u32 stride,
    u32 number,
    u32 row,
    u32 rows,
    u32 count,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, sums);
  LOCAL double *largest = sums + LANES;
  LOCAL double *tree = largest + LANES;
  FOR_GROUP(r, rows) {
    u64 from = (u64)(row + r) * count;
    FOR_LOCAL(v, LANES) {
      double top = LOWEST;
      double sum = 0.0;
      for (u32 base = v; base < count; base += FLIGHT * LANES) {
        double z[FLIGHT];
        UNROLL
        for (u32 k = 0; k < FLIGHT; k++) {
          u32 token = base + k * LANES;
          z[k] = token < count ? number_at(memory, number, from + token) : MINUS_INFINITY;
        }
        double higher = top;
        UNROLL
        for (u32 k = 0; k < FLIGHT; k++) { higher = fmax(higher, z[k]); }
        if (higher > top) {
          sum *= exp(top - higher);
          top = higher;
        }
        UNROLL
        for (u32 k = 0; k < FLIGHT; k++) { sum += exp(z[k] - top); }
      }
      sums[v] = sum;
      largest[v] = top;
      tree[v] = top;
    }
    BARRIER();
    for (u32 reach = LANES / 2u; reach > 0u; reach >>= 1) {
      FOR_LOCAL(v, reach) { tree[v] = fmax(tree[v], tree[v + reach]); }
      BARRIER();
    }
    double top = tree[0];
    FOR_LOCAL(v, LANES) { sums[v] = sums[v] * exp(largest[v] - top); }
    double sum = group_lanes(sums);
    if (LOCAL_ID == 0u) {
      u64 token = targets[target + r];
      double own = token < (u64)count ? number_at(memory, number, from + token) : NOT_A_NUMBER;
      logs[at + (u64)(r / each) * stride + r % each] = own - (top + log(sum));
    }
  }
}

FUNCTION double sum_of(GLOBAL const double *numbers, u32 from, u32 end) {
  double sum = 0.0;
  for (u32 k = from; k < end; k++) { sum += numbers[k]; }
  return sum;
}

/*
 * Values of answers.
 *   logs    F64 (any, tokens) row-major, of which rows from `row` on are looked at
 *   starts  I32 (answers + 1): the first token of each answer, and the end of the last
 * An item takes an output of a row.
 */
KERNEL void scores_answers(
    GLOBAL double *RESTRICT values,
    GLOBAL u32 *RESTRICT bad,
    GLOBAL const double *RESTRICT logs,
    GLOBAL const i32 *RESTRICT starts,
    u32 row,
    u32 rows,
    u32 answers,
    u32 outputs,
    u32 first,
    u32 value,
    LOCAL_PARAMETER) {
  u32 tokens = (u32)starts[answers];
  u32 of_tokens = value == ANSWER_TOKENS || value == ANSWER_TOKEN_PROBABILITIES;
  FOR_EACH(i, (u64)rows * outputs) {
    u32 r = (u32)(i / outputs);
    u32 o = (u32)(i % outputs);
    GLOBAL const double *own = logs + (u64)(row + r) * tokens;
    u32 from = of_tokens ? o : (u32)starts[o];
    u32 end = of_tokens ? o + 1u : (u32)starts[o + 1u];
    double sum = sum_of(own, from, end);
    double against = value == ANSWER_LOG_ODDS ? sum_of(own, (u32)starts[answers - 1u], tokens) : 0.0;
    double found = sum - against;
    if (value == ANSWER_MEAN) { found = sum / (double)(end - from); }
    if (value == ANSWER_PROBABILITY || value == ANSWER_TOKEN_PROBABILITIES) { found = exp(sum); }
    values[(u64)first * outputs + i] = found;
    if (!is_finite(sum) || !is_finite(found)) { note(bad, first + r); }
  }
}

/*
 * How surprising texts are.
 *   logs     F64 (rows, each) row-major
 *   lengths  I32 (any): tokens of each text, that of the first row at `length`; all but the first
 *            have a number in logs
 * A group takes a row. Local memory: LANES doubles.
 */
KERNEL void scores_perplexities(
    GLOBAL double *RESTRICT values,
    GLOBAL u32 *RESTRICT bad,
    GLOBAL const double *RESTRICT logs,
    GLOBAL const i32 *RESTRICT lengths,
    u32 length,
    u32 rows,
    u32 each,
    u32 first,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(r, rows) {
    i32 count = lengths[length + r] - 1;
    FOR_LOCAL(v, LANES) {
      double sum = 0.0;
      for (i32 k = (i32)v; k < count; k += (i32)LANES) { sum += logs[(u64)r * each + (u32)k]; }
      lanes[v] = sum;
    }
    double sum = group_lanes(lanes);
    if (LOCAL_ID == 0u) {
      double found = count < 1 ? 1.0 : exp(-sum / (double)count);
      values[first + r] = found;
      if (!is_finite(sum) || !is_finite(found)) { note(bad, first + r); }
    }
  }
}

/*
 * The vectors of texts: not a number where a text has no token, or a number that counts is not
 * finite.
 *   vectors  F64 (rows, count) row-major
 *   lengths  I32 (any): tokens of each text, that of the first row at `length`; what stands behind
 *            them does not count
 * An item takes a number of a vector.
 */
KERNEL void scores_pool(
    GLOBAL double *RESTRICT vectors,
    GLOBAL const u8 *RESTRICT memory,
    GLOBAL const i32 *RESTRICT lengths,
    u32 length,
    u32 number,
    u32 row,
    u32 rows,
    u32 positions,
    u32 count,
    u32 pool,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)rows * count) {
    u32 r = (u32)(i / count);
    u32 tokens = (u32)lengths[length + r] < positions ? (u32)lengths[length + r] : positions;
    u32 from = pool == POOL_LAST && tokens > 0u ? tokens - 1u : 0u;
    u32 end = pool == POOL_FIRST && tokens > 0u ? 1u : tokens;
    u64 at = (u64)(row + r) * positions * count + i % count;
    double sum = 0.0;
    double largest = LOWEST;
    for (u32 t = from; t < end; t++) {
      double z = number_at(memory, number, at + (u64)t * count);
      sum += z;
      largest = fmax(largest, z);
    }
    double found = pool == POOL_MAX && is_finite(sum) ? largest : sum / (double)(end - from);
    vectors[i] = end > from ? found : NOT_A_NUMBER;
  }
}

/*
 * Cosines: 0 for a vector of zeros.
 *   vectors     F64 (rows, count) row-major
 *   references  F64 (outputs, count) row-major, of length 1
 * A group takes a row. Local memory: LANES doubles.
 */
KERNEL void scores_cosines(
    GLOBAL double *RESTRICT values,
    GLOBAL u32 *RESTRICT bad,
    GLOBAL const double *RESTRICT vectors,
    GLOBAL const double *RESTRICT references,
    u32 rows,
    u32 count,
    u32 outputs,
    u32 first,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_GROUP(r, rows) {
    GLOBAL const double *own = vectors + (u64)r * count;
    double norm = sqrt(group_dot(lanes, own, own, count));
    for (u32 o = 0; o < outputs; o++) {
      double product = group_dot(lanes, own, references + (u64)o * count, count);
      if (LOCAL_ID == 0u) {
        double found = norm == 0.0 ? 0.0 : product / norm;
        values[(u64)(first + r) * outputs + o] = found;
        if (!is_finite(norm) || !is_finite(found)) { note(bad, first + r); }
      }
    }
  }
}
