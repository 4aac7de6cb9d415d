#ifndef ABLATE_CLUSTER_H
#define ABLATE_CLUSTER_H

/*
 * Clusters: two neighbouring groups, members 0 and 1, that run at the same time and read each other's
 * local memory. CUDA from sm_90 on; the number of groups of a launch is even. OpenCL has none: a
 * group of twice the items, with twice the local memory, stands for both members there, so that a
 * kernel's indices can be checked without such a device. Plain C has no twin.
 *
 *   CLUSTER_AT_MOST(items, groups)  as LAUNCH_BOUNDS, of a kernel whose groups form clusters
 *   CLUSTER_ID, CLUSTERS            this cluster and how many there are
 *   MEMBER, MEMBER_ID, MEMBER_SIZE  the group in its cluster; the item in its group; items a group
 *   MEMBER_MEMORY(type, name, n)    a group's own n numbers of local memory
 *   OTHER_MEMBERS(pointer, n)       the same place in the other group's
 *
 * CLUSTER_ARRIVE and CLUSTER_WAIT are the halves of a barrier of the cluster, in turn: what either
 * group did before it arrives is done for both behind the wait, and there is time for other work in
 * between. A group whose memory the other one reads must not end before it waited for that.
 */

/* Groups of a cluster. */
#define MEMBERS 2u

#if defined(ABLATE_CUDA)

#define CLUSTER_AT_MOST(items, groups) __cluster_dims__(MEMBERS, 1, 1) __launch_bounds__(items, groups)
#define CLUSTER_ID (GROUP_ID >> 1)
#define CLUSTERS (GROUPS >> 1)
#define MEMBER (GROUP_ID & 1u)
#define MEMBER_ID LOCAL_ID
#define MEMBER_SIZE LOCAL_SIZE
#define MEMBER_MEMORY(type, name, n) LOCAL_MEMORY(type, name)
#define OTHER_MEMBERS(pointer, n) cluster_map(pointer, MEMBER ^ 1u)
/* Release and acquire, which the language has no words for before its version 8.0, are the default. */
#define CLUSTER_ARRIVE() asm volatile("barrier.cluster.arrive.aligned;" ::: "memory")
#define CLUSTER_WAIT() asm volatile("barrier.cluster.wait.aligned;" ::: "memory")

FUNCTION const float *cluster_map(const float *pointer, u32 member) {
  const float *mapped;
  asm("mapa.u64 %0, %1, %2;" : "=l"(mapped) : "l"(pointer), "r"(member));
  return mapped;
}

#elif defined(ABLATE_OPENCL)

#define CLUSTER_AT_MOST(items, groups)
#define CLUSTER_ID GROUP_ID
#define CLUSTERS GROUPS
#define MEMBER (LOCAL_ID / MEMBER_SIZE)
#define MEMBER_ID (LOCAL_ID % MEMBER_SIZE)
#define MEMBER_SIZE (LOCAL_SIZE / MEMBERS)
#define MEMBER_MEMORY(type, name, n)  \
  LOCAL_MEMORY(type, name);           \
  name += MEMBER * (n)
#define OTHER_MEMBERS(pointer, n) ((pointer) + (n) - 2u * MEMBER * (n))
/* What is right with its two halves apart is right with all of it at either of them. */
#ifdef CLUSTER_EARLY
#define CLUSTER_ARRIVE() BARRIER()
#define CLUSTER_WAIT() ((void)0)
#else
#define CLUSTER_ARRIVE() ((void)0)
#define CLUSTER_WAIT() BARRIER()
#endif

#endif

#endif
