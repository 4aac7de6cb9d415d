#ifndef ABLATE_WALSH_H
#define ABLATE_WALSH_H

/* What the kernels of walsh.cl share that hold 32 numbers of a chunk an item in registers. */

#if defined(ABLATE_CUDA)

/* 16 bytes that pass the registers by; sm_80 and newer. */
FUNCTION void copy16(float *to, const float *from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(
                   (u32)__cvta_generic_to_shared(to)),
               "l"(from)
               : "memory");
}

/* Waits for this item's copies, then for those of its warp. */
FUNCTION void wait_for_copies(void) {
  asm volatile("cp.async.wait_all;" ::: "memory");
  WARP_BARRIER();
}

FUNCTION void read4(const float *from, float *to) {
  float4 v = *(const float4 *)from;
  to[0] = v.x;
  to[1] = v.y;
  to[2] = v.z;
  to[3] = v.w;
}

FUNCTION void write4(float *to, const float *from) {
  *(float4 *)to = make_float4(from[0], from[1], from[2], from[3]);
}

#define STEP_TOGETHER() WARP_BARRIER()

#else

FUNCTION void copy16(LOCAL float *to, GLOBAL const float *from) { vstore4(vload4(0, from), 0, to); }

FUNCTION void read4(LOCAL const float *from, float *to) { vstore4(vload4(0, from), 0, to); }

FUNCTION void write4(LOCAL float *to, const float *from) { vstore4(vload4(0, from), 0, to); }

/* Without warps the whole group waits. */
#define STEP_TOGETHER() BARRIER()
#define wait_for_copies() BARRIER()

#endif

/* The stages from..to - 1 of 2^bits numbers, as bits of the place of a number in x. */
FUNCTION void stages(float *x, u32 bits, u32 from, u32 to) {
  UNROLL
  for (u32 k = 0; k < bits; k++) {
    if (k >= from && k < to) {
      UNROLL
      for (u32 i = 0; i < 1u << bits; i++) {
        if ((i >> k & 1u) == 0u) {
          float sum = x[i] + x[i | 1u << k];
          x[i | 1u << k] = x[i] - x[i | 1u << k];
          x[i] = sum;
        }
      }
    }
  }
}

/*
 * The stages from..4 of 32 numbers. A branch around each stage costs a move for every second number,
 * because both ways have to leave it in the same register; one branch for all of them does not.
 */
FUNCTION void stages_from(float *x, u32 from) {
  switch (from) {
    case 0: stages(x, HELD_BITS, 0, HELD_BITS); break;
    case 1: stages(x, HELD_BITS, 1, HELD_BITS); break;
    case 2: stages(x, HELD_BITS, 2, HELD_BITS); break;
    case 3: stages(x, HELD_BITS, 3, HELD_BITS); break;
    case 4: stages(x, HELD_BITS, 4, HELD_BITS); break;
    default: break;
  }
}

/* The stages among first..last - 1 that are bits of a number's place in x; bit 0 is stage at. */
FUNCTION void stages_among(float *x, u32 at, u32 first, u32 last) {
  u32 from = first > at ? first - at : 0u;
  if (last >= at + HELD_BITS) {
    stages_from(x, from);
  } else {
    stages(x, HELD_BITS, from, last > at ? last - at : 0u);
  }
}

/*
 * Starts the copy of the 1024 numbers of a chunk's warp; only the first `there` numbers of the chunk
 * exist. Four numbers are a granule; the last three bits of a granule's place are xored with the next
 * three, so that neither reading 32 neighbours an item nor reading every 32nd has bank conflicts.
 * place() moves bits, so the places of numbers without common bits add up: an item computes one and
 * the steps from it are the same for all items.
 */
FUNCTION void fetch(
    LOCAL float *own,
    GLOBAL const float *data,
    u32 warp,
    u64 base,
    u32 there,
    u32 column_bits,
    u32 stride_bits) {
  u32 lane = LOCAL_ID & 31u;
  u32 e = (warp << WARP_BITS) + 4u * lane;
  GLOBAL const float *from = data + base + place(e, column_bits, stride_bits);
  LOCAL float *even = own + 4u * (lane ^ lane >> 3);
  LOCAL float *odd = own + 4u * (lane ^ lane >> 3 ^ 4u);
  if (stride_bits == 0u && (warp + 1u) << WARP_BITS <= there) {
    UNROLL
    for (u32 k = 0; k < 8u; k++) {
      copy16(((k & 1u) != 0u ? odd : even) + 128u * k, from + 128u * k);
    }
    return;
  }
  UNROLL
  for (u32 k = 0; k < 8u; k++) {
    if (e + 128u * k < there) {
      copy16(((k & 1u) != 0u ? odd : even) + 128u * k, from + place(128u * k, column_bits, stride_bits));
    }
  }
}

/*
 * Waits for a warp's 1024 numbers, does the stages 0..4 on 32 neighbours an item, and leaves number
 * 32 k + lane in x[k]. Then the memory is free for the next copy.
 */
FUNCTION void take_in(LOCAL float *own, float *x, u32 first, u32 last) {
  u32 lane = LOCAL_ID & 31u;
  wait_for_copies();
  if (first < 5u) {
    UNROLL
    for (u32 k = 0; k < 8u; k++) {
      read4(own + 4u * (8u * lane + (k ^ (lane & 7u))), x + 4u * k);
    }
    stages_among(x, 0, first, last);
    UNROLL
    for (u32 k = 0; k < 8u; k++) {
      write4(own + 4u * (8u * lane + (k ^ (lane & 7u))), x + 4u * k);
    }
    STEP_TOGETHER();
  }
  UNROLL
  for (u32 k = 0; k < HELD; k++) {
    x[k] = own[32u * k + ((lane >> 2 ^ (k & 7u)) << 2) + (lane & 3u)];
  }
  STEP_TOGETHER();
}

/* Stores an item's numbers, x[k] times scale to to[k * step]. */
FUNCTION void put(GLOBAL float *to, const float *x, u64 step, float scale) {
  UNROLL
  for (u32 k = 0; k < HELD; k++) {
    to[k * step] = x[k] * scale;
  }
}

/* The same where numbers of a warp are neighbours and only the first `there` of the chunk exist. */
FUNCTION void put_first(GLOBAL float *to, const float *x, u32 e, u32 there, float scale) {
  UNROLL
  for (u32 k = 0; k < HELD; k++) {
    if (e + HELD * k < there) {
      to[e + HELD * k] = x[k] * scale;
    }
  }
}

#endif
