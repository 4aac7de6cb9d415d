/*
 * The Walsh-Hadamard transform of rows in place, natural order:
 *
 *   t(j) = scale * sum_l x(l) (-1)^popcount(l and j)
 *
 * data: (rows, length) row-major, length 2^n, REAL = float, or double with -DWALSH_DOUBLE=1.
 * A stage b replaces the numbers whose indices differ in bit b alone by their sum and difference.
 * Every path does the stages in ascending order, so all of them give the same bits.
 *
 * A pass over memory does some stages on chunks of 2^tile_bits numbers. Number e of a chunk lies at
 *
 *   base + ((e >> column_bits) << stride_bits) + (e & (2^column_bits - 1))
 *
 * so a chunk is contiguous (column_bits = stride_bits = 0; it holds whole rows, or the chunk is a
 * piece of one) or a strip of 2^column_bits neighbouring columns of a matrix whose rows lie
 * 2^stride_bits apart. Stages first <= b < last are bits of e. Grid: groups take chunks in turn;
 * strips that are neighbours in memory are taken by neighbouring groups at the same time.
 *
 *   walsh_registers  float, tile_bits 10..15. The group has 2^(tile_bits - 5) items, or any multiple
 *                    of 32 when tile_bits is 10; an item holds 32 numbers. Local memory: one and a
 *                    half times these (once when tile_bits is 10).
 *   walsh_tiles      any element, any group size, tile_bits >= 4. Local memory: 33 / 32 of a chunk.
 *   walsh_by_output  F64 (rows, outputs) to F32 (outputs, rows).
 *
 * Tolerance: each stage rounds once, so an F32 result is within n * 2^-24 * sqrt(length) * |scale|
 * * norm(row) (one more rounding for the scale); F64 has 2^-53 in its place.
 */
#include "device.h"

#ifdef WALSH_DOUBLE
typedef double REAL;
#else
typedef float REAL;
#endif

/* Numbers that an item and a warp hold in registers, as powers of two. */
#define HELD_BITS 5u
#define HELD (1u << HELD_BITS)
#define WARP_BITS 10u
#define WARP_NUMBERS (1u << WARP_BITS)
/* Largest chunk in registers, as a power of two, and the items of its group. */
#define REGISTER_BITS 15u
#define REGISTER_ITEMS (1u << (REGISTER_BITS - HELD_BITS))
/* Numbers of local memory for so many items that exchange: to fetch to, and half of it as scratch. */
#define EXCHANGE_NUMBERS(items) ((HELD + HELD / 2u) * (items))

/* Bytes of local memory. Chunks of a warp need no scratch. */
#define WALSH_TILES_LOCAL(tile_bits, number_bytes) \
  (((1u << (tile_bits)) + (1u << (tile_bits)) / 32u) * (number_bytes))
#define WALSH_REGISTERS_LOCAL(tile_bits, items) \
  (4u * ((tile_bits) == WARP_BITS ? HELD * (items) : EXCHANGE_NUMBERS(items)))
#define WALSH_BY_OUTPUT_LOCAL(columns, height) (4u * (columns) * ((height) + 1u))

/* Where number e of a chunk lies behind the chunk's base. */
FUNCTION u64 place(u64 e, u32 column_bits, u32 stride_bits) {
  return ((e >> column_bits) << stride_bits) + (e & (((u64)1 << column_bits) - 1u));
}

/* Where chunk q begins: strips of one matrix first, then the next matrix. */
FUNCTION u64 chunk_base(u64 q, u32 chunk, u32 column_bits, u32 stride_bits) {
  u32 shift = stride_bits - column_bits;
  u64 strip = q & (((u64)1 << shift) - 1u);
  return (((q >> shift) * chunk) << shift) + (strip << column_bits);
}

/* A column of padding a row of 32 spreads the strides of all stages over the banks. */
FUNCTION u32 padded(u32 e) { return e + (e >> 5); }

KERNEL void walsh_tiles(
    GLOBAL REAL *data,
    u64 total,
    u32 tile_bits,
    u32 column_bits,
    u32 stride_bits,
    u32 first,
    u32 last,
    REAL scale,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(REAL, shared);
  u32 chunk = 1u << tile_bits;
  u64 chunks = (total + chunk - 1u) >> tile_bits;
  for (u64 q = GROUP_ID; q < chunks; q += GROUPS) {
    u64 base = chunk_base(q, chunk, column_bits, stride_bits);
    FOR_LOCAL(e, chunk) {
      u64 at = base + place(e, column_bits, stride_bits);
      shared[padded(e)] = at < total ? data[at] : (REAL)0;
    }
    BARRIER();
    for (u32 b = first; b < last; b += 4u) {
      /* Four neighbouring bits in registers; near the top some of them are done already. */
      u32 low = b < tile_bits - 4u ? b : tile_bits - 4u;
      FOR_LOCAL(v, chunk >> 4) {
        u32 e = (v >> low << (low + 4u)) | (v & ((1u << low) - 1u));
        REAL x[16];
        UNROLL
        for (u32 i = 0; i < 16u; i++) {
          x[i] = shared[padded(e + (i << low))];
        }
        UNROLL
        for (u32 k = 0; k < 4u; k++) {
          if (low + k >= b && low + k < last) {
            UNROLL
            for (u32 i = 0; i < 16u; i++) {
              if ((i >> k & 1u) == 0u) {
                REAL sum = x[i] + x[i | 1u << k];
                x[i | 1u << k] = x[i] - x[i | 1u << k];
                x[i] = sum;
              }
            }
          }
        }
        UNROLL
        for (u32 i = 0; i < 16u; i++) {
          shared[padded(e + (i << low))] = x[i];
        }
      }
      BARRIER();
    }
    FOR_LOCAL(e, chunk) {
      u64 at = base + place(e, column_bits, stride_bits);
      if (at < total) {
        data[at] = shared[padded(e)] * scale;
      }
    }
    BARRIER();
  }
}

/*
 * values: (rows, outputs) row-major, F64; by_output: (outputs, rows) row-major, F32. A group moves
 * tiles of `columns` outputs by `height` rows through local memory, columns * (height + 1) floats,
 * so that it reads and writes neighbours.
 */
KERNEL void walsh_by_output(
    GLOBAL const double *values,
    GLOBAL float *by_output,
    u64 rows,
    u32 outputs,
    u32 columns,
    u32 height,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(float, tile);
  u32 across = (outputs + columns - 1u) / columns;
  u64 tiles = (rows + height - 1u) / height * across;
  for (u64 t = GROUP_ID; t < tiles; t += GROUPS) {
    u64 row = t / across * height;
    u32 output = (u32)(t % across) * columns;
    FOR_LOCAL(i, columns * height) {
      u32 r = i / columns;
      u32 o = i % columns;
      if (row + r < rows && output + o < outputs) {
        tile[o * (height + 1u) + r] = (float)values[(row + r) * outputs + output + o];
      }
    }
    BARRIER();
    FOR_LOCAL(i, columns * height) {
      u32 o = i / height;
      u32 r = i % height;
      if (row + r < rows && output + o < outputs) {
        by_output[(output + o) * rows + row + r] = tile[o * (height + 1u) + r];
      }
    }
    BARRIER();
  }
}

/* A group of one item, as in plain C, cannot hold a chunk in registers. */
#if !defined(WALSH_DOUBLE) && !defined(ABLATE_C)

#include "walsh.h"

/* Numbers of chunk q that exist: contiguous chunks of several rows may be more than there are. */
FUNCTION u32 there(u64 q, u32 chunk, u64 total) {
  u64 left = total - q * chunk;
  return left < chunk ? (u32)left : chunk;
}

/*
 * Before: number 32 k + lane of warp w's 1024 is x[k]. After: x[j] has bits 5 + s and up of its
 * place in the chunk equal to j, and bits below equal to the item's number. The exchange goes in two
 * halves through memory for half a chunk: bit 5 xor the top bit says which half a number is in, so
 * that each item gives and takes 16 numbers in each.
 */
FUNCTION void exchange(LOCAL float *scratch, float *x, u32 s) {
  u32 lane = LOCAL_ID & 31u;
  u32 warp = LOCAL_ID >> 5;
  u32 top = warp >> (s - 1u);
  UNROLL
  for (u32 i = 0; i < 16u; i++) {
    float even = x[2u * i];
    float odd = x[2u * i + 1u];
    x[2u * i] = top != 0u ? odd : even;
    x[2u * i + 1u] = top != 0u ? even : odd;
  }
  u32 bit5 = warp & 1u;
  LOCAL float *give = scratch + lane + 512u * warp;
  UNROLL
  for (u32 h = 0; h < 2u; h++) {
    BARRIER();
    UNROLL
    for (u32 i = 0; i < 16u; i++) {
      give[32u * i] = x[2u * i + h];
    }
    BARRIER();
    LOCAL const float *take = scratch + lane + 32u * ((warp + ((bit5 ^ h) << (s + 4u))) >> 1);
    UNROLL
    for (u32 i = 0; i < 16u; i++) {
      x[2u * i + h] = take[32u * (i << s >> 1)];
    }
  }
  float y[32];
  UNROLL
  for (u32 i = 0; i < 16u; i++) {
    y[i] = bit5 != 0u ? x[2u * i + 1u] : x[2u * i];
    y[i + 16u] = bit5 != 0u ? x[2u * i] : x[2u * i + 1u];
  }
  UNROLL
  for (u32 i = 0; i < 32u; i++) {
    x[i] = y[i];
  }
}

/* Stores an item's numbers: the first one is number e of the chunk, the others lie 2^(5 + s) apart. */
FUNCTION void put_from(
    GLOBAL float *to, const float *x, u32 e, u32 s, u32 column_bits, u32 stride_bits, float scale) {
  if (stride_bits == 0u) {
    put(to + e, x, HELD << s, scale);
  } else {
    u64 step = place(HELD << s, column_bits, stride_bits);
    put(to + place(e, column_bits, stride_bits), x, step, scale);
  }
}

/* The stages 10 .. 9 + s of a chunk of 2^(10 + s), s >= 1, and its way back to memory. */
FUNCTION void upper(
    GLOBAL float *to,
    LOCAL float *scratch,
    float *x,
    u32 s,
    u32 first,
    u32 column_bits,
    u32 stride_bits,
    float scale) {
  exchange(scratch, x, s);
  if (first <= WARP_BITS) {
    stages(x, HELD_BITS, HELD_BITS - s, HELD_BITS);
  } else {
    stages_from(x, first - HELD_BITS - s);
  }
  put_from(to, x, LOCAL_ID, s, column_bits, stride_bits, scale);
}

/*
 * One pass with the numbers of a chunk in registers, 32 an item: stages 0..4 on neighbours, 5..9
 * across a warp, 10..14 across the group. While a chunk is worked on, the group's next one is on its
 * way to local memory. Only the last exchange has barriers of the group. total is a multiple of 4,
 * and of the chunk unless chunks are contiguous and tile_bits is 10; column_bits is at most
 * tile_bits - 5.
 */
KERNEL void GROUP_AT_MOST(REGISTER_ITEMS) walsh_registers(
    GLOBAL float *data,
    u64 total,
    u32 tile_bits,
    u32 column_bits,
    u32 stride_bits,
    u32 first,
    u32 last,
    float scale,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(float, shared);
  u32 s = tile_bits - WARP_BITS;
  u32 lane = LOCAL_ID & 31u;
  u32 warp = LOCAL_ID >> 5;
  LOCAL float *own = shared + WARP_NUMBERS * warp;
  LOCAL float *scratch = shared + HELD * LOCAL_SIZE;
  u32 chunk = HELD * LOCAL_SIZE;
  u32 chunks = (u32)((total + chunk - 1u) / chunk);
  if (GROUP_ID < chunks) {
    u64 base = chunk_base(GROUP_ID, chunk, column_bits, stride_bits);
    fetch(own, data, warp, base, there(GROUP_ID, chunk, total), column_bits, stride_bits);
  }
  for (u32 q = GROUP_ID; q < chunks; q += GROUPS) {
    float x[HELD];
    take_in(own, x, first, last);
    if (q + GROUPS < chunks) {
      u64 next = chunk_base(q + GROUPS, chunk, column_bits, stride_bits);
      fetch(own, data, warp, next, there(q + GROUPS, chunk, total), column_bits, stride_bits);
    }
    stages_among(x, HELD_BITS, first, last);
    GLOBAL float *to = data + chunk_base(q, chunk, column_bits, stride_bits);
    switch (s) {
      case 0:
        if (there(q, chunk, total) < chunk) {
          put_first(to, x, WARP_NUMBERS * warp + lane, there(q, chunk, total), scale);
        } else {
          put_from(to, x, WARP_NUMBERS * warp + lane, 0, column_bits, stride_bits, scale);
        }
        break;
#if defined(ABLATE_CUDA)
      /* A number that is known to the compiler makes offsets of instructions from what depends on it. */
      case 1: upper(to, scratch, x, 1, first, column_bits, stride_bits, scale); break;
      case 2: upper(to, scratch, x, 2, first, column_bits, stride_bits, scale); break;
      case 3: upper(to, scratch, x, 3, first, column_bits, stride_bits, scale); break;
      case 4: upper(to, scratch, x, 4, first, column_bits, stride_bits, scale); break;
#endif
      default: upper(to, scratch, x, s, first, column_bits, stride_bits, scale); break;
    }
  }
}

#endif
