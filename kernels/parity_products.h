#ifndef ABLATE_PARITY_PRODUCTS_H
#define ABLATE_PARITY_PRODUCTS_H

/*
 * Sums of values times parities through tables of sums of four rows; see parity.cl.
 */

/* The sum over some of four rows, the last one first as in HostParity. */
FUNCTION double sum_of_four(
    GLOBAL const double *RESTRICT values, u32 subset, u64 row, u32 rows, u32 outputs, u32 output) {
  double sum = 0.0;
  UNROLL
  for (u32 k = 4u; k-- > 0u;) {
    if ((subset >> k & 1u) != 0u && row + k < rows) {
      sum = ADD64(sum, values[(row + k) * outputs + output]);
    }
  }
  return sum;
}

/*
 * Sums of the values of a part in each word of rows.
 *   sums    F64 (part_count, outputs, words) row-major
 *   values  F64 (rows, outputs) row-major
 * An item takes a word.
 */
KERNEL void parity_word_sums(
    GLOBAL double *RESTRICT sums,
    GLOBAL const u64 *RESTRICT parts,
    GLOBAL const double *RESTRICT values,
    u32 rows,
    u32 words,
    u32 part_count,
    u32 outputs,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)part_count * outputs * words) {
    u32 w = (u32)(i % words);
    u32 o = (u32)(i / words % outputs);
    u64 p = i / words / outputs;
    u64 part = parts[p * words + w];
    double even = 0.0;
    double odd = 0.0;
    for (u32 k = 0; k < 64u; k += 8u) {
      u64 row = (u64)64u * w + k;
      even = ADD64(even, sum_of_four(values, (u32)(part >> k) & 15u, row, rows, outputs, o));
      odd = ADD64(odd, sum_of_four(values, (u32)(part >> k >> 4) & 15u, row + 4u, rows, outputs, o));
    }
    sums[i] = ADD64(even, odd);
  }
}

/* The sum over the rows whose bits are set in a word, from the sums of fours. */
FUNCTION double sum_of_word(LOCAL const double *fours, u64 bits) {
  double even = 0.0;
  double odd = 0.0;
  /* The 16 sums of four rows fill the 32 banks once: lanes never collide. */
  UNROLL
  for (u32 k = 0; k < 16u; k += 2u) {
    even = ADD64(even, fours[16u * k + ((u32)(bits >> (4u * k)) & 15u)]);
    odd = ADD64(odd, fours[16u * k + 16u + ((u32)(bits >> (4u * k + 4u)) & 15u)]);
  }
  return ADD64(even, odd);
}

/*
 * Products.
 *   products  F64 (part_count, outputs, sets) row-major
 *   columns   U64 (sets, words) row-major
 *   parts     U64 (part_count, words) row-major, ranges as parity_ranges gives them
 *   sums      F64 (part_count, outputs, words) row-major, of parity_word_sums
 *   values    F64 (rows, outputs) row-major
 * A group takes PRODUCT_SETS times its size sets of one part and output. For PRODUCT_WORDS words
 * at a time it makes the sums over all subsets of every four rows; an item then adds one of them
 * for every four bits of its columns.
 * Local memory: 256 PRODUCT_WORDS doubles and, for every set, PRODUCT_WORDS + 1 words.
 */
KERNEL void parity_products(
    GLOBAL double *RESTRICT products,
    GLOBAL const u64 *RESTRICT columns,
    GLOBAL const u64 *RESTRICT parts,
    GLOBAL const i32 *RESTRICT ranges,
    GLOBAL const double *RESTRICT sums,
    GLOBAL const double *RESTRICT values,
    u32 sets,
    u32 rows,
    u32 words,
    u32 part_count,
    u32 outputs,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, fours);
  LOCAL u64 *tile = (LOCAL u64 *)(fours + 256u * PRODUCT_WORDS);
  u32 block = PRODUCT_SETS * LOCAL_SIZE;
  u32 blocks = (sets + block - 1u) / block;
  /* Groups that start together read the same columns. */
  FOR_GROUP(task, blocks * part_count * outputs) {
    u32 o = task % outputs;
    u32 p = task / outputs % part_count;
    u32 first = task / outputs / part_count * block;
    u32 end = (u32)ranges[3u * p + 1u];
    double total = 0.0;
    double sum[PRODUCT_SETS];
    UNROLL
    for (u32 k = 0; k < PRODUCT_SETS; k++) { sum[k] = 0.0; }
    for (u32 base = (u32)ranges[3u * p]; base < end; base += PRODUCT_WORDS) {
      u32 here = end - base < PRODUCT_WORDS ? end - base : PRODUCT_WORDS;
      FOR_LOCAL(i, 256u * here) {
        u64 row = (u64)64u * base + 4u * (i >> 4);
        fours[i] = sum_of_four(values, i & 15u, row, rows, outputs, o);
      }
      FOR_LOCAL(i, block * PRODUCT_WORDS) {
        u32 s = first + i / PRODUCT_WORDS;
        u32 w = i % PRODUCT_WORDS;
        u64 word = 0;
        if (s < sets && w < here) {
          word = columns[(u64)s * words + base + w] & parts[(u64)p * words + base + w];
        }
        /* An odd stride: lanes that read a word each of neighbouring sets never collide. */
        tile[i / PRODUCT_WORDS * (PRODUCT_WORDS + 1u) + w] = word;
      }
      BARRIER();
      for (u32 w = 0; w < here; w++) {
        total = ADD64(total, sums[((u64)p * outputs + o) * words + base + w]);
        UNROLL
        for (u32 k = 0; k < PRODUCT_SETS; k++) {
          u64 bits = tile[(LOCAL_ID + k * LOCAL_SIZE) * (PRODUCT_WORDS + 1u) + w];
          sum[k] = ADD64(sum[k], sum_of_word(fours + 256u * w, bits));
        }
      }
      BARRIER();
    }
    UNROLL
    for (u32 k = 0; k < PRODUCT_SETS; k++) {
      u32 s = first + LOCAL_ID + k * LOCAL_SIZE;
      if (s < sets) {
        products[((u64)p * outputs + o) * sets + s] = ADD64(total, -2.0 * sum[k]);
      }
    }
  }
}

#endif
