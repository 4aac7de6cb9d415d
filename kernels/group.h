#ifndef ABLATE_GROUP_H
#define ABLATE_GROUP_H

/*
 * What all items of a group do together, each with a barrier at its end. Sums have an order that
 * only their length decides, so they are the same bits for every group size.
 */

/* Sums that are added side by side before they are added up; a power of two. */
#define LANES 256u
/* Bytes of local memory for them, and for an item each where that is more. */
#define LANES_LOCAL (8u * LANES)
#define LANES_OR_ITEMS_LOCAL(items) (8u * ((items) > LANES ? (items) : LANES))
/* Parts of a combination of rows that are added apart, so that a group has enough tasks. */
#define SLICES 4u

/* The largest of the items' values, 0 at least. Local memory: a double an item. */
FUNCTION double group_max(LOCAL double *lanes, double value) {
  lanes[LOCAL_ID] = value;
  BARRIER();
  for (u32 n = LOCAL_SIZE; n > 1u; n = (n + 1u) / 2u) {
    u32 middle = (n + 1u) / 2u;
    if (LOCAL_ID < n / 2u) { lanes[LOCAL_ID] = fmax(lanes[LOCAL_ID], lanes[LOCAL_ID + middle]); }
    BARRIER();
  }
  double largest = fmax(lanes[0], 0.0);
  BARRIER();
  return largest;
}

/* How much the items before this one have; `total` becomes what all have. Local memory: a u32 an item. */
FUNCTION u32 group_scan(LOCAL u32 *counts, u32 mine, u32 *total) {
  counts[LOCAL_ID] = mine;
  BARRIER();
  for (u32 reach = 1u; reach < LOCAL_SIZE; reach <<= 1) {
    u32 before = LOCAL_ID >= reach ? counts[LOCAL_ID - reach] : 0u;
    BARRIER();
    counts[LOCAL_ID] += before;
    BARRIER();
  }
  u32 before = counts[LOCAL_ID] - mine;
  *total = counts[LOCAL_SIZE - 1u];
  BARRIER();
  return before;
}

/* The sum of LANES doubles in local memory. */
FUNCTION double group_lanes(LOCAL double *lanes) {
  BARRIER();
  for (u32 reach = LANES / 2u; reach > 0u; reach >>= 1) {
    FOR_LOCAL(v, reach) { lanes[v] = ADD64(lanes[v], lanes[v + reach]); }
    BARRIER();
  }
  double sum = lanes[0];
  BARRIER();
  return sum;
}

/* The product of two vectors. Local memory: LANES doubles. */
FUNCTION double group_dot(LOCAL double *lanes, GLOBAL const double *a, GLOBAL const double *b, u32 n) {
  FOR_LOCAL(v, LANES) {
    double sum = 0.0;
    for (u32 i = v; i < n; i += LANES) { sum = FMA64(a[i], b[i], sum); }
    lanes[v] = sum;
  }
  return group_lanes(lanes);
}

/*
 * partial[s] = the sum over the entries e of slice s of factors[e] matrix[rows[e]], over the first
 * `columns` columns. Neighbouring items read neighbouring entries of a row.
 *   partial  F64 (SLICES, stride) row-major
 *   matrix   F64 (., stride) row-major
 */
FUNCTION void group_combine(
    GLOBAL double *partial,
    GLOBAL const double *matrix,
    GLOBAL const i32 *rows,
    GLOBAL const double *factors,
    u32 entries,
    u32 columns,
    u32 stride) {
  u32 slice = (entries + SLICES - 1u) / SLICES;
  FOR_LOCAL(task, SLICES * columns) {
    u32 s = task / columns;
    u32 j = task % columns;
    u32 e = s * slice;
    u32 end = e + slice < entries ? e + slice : entries;
    double sum = 0.0;
    for (; e + 8u <= end; e += 8u) {
      /* Eight loads in flight before the first is used. */
      double entry[8];
      UNROLL
      for (u32 k = 0; k < 8u; k++) { entry[k] = matrix[(u64)(u32)rows[e + k] * stride + j]; }
      UNROLL
      for (u32 k = 0; k < 8u; k++) { sum = FMA64(factors[e + k], entry[k], sum); }
    }
    for (; e < end; e++) { sum = FMA64(factors[e], matrix[(u64)(u32)rows[e] * stride + j], sum); }
    partial[(u64)s * stride + j] = sum;
  }
  BARRIER();
}

/* What group_combine left for a column, the slices in order. */
FUNCTION double combined(GLOBAL const double *partial, u32 stride, u32 j) {
  double sum = partial[j];
  UNROLL
  for (u32 s = 1u; s < SLICES; s++) { sum = ADD64(sum, partial[(u64)s * stride + j]); }
  return sum;
}

#endif
