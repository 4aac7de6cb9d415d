/*
 * Rows of masks and values where they are: selections, sums over rows, and what predictions leave.
 *
 *   rows_positions           the rows of each part, ascending
 *   rows_ranges              parts that are ranges of rows, as bits
 *   rows_gather              rows of a table in another order
 *   rows_columns             some columns of values, or zeros
 *   rows_shift, rows_add     adds a number to each column, or numbers to one column, in place
 *   rows_square_differences  a^2 - b^2
 *   rows_summaries           sum, sum of squares, largest magnitude, largest distance from the first
 *   rows_errors              squared errors of predictions and squares about the mean
 *   rows_by_distance         sum of y_r y_q over the pairs of rows whose masks differ in d bits
 *
 * Assumptions: fewer than 2^31 rows and 2^32 words of a part.
 * Tolerance: rows_summaries adds pairs of doubles, so its sums are those of exact arithmetic but for
 * the last rounding, in squares also of each square; rows_errors adds LANES lanes in a fixed order,
 * some 1e-15 of the sum; rows_by_distance rounds each product to 2^-shift of the largest possible one
 * and adds integers. Everything else is the host's, bit for bit. No result depends on the group size.
 */
#include "device.h"
#include "group.h"

/*
 * Rows of each part.
 *   positions  I32 (rows of all parts)
 *   bits       U64 (parts, words) row-major
 *   starts     I32 (parts): where the positions of each part begin
 * A group takes a part, an item a range of its words. Local memory: a u32 an item.
 */
#define ROWS_POSITIONS_LOCAL(items) (4u * (items))
KERNEL void rows_positions(
    GLOBAL i32 *RESTRICT positions,
    GLOBAL const u64 *RESTRICT bits,
    GLOBAL const i32 *RESTRICT starts,
    u32 parts,
    u32 words,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, counts);
  u32 each = (words + LOCAL_SIZE - 1u) / LOCAL_SIZE;
  u32 from = each * LOCAL_ID < words ? each * LOCAL_ID : words;
  u32 to = from + each < words ? from + each : words;
  FOR_GROUP(p, parts) {
    GLOBAL const u64 *part = bits + (u64)p * words;
    u32 mine = 0;
    for (u32 w = from; w < to; w++) { mine += POPCOUNT64(part[w]); }
    u32 total;
    u32 at = (u32)starts[p] + group_scan(counts, mine, &total);
    for (u32 w = from; w < to; w++) {
      u64 left = part[w];
      while (left != 0u) {
        u64 lowest = left & (~left + 1u);
        positions[at++] = (i32)(64u * w + 63u - CLZ64(lowest));
        left ^= lowest;
      }
    }
  }
}

/*
 * Ranges as bits.
 *   bits    U64 (parts, words) row-major
 *   starts  I32 (parts + 1)
 * An item takes a word.
 */
KERNEL void rows_ranges(
    GLOBAL u64 *RESTRICT bits, GLOBAL const i32 *RESTRICT starts, u32 parts, u32 words, LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)parts * words) {
    u32 p = (u32)(i / words);
    u32 base = 64u * (u32)(i % words);
    u32 from = (u32)starts[p] > base ? (u32)starts[p] - base : 0u;
    u32 to = (u32)starts[p + 1u] > base ? (u32)starts[p + 1u] - base : 0u;
    to = to < 64u ? to : 64u;
    bits[i] = from < to ? (~(u64)0 >> (64u - (to - from))) << from : (u64)0;
  }
}

/*
 * Rows of a table in another order.
 *   out    U64 (count, width) row-major: row i is row order[i] of `table`
 *   table  U64 (., width) row-major; doubles pass as words
 *   order  I32 (count)
 * An item takes a word.
 */
KERNEL void rows_gather(
    GLOBAL u64 *RESTRICT out,
    GLOBAL const u64 *RESTRICT table,
    GLOBAL const i32 *RESTRICT order,
    u32 count,
    u32 width,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)count * width) {
    out[i] = table[(u64)order[i / width] * width + i % width];
  }
}

/*
 * Columns of values.
 *   out     F64 (rows, count) row-major
 *   values  F64 (rows, outputs) row-major
 *   picks   I32 (count): which columns, -1 for zeros
 * An item takes a number.
 */
KERNEL void rows_columns(
    GLOBAL double *RESTRICT out,
    GLOBAL const double *RESTRICT values,
    GLOBAL const i32 *RESTRICT picks,
    u32 rows,
    u32 outputs,
    u32 count,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)rows * count) {
    i32 pick = picks[i % count];
    out[i] = pick < 0 ? 0.0 : values[i / count * outputs + (u32)pick];
  }
}

/*
 * values F64 (rows, outputs) row-major, offsets F64 (outputs); an item takes a number.
 */
KERNEL void rows_shift(
    GLOBAL double *RESTRICT values, GLOBAL const double *RESTRICT offsets, u32 rows, u32 outputs, LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)rows * outputs) { values[i] = ADD64(values[i], offsets[i % outputs]); }
}

/*
 * values F64 (rows, outputs) row-major, others F64 (rows), factor 1 or -1; an item takes a row.
 */
KERNEL void rows_add(
    GLOBAL double *RESTRICT values,
    GLOBAL const double *RESTRICT others,
    u32 rows,
    u32 outputs,
    u32 output,
    double factor,
    LOCAL_PARAMETER) {
  FOR_EACH(r, rows) {
    u64 at = r * outputs + output;
    values[at] = ADD64(values[at], MUL64(factor, others[r]));
  }
}

/*
 * out, a, b F64 (rows); an item takes a row.
 */
KERNEL void rows_square_differences(
    GLOBAL double *RESTRICT out, GLOBAL const double *a, GLOBAL const double *b, u32 rows, LOCAL_PARAMETER) {
  FOR_EACH(r, rows) { out[r] = ADD64(MUL64(a[r], a[r]), -MUL64(b[r], b[r])); }
}

/* Adds to a sum of two doubles, the second what rounding leaves of the first (Knuth's two-sum). */
FUNCTION void pair_add(double *high, double *low, double value) {
  double sum = ADD64(*high, value);
  double added = ADD64(sum, -*high);
  double left = ADD64(ADD64(*high, -ADD64(sum, -added)), ADD64(value, -added));
  *high = sum;
  *low = ADD64(*low, left);
}

/* The sum of LANES such sums in local memory, the high parts first. */
FUNCTION double group_pairs(LOCAL double *lanes) {
  BARRIER();
  for (u32 reach = LANES / 2u; reach > 0u; reach >>= 1) {
    FOR_LOCAL(v, reach) {
      double high = lanes[v];
      double low = ADD64(lanes[LANES + v], lanes[LANES + v + reach]);
      pair_add(&high, &low, lanes[v + reach]);
      lanes[v] = high;
      lanes[LANES + v] = low;
    }
    BARRIER();
  }
  double sum = ADD64(lanes[0], lanes[LANES]);
  BARRIER();
  return sum;
}

/* Numbers of a summary of an output, and of what errors come to. */
#define NUMBERS 5u

/*
 * What the values of each output come to.
 *   summaries  F64 (outputs, NUMBERS) row-major: first value, sum, sum of squares, largest magnitude,
 *              largest distance from the first value
 *   values     F64 (rows, outputs) row-major
 * A group takes an output. Local memory: 4 LANES doubles and a double an item.
 */
#define ROWS_SUMMARIES_LOCAL(items) (4u * LANES_LOCAL + 8u * (items))
KERNEL void rows_summaries(
    GLOBAL double *summaries, GLOBAL const double *values, u32 rows, u32 outputs, LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, sums);
  LOCAL double *squares = sums + 2u * LANES;
  LOCAL double *items = sums + 4u * LANES;
  FOR_GROUP(o, outputs) {
    GLOBAL const double *from = values + o;
    double first = from[0];
    double largest = 0.0;
    double spread = 0.0;
    FOR_LOCAL(v, LANES) {
      double high = 0.0, low = 0.0, square_high = 0.0, square_low = 0.0;
      for (u32 r = v; r < rows; r += LANES) {
        double value = from[(u64)r * outputs];
        pair_add(&high, &low, value);
        pair_add(&square_high, &square_low, MUL64(value, value));
        largest = fmax(largest, fabs(value));
        spread = fmax(spread, fabs(ADD64(value, -first)));
      }
      sums[v] = high;
      sums[LANES + v] = low;
      squares[v] = square_high;
      squares[LANES + v] = square_low;
    }
    double sum = group_pairs(sums);
    double square = group_pairs(squares);
    largest = group_max(items, largest);
    spread = group_max(items, spread);
    if (LOCAL_ID == 0u) {
      GLOBAL double *to = summaries + NUMBERS * (u64)o;
      to[0] = first;
      to[1] = sum;
      to[2] = square;
      to[3] = largest;
      to[4] = spread;
    }
  }
}

/*
 * How predictions meet values.
 *   errors       F64 (NUMBERS): mean of the values, sum of squared differences, sum of squares about the
 *                mean, how many values differ from the first, how many predictions are not right
 *   values       F64 (rows), predictions F64 (rows), which may be the same
 * One group. Local memory: 4 LANES doubles.
 */
#define ROWS_ERRORS_LOCAL (4u * LANES_LOCAL)
KERNEL void rows_errors(
    GLOBAL double *errors, GLOBAL const double *values, GLOBAL const double *predictions, u32 rows, LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  FOR_LOCAL(v, LANES) {
    double high = 0.0, low = 0.0;
    for (u32 r = v; r < rows; r += LANES) { pair_add(&high, &low, values[r]); }
    lanes[v] = high;
    lanes[LANES + v] = low;
  }
  double mean = group_pairs(lanes) / rows;
  FOR_LOCAL(v, LANES) {
    double residual = 0.0, total = 0.0, other = 0.0, wrong = 0.0;
    for (u32 r = v; r < rows; r += LANES) {
      double value = values[r];
      double error = ADD64(value, -predictions[r]);
      double away = ADD64(value, -mean);
      residual = ADD64(residual, MUL64(error, error));
      total = ADD64(total, MUL64(away, away));
      other += value == values[0] ? 0.0 : 1.0;
      wrong += fabs(error) <= 1e-12 * fabs(value) ? 0.0 : 1.0;
    }
    lanes[v] = residual;
    lanes[LANES + v] = total;
    lanes[2u * LANES + v] = other;
    lanes[3u * LANES + v] = wrong;
  }
  double residual = group_lanes(lanes);
  double total = group_lanes(lanes + LANES);
  double other = group_lanes(lanes + 2u * LANES);
  double wrong = group_lanes(lanes + 3u * LANES);
  if (GLOBAL_ID == 0u) {
    errors[0] = mean;
    errors[1] = residual;
    errors[2] = total;
    errors[3] = other;
    errors[4] = wrong;
  }
}

/*
 * Sums of products by the distance of two masks.
 *   sums    U64 (features + 1), zeros before: two's complement, in units of largest^2 2^-shift
 *   masks   U64 (rows, words) row-major
 *   values  F64 (rows)
 *   unit    1 / largest magnitude of the values
 *   whole   2^shift, so small that no sum of all pairs overflows
 *   here    whether the sums of a group fit its local memory; else it adds to global memory
 * A group takes each GROUPS-th row with all rows before it. Local memory: features + 1 u64.
 */
#define ROWS_BY_DISTANCE_LOCAL(features) (8u * ((features) + 1u))
KERNEL void rows_by_distance(
    GLOBAL u64 *sums,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const double *RESTRICT values,
    u32 rows,
    u32 words,
    u32 features,
    double unit,
    double whole,
    u32 here,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, group_sums);
  u32 bins = here != 0u ? features + 1u : 0u;
  FOR_LOCAL(d, bins) { group_sums[d] = 0u; }
  BARRIER();
  FOR_GROUP(r, rows) {
    GLOBAL const u64 *mask = masks + (u64)r * words;
    double value = MUL64(MUL64(values[r], unit), whole);
    FOR_LOCAL(q, r) {
      GLOBAL const u64 *other = masks + (u64)q * words;
      u32 distance = 0;
      for (u32 w = 0; w < words; w++) { distance += POPCOUNT64(mask[w] ^ other[w]); }
      u64 product = (u64)(i64)RINT64(MUL64(value, MUL64(values[q], unit)));
      if (here != 0u) {
        LOCAL_ADD_U64(&group_sums[distance], product);
      } else {
        ATOMIC_ADD_U64(&sums[distance], product);
      }
    }
  }
  BARRIER();
  FOR_LOCAL(d, bins) { ATOMIC_ADD_U64(&sums[d], group_sums[d]); }
}
