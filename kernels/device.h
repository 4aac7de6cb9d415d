/*
 * The dialect of the kernels: one source, three compilers.
 *
 *   CUDA      compiled by nvcc or NVRTC with -DABLATE_CUDA
 *   OpenCL    OpenCL C 1.2 with double precision and 64-bit atomics, with -DABLATE_OPENCL
 *   plain C   C99 with -DABLATE_C: a group has one work item, the driver loops over the groups
 *
 * A kernel is written as
 *
 *   KERNEL void stem_name(GLOBAL const u64 *in, GLOBAL u64 *out, u32 count, LOCAL_PARAMETER) {
 *     LOCAL_MEMORY(u64, shared);            // only where it uses local memory
 *     FOR_EACH(i, count) { out[i] = in[i]; }
 *   }
 *
 * Rules: right for any group size, 1 included; no return before a barrier and no barrier in a
 * branch or loop that some items of a group leave earlier; local memory is the one last parameter.
 */
#ifndef ABLATE_DEVICE_H
#define ABLATE_DEVICE_H

#if defined(ABLATE_CUDA)

typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;
typedef long long i64;

#define KERNEL extern "C" __global__
/* Between void and the name of a kernel: most items a group, so that more registers are free, */
/* and fewest groups a multiprocessor. */
#define LAUNCH_BOUNDS(items, groups) __launch_bounds__(items, groups)
#define GROUP_AT_MOST(items) __launch_bounds__(items)
#define FUNCTION static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define CONSTANT static __device__ const
#define RESTRICT __restrict__
/* The size of local memory is a launch parameter; this one is not used. */
#define LOCAL_PARAMETER u32 local_bytes_
#define LOCAL_MEMORY(type, name)              \
  extern __shared__ u64 local_memory_[];      \
  type *name = (type *)local_memory_
#define BARRIER() __syncthreads()
#define GROUP_ID ((u32)blockIdx.x)
#define GROUPS ((u32)gridDim.x)
#define LOCAL_ID ((u32)threadIdx.x)
#define LOCAL_SIZE ((u32)blockDim.x)

#define ATOMIC_ADD_U32(p, v) atomicAdd((p), (v))
#define ATOMIC_ADD_U64(p, v) atomicAdd((p), (v))
#define ATOMIC_MAX_U64(p, v) atomicMax((p), (v))
#define ATOMIC_CAS_U32(p, o, n) atomicCAS((p), (o), (n))
#define ATOMIC_CAS_U64(p, o, n) atomicCAS((p), (o), (n))
#define LOCAL_ADD_U32(p, v) atomicAdd((p), (v))
#define LOCAL_ADD_U64(p, v) atomicAdd((p), (v))
#define LOCAL_MAX_U32(p, v) atomicMax((p), (v))
#define LOCAL_MAX_U64(p, v) atomicMax((p), (v))
#define LOCAL_XOR_U32(p, v) atomicXor((p), (v))

#define POPCOUNT32(x) ((u32)__popc(x))
#define POPCOUNT64(x) ((u32)__popcll(x))
#define CLZ32(x) ((u32)__clz((int)(x)))
#define CLZ64(x) ((u32)__clzll((long long)(x)))
#define MUL_HI32(a, b) __umulhi((a), (b))
#define FLOAT_BITS(x) __float_as_uint(x)
#define BITS_FLOAT(x) __uint_as_float(x)
#define DOUBLE_BITS(x) ((u64)__double_as_longlong(x))
#define BITS_DOUBLE(x) __longlong_as_double((long long)(x))
#define FMA32(a, b, c) __fmaf_rn((a), (b), (c))
#define FMA64(a, b, c) __fma_rn((a), (b), (c))
/* Products and sums that must not be contracted, so that every backend rounds alike. */
#define ADD64(a, b) __dadd_rn((a), (b))
#define MUL64(a, b) __dmul_rn((a), (b))
#define RINT64(x) rint(x)
#define UNROLL _Pragma("unroll")

/* Warp shuffles and ballots: 32 items in step. Paths that use them have a plain twin. */
#define HAS_SHUFFLE 1
#define WARP 32
#define SHUFFLE_XOR(v, m) __shfl_xor_sync(0xffffffffu, (v), (m))
#define SHUFFLE(v, lane) __shfl_sync(0xffffffffu, (v), (lane))
#define BALLOT(p) __ballot_sync(0xffffffffu, (p))
/* The items of the warp that have the same u32, as bits. */
#define MATCH_ANY(v) __match_any_sync(0xffffffffu, (v))
/* The largest and the least u32 of the warp, for every item. */
#define WARP_MAX_U32(v) __reduce_max_sync(0xffffffffu, (v))
#define WARP_MIN_U32(v) __reduce_min_sync(0xffffffffu, (v))
#define WARP_BARRIER() __syncwarp()

#elif defined(ABLATE_OPENCL)

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable
#pragma OPENCL FP_CONTRACT OFF

typedef uchar u8;
typedef char i8;
typedef ushort u16;
typedef uint u32;
typedef int i32;
typedef ulong u64;
typedef long i64;

#define KERNEL __kernel
#define LAUNCH_BOUNDS(items, groups)
#define GROUP_AT_MOST(items)
#define FUNCTION static inline
#define GLOBAL __global
#define LOCAL __local
#define CONSTANT __constant
#define RESTRICT restrict
#define LOCAL_PARAMETER __local u64 *local_memory_
#define LOCAL_MEMORY(type, name) __local type *name = (__local type *)local_memory_
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define GROUP_ID ((u32)get_group_id(0))
#define GROUPS ((u32)get_num_groups(0))
#define LOCAL_ID ((u32)get_local_id(0))
#define LOCAL_SIZE ((u32)get_local_size(0))

#define ATOMIC_ADD_U32(p, v) atomic_add((p), (v))
#define ATOMIC_ADD_U64(p, v) atom_add((p), (v))
#define ATOMIC_MAX_U64(p, v) atom_max((p), (v))
#define ATOMIC_CAS_U32(p, o, n) atomic_cmpxchg((p), (o), (n))
#define ATOMIC_CAS_U64(p, o, n) atom_cmpxchg((p), (o), (n))
#define LOCAL_ADD_U32(p, v) atomic_add((p), (v))
#define LOCAL_ADD_U64(p, v) atom_add((p), (v))
#define LOCAL_MAX_U32(p, v) atomic_max((p), (v))
#define LOCAL_MAX_U64(p, v) atom_max((p), (v))
#define LOCAL_XOR_U32(p, v) atomic_xor((p), (v))

#define POPCOUNT32(x) ((u32)popcount((u32)(x)))
#define POPCOUNT64(x) ((u32)popcount((u64)(x)))
#define CLZ32(x) ((u32)clz((u32)(x)))
#define CLZ64(x) ((u32)clz((u64)(x)))
#define MUL_HI32(a, b) mul_hi((a), (b))
#define FLOAT_BITS(x) as_uint(x)
#define BITS_FLOAT(x) as_float(x)
#define DOUBLE_BITS(x) as_ulong(x)
#define BITS_DOUBLE(x) as_double(x)
#define FMA32(a, b, c) fma((float)(a), (float)(b), (float)(c))
#define FMA64(a, b, c) fma((double)(a), (double)(b), (double)(c))
#define ADD64(a, b) ((a) + (b))
#define MUL64(a, b) ((a) * (b))
#define RINT64(x) rint(x)
#define UNROLL

#elif defined(ABLATE_C)

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef int8_t i8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t i32;
typedef uint64_t u64;
typedef int64_t i64;

#define KERNEL
#define LAUNCH_BOUNDS(items, groups)
#define GROUP_AT_MOST(items)
#define FUNCTION static inline
#define GLOBAL
#define LOCAL
#define CONSTANT static const
#define RESTRICT restrict
#define LOCAL_PARAMETER u64 *local_memory_
#define LOCAL_MEMORY(type, name) type *name = (type *)local_memory_
#define BARRIER() ((void)0)
/* The driver sets these before each call of a kernel. */
static u32 group_id_, groups_;
#define GROUP_ID group_id_
#define GROUPS groups_
#define LOCAL_ID ((u32)0)
#define LOCAL_SIZE ((u32)1)

FUNCTION u32 c_add_u32(u32 *p, u32 v) { u32 old = *p; *p = old + v; return old; }
FUNCTION u64 c_add_u64(u64 *p, u64 v) { u64 old = *p; *p = old + v; return old; }
FUNCTION u32 c_max_u32(u32 *p, u32 v) { u32 old = *p; if (v > old) *p = v; return old; }
FUNCTION u64 c_max_u64(u64 *p, u64 v) { u64 old = *p; if (v > old) *p = v; return old; }
FUNCTION u32 c_xor_u32(u32 *p, u32 v) { u32 old = *p; *p = old ^ v; return old; }
FUNCTION u32 c_cas_u32(u32 *p, u32 o, u32 n) { u32 old = *p; if (old == o) *p = n; return old; }
FUNCTION u64 c_cas_u64(u64 *p, u64 o, u64 n) { u64 old = *p; if (old == o) *p = n; return old; }
FUNCTION u32 c_float_bits(float x) { u32 b; memcpy(&b, &x, 4); return b; }
FUNCTION float c_bits_float(u32 b) { float x; memcpy(&x, &b, 4); return x; }
FUNCTION u64 c_double_bits(double x) { u64 b; memcpy(&b, &x, 8); return b; }
FUNCTION double c_bits_double(u64 b) { double x; memcpy(&x, &b, 8); return x; }
#define ATOMIC_ADD_U32(p, v) c_add_u32((p), (v))
#define ATOMIC_ADD_U64(p, v) c_add_u64((p), (v))
#define ATOMIC_MAX_U64(p, v) c_max_u64((p), (v))
#define ATOMIC_CAS_U32(p, o, n) c_cas_u32((p), (o), (n))
#define ATOMIC_CAS_U64(p, o, n) c_cas_u64((p), (o), (n))
#define LOCAL_ADD_U32(p, v) c_add_u32((p), (v))
#define LOCAL_ADD_U64(p, v) c_add_u64((p), (v))
#define LOCAL_MAX_U32(p, v) c_max_u32((p), (v))
#define LOCAL_MAX_U64(p, v) c_max_u64((p), (v))
#define LOCAL_XOR_U32(p, v) c_xor_u32((p), (v))

#define POPCOUNT32(x) ((u32)__builtin_popcount(x))
#define POPCOUNT64(x) ((u32)__builtin_popcountll(x))
#define CLZ32(x) ((x) == 0 ? 32u : (u32)__builtin_clz(x))
#define CLZ64(x) ((x) == 0 ? 64u : (u32)__builtin_clzll(x))
#define MUL_HI32(a, b) ((u32)(((u64)(a) * (u64)(b)) >> 32))
#define FLOAT_BITS(x) c_float_bits(x)
#define BITS_FLOAT(x) c_bits_float(x)
#define DOUBLE_BITS(x) c_double_bits(x)
#define BITS_DOUBLE(x) c_bits_double(x)
#define FMA32(a, b, c) fmaf((a), (b), (c))
#define FMA64(a, b, c) fma((a), (b), (c))
#define ADD64(a, b) ((a) + (b))
#define MUL64(a, b) ((a) * (b))
#define RINT64(x) rint(x)
#define UNROLL

#else
#error "define ABLATE_CUDA, ABLATE_OPENCL or ABLATE_C"
#endif

#define GLOBAL_ID ((u64)GROUP_ID * LOCAL_SIZE + LOCAL_ID)
#define GLOBAL_SIZE ((u64)GROUPS * LOCAL_SIZE)
/* Every item of the grid takes each GLOBAL_SIZE-th index below count. */
#define FOR_EACH(i, count) for (u64 i = GLOBAL_ID; i < (u64)(count); i += GLOBAL_SIZE)
/* Every item of the group takes each LOCAL_SIZE-th index below count. */
#define FOR_LOCAL(i, count) for (u32 i = LOCAL_ID; i < (u32)(count); i += LOCAL_SIZE)
/* Every group takes each GROUPS-th index below count. */
#define FOR_GROUP(g, count) for (u32 g = GROUP_ID; g < (u32)(count); g += GROUPS)

/* Words of 64 bits that so many bits take. */
#define WORDS64(bits) (((bits) + 63u) >> 6)

#endif
