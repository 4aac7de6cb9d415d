/*
 * Stable radix sort of 64-bit keys with 32-bit numbers, and prefix sums.
 *
 * A pass orders by 8 bits of the keys: sort_count counts the digits of each block of pairs,
 * sort_offsets turns the counts into the place where each block writes each digit, sort_scatter
 * moves the pairs. Longer keys are sorted word by word, the last word first; sort_gather brings the
 * next word into the order so far.
 *
 * Assumptions: fewer than 2^31 pairs. A block is a range of `per_block` pairs, the last one
 * shorter; the three kernels of a pass must be given the same blocks.
 * Tolerance: none; the result is the one stable order, for every group size and number of groups.
 * Source: Satish, Harris, Garland, "Designing efficient sorting algorithms for manycore GPUs",
 * IPDPS 2009 (order a tile in local memory by 4 bits twice, then write runs of equal digits).
 */
#include "device.h"

#define DIGITS 256u
#define NIBBLES 16u

/* Bytes of local memory for so many items: a count a digit; two numbers an item for a scan. */
#define SORT_COUNT_LOCAL (4u * DIGITS)
#define SORT_SCAN_LOCAL(items) (16u * (items))
/* Sums to scan; place, begin and end of digits, two tiles of pairs, a word and its pad of counters. */
#define SORT_SCATTER_LOCAL(items, run) \
  (SORT_SCAN_LOCAL(items) + 4u * (3u * DIGITS + (items) * (2u * (run) + NIBBLES + 1u)))

/* Numbers 0, 1, 2 ... */
KERNEL void sort_iota(GLOBAL i32 *RESTRICT numbers, u32 count, LOCAL_PARAMETER) {
  FOR_EACH(i, count) { numbers[i] = (i32)i; }
}

/* keys[i] = words[numbers[i]]: U64 (count,), U64 (count,), I32 (count,). */
KERNEL void sort_gather(
    GLOBAL u64 *RESTRICT keys,
    GLOBAL const u64 *RESTRICT words,
    u64 offset,
    GLOBAL const i32 *RESTRICT numbers,
    u32 count,
    LOCAL_PARAMETER) {
  FOR_EACH(i, count) { keys[i] = words[offset + (u32)numbers[i]]; }
}

/*
 * counts: I32 (DIGITS, blocks) row-major, how often block b has each digit keys >> shift & mask.
 * A group takes a block. Local memory: DIGITS u32.
 */
KERNEL void sort_count(
    GLOBAL i32 *RESTRICT counts,
    GLOBAL const u64 *RESTRICT keys,
    u32 count,
    u32 per_block,
    u32 blocks,
    u32 shift,
    u32 mask,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, found);
  FOR_GROUP(b, blocks) {
    FOR_LOCAL(d, DIGITS) { found[d] = 0; }
    BARRIER();
    u32 first = b * per_block;
    u32 here = count - first < per_block ? count - first : per_block;
    FOR_LOCAL(i, here) { LOCAL_ADD_U32(found + ((u32)(keys[first + i] >> shift) & mask), 1u); }
    BARRIER();
    FOR_LOCAL(d, DIGITS) { counts[(u64)d * blocks + b] = (i32)found[d]; }
    BARRIER();
  }
}

/*
 * The sum of the values of all items before this one; `total` gets the sum of all. buffer holds
 * 2 LOCAL_SIZE numbers. All items of the group call it.
 */
FUNCTION u64 sum_before(LOCAL u64 *buffer, u64 value, u64 *total) {
  LOCAL u64 *from = buffer;
  LOCAL u64 *to = buffer + LOCAL_SIZE;
  from[LOCAL_ID] = value;
  BARRIER();
  for (u32 step = 1; step < LOCAL_SIZE; step <<= 1) {
    to[LOCAL_ID] = from[LOCAL_ID] + (LOCAL_ID >= step ? from[LOCAL_ID - step] : 0);
    LOCAL u64 *swap = from;
    from = to;
    to = swap;
    BARRIER();
  }
  u64 through = from[LOCAL_ID];
  *total = from[LOCAL_SIZE - 1u];
  BARRIER();
  return through - value;
}

/*
 * In place, counts of each digit become the number of pairs in earlier blocks with that digit.
 *   counts  I32 (DIGITS, blocks) row-major
 *   totals  I32 (DIGITS,), pairs with each digit
 * A group takes a digit. Local memory: 2 LOCAL_SIZE words.
 */
KERNEL void sort_offsets(
    GLOBAL i32 *RESTRICT counts, GLOBAL i32 *RESTRICT totals, u32 blocks, LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, buffer);
  FOR_GROUP(d, DIGITS) {
    u64 before = 0;
    for (u32 first = 0; first < blocks; first += LOCAL_SIZE) {
      u64 at = (u64)d * blocks + first + LOCAL_ID;
      u64 value = first + LOCAL_ID < blocks ? (u64)counts[at] : 0;
      u64 total;
      u64 here = sum_before(buffer, value, &total);
      if (first + LOCAL_ID < blocks) {
        counts[at] = (i32)(before + here);
      }
      before += total;
    }
    if (LOCAL_ID == 0u) {
      totals[d] = (i32)before;
    }
  }
}

/* Counters lie 17 apart where items read 16 in a row: no two lanes meet in a bank. */
#define COUNTER(i) ((i) + ((i) >> 4))

/*
 * Orders the first `here` entries of a tile stably by the four bits at `shift`. Item i owns the
 * `run` entries from i run on.
 */
FUNCTION void order_by_nibble(
    LOCAL u32 *to, LOCAL const u32 *from, LOCAL u32 *counters, LOCAL u64 *sums, u32 here, u32 run, u32 shift) {
  u32 first = LOCAL_ID * run < here ? LOCAL_ID * run : here;
  u32 end = here - first < run ? here : first + run;
  for (u32 d = 0; d < NIBBLES; d++) { counters[COUNTER(d * LOCAL_SIZE + LOCAL_ID)] = 0; }
  for (u32 i = first; i < end; i++) {
    counters[COUNTER((from[i] >> shift & 15u) * LOCAL_SIZE + LOCAL_ID)]++;
  }
  BARRIER();
  u32 sum = 0;
  for (u32 k = 0; k < NIBBLES; k++) { sum += counters[COUNTER(LOCAL_ID * NIBBLES + k)]; }
  u64 total;
  u32 before = (u32)sum_before(sums, sum, &total);
  for (u32 k = 0; k < NIBBLES; k++) {
    u32 at = COUNTER(LOCAL_ID * NIBBLES + k);
    u32 counted = counters[at];
    counters[at] = before;
    before += counted;
  }
  BARRIER();
  for (u32 i = first; i < end; i++) {
    u32 at = COUNTER((from[i] >> shift & 15u) * LOCAL_SIZE + LOCAL_ID);
    to[counters[at]++] = from[i];
  }
  BARRIER();
}

/*
 * Moves pairs to their places by one digit.
 *   keys_out, keys_in        U64 (count,)
 *   numbers_out, numbers_in  I32 (count,)
 *   offsets, totals          of sort_offsets
 * A group takes a block, tile by tile of `run` pairs an item; an odd run avoids bank conflicts.
 * Local memory, in this order: sums 2 LOCAL_SIZE words; place, begin, end DIGITS u32 each; the tile
 * twice LOCAL_SIZE run u32; counters 17 LOCAL_SIZE u32. Assumption: LOCAL_SIZE run < 2^24.
 */
KERNEL void sort_scatter(
    GLOBAL u64 *RESTRICT keys_out,
    GLOBAL i32 *RESTRICT numbers_out,
    GLOBAL const u64 *RESTRICT keys_in,
    GLOBAL const i32 *RESTRICT numbers_in,
    GLOBAL const i32 *RESTRICT offsets,
    GLOBAL const i32 *RESTRICT totals,
    u32 count,
    u32 per_block,
    u32 blocks,
    u32 shift,
    u32 mask,
    u32 run,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, sums);
  LOCAL u32 *place = (LOCAL u32 *)(sums + 2u * LOCAL_SIZE);
  LOCAL u32 *begin = place + DIGITS;
  LOCAL u32 *end = begin + DIGITS;
  LOCAL u32 *tile = end + DIGITS;
  LOCAL u32 *other = tile + LOCAL_SIZE * run;
  LOCAL u32 *counters = other + LOCAL_SIZE * run;
  FOR_GROUP(b, blocks) {
    u64 smaller = 0; /* pairs with smaller digits */
    for (u32 first = 0; first < DIGITS; first += LOCAL_SIZE) {
      u32 d = first + LOCAL_ID;
      u64 total;
      u64 before = sum_before(sums, d < DIGITS ? (u64)totals[d] : 0, &total);
      if (d < DIGITS) {
        place[d] = (u32)(smaller + before) + (u32)offsets[(u64)d * blocks + b];
      }
      smaller += total;
    }
    u32 stop = count - b * per_block < per_block ? count : (b + 1u) * per_block;
    for (u32 base = b * per_block; base < stop; base += LOCAL_SIZE * run) {
      u32 here = stop - base < LOCAL_SIZE * run ? stop - base : LOCAL_SIZE * run;
      FOR_LOCAL(d, DIGITS) {
        begin[d] = 0;
        end[d] = 0;
      }
      FOR_LOCAL(i, here) { tile[i] = i << 8 | ((u32)(keys_in[base + i] >> shift) & mask); }
      BARRIER();
      order_by_nibble(other, tile, counters, sums, here, run, 0);
      order_by_nibble(tile, other, counters, sums, here, run, 4);
      FOR_LOCAL(i, here) {
        u32 d = tile[i] & 255u;
        if (i == 0u || (tile[i - 1u] & 255u) != d) { begin[d] = i; }
        if (i + 1u == here || (tile[i + 1u] & 255u) != d) { end[d] = i + 1u; }
      }
      BARRIER();
      /* Neighbours with one digit write next to each other. */
      FOR_LOCAL(i, here) {
        u32 d = tile[i] & 255u;
        u32 from = base + (tile[i] >> 8);
        u32 to = place[d] + i - begin[d];
        keys_out[to] = keys_in[from];
        numbers_out[to] = numbers_in[from];
      }
      BARRIER();
      FOR_LOCAL(d, DIGITS) { place[d] += end[d] - begin[d]; }
      BARRIER();
    }
  }
}

/*
 * Sums of blocks: sums U64 (blocks,), values I32 (count,) not negative.
 * A group takes a block. Local memory: 2 LOCAL_SIZE words.
 */
KERNEL void sort_prefix_blocks(
    GLOBAL u64 *RESTRICT sums,
    GLOBAL const i32 *RESTRICT values,
    u32 count,
    u32 per_block,
    u32 blocks,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, buffer);
  FOR_GROUP(b, blocks) {
    u32 first = b * per_block;
    u32 here = count - first < per_block ? count - first : per_block;
    u64 sum = 0;
    FOR_LOCAL(i, here) { sum += (u64)values[first + i]; }
    u64 total;
    sum_before(buffer, sum, &total);
    if (LOCAL_ID == 0u) {
      sums[b] = total;
    }
  }
}

/*
 * prefix: U64 (count + 1,), prefix[i] the sum of the values before i.
 *   values I32 (count,) not negative, sums of sort_prefix_blocks
 * A group takes a block. Local memory: 2 LOCAL_SIZE words.
 */
KERNEL void sort_prefix_apply(
    GLOBAL u64 *RESTRICT prefix,
    GLOBAL const i32 *RESTRICT values,
    GLOBAL const u64 *RESTRICT sums,
    u32 count,
    u32 per_block,
    u32 blocks,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, buffer);
  FOR_GROUP(b, blocks) {
    u64 earlier = 0;
    FOR_LOCAL(k, b) { earlier += sums[k]; }
    u64 before;
    sum_before(buffer, earlier, &before);
    u32 stop = count - b * per_block < per_block ? count : (b + 1u) * per_block;
    for (u32 base = b * per_block; base < stop; base += LOCAL_SIZE) {
      u32 i = base + LOCAL_ID;
      u64 total;
      u64 here = sum_before(buffer, i < stop ? (u64)values[i] : 0, &total);
      if (i < stop) {
        prefix[i] = before + here;
      }
      before += total;
    }
    if (b + 1u == blocks && LOCAL_ID == 0u) {
      prefix[count] = before;
    }
  }
}
