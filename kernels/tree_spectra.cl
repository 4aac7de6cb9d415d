/*
 * Exact spectra of regression trees on bits.
 *
 *   With E(v) the mean of the subtree at v over uniform masks, a tree is E(root) plus, for every
 *   split on i behind the bits b_j of a path of d features with i itself,
 *   (E(left) - E(right)) 2^-d prod_{j in S, j != i} (-1)^b_j on every S with i in S, S within the
 *   path and i. A feature that returns on a path is decided already and is no split.
 *
 * Steps: count the splits of each tree, write one record a split, write the terms of all records
 * with their sets as keys. kernels/sort.cl sorts them, kernels/set_sums.cl adds those of each set.
 *
 * Several forests are walked at once: tree t belongs to the last forest f with tree_starts[f] <= t,
 * its nodes are counted from node_starts[f]. Both are I32 (forests,).
 *
 * Assumptions: at most PATH features on a path; fewer than 2^31 terms, 2^24 forests.
 * Tolerance: records and terms are the bits of HostTreeSpectra, means of trees too.
 * Source: Gorji, Amrollahi, Krause, arXiv 2410.06300.
 */
#include "device.h"

/* Most features on a path: its 2^29 terms are more than memory holds anyway. */
#define PATH 30u
/* Trees whose means are added at once, as HostTreeSpectra does. */
#define TREES 256u

/* The last of `count` ascending starts that is at most t; the first one is. */
FUNCTION u32 last_start(GLOBAL const i32 *RESTRICT starts, u32 count, u32 t) {
  u32 low = 0;
  u32 high = count;
  while (high - low > 1u) {
    u32 middle = (low + high) >> 1;
    if ((u32)starts[middle] <= t) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

/* The features on the way to a node, ascending, and the bits they have there. */
typedef struct {
  u32 features[PATH];
  u32 length;
  u32 kept;
} tree_path;

/* The place of a feature on a path, or where it belongs. */
FUNCTION u32 path_place(const tree_path *path, u32 feature) {
  u32 at = 0;
  while (at < path->length && path->features[at] < feature) { at++; }
  return at;
}

FUNCTION void path_insert(tree_path *path, u32 at, u32 feature) {
  for (u32 k = path->length; k > at; k--) { path->features[k] = path->features[k - 1u]; }
  path->features[at] = feature;
  path->length++;
  u32 below = ((u32)1 << at) - 1u;
  path->kept = (path->kept & below) | (path->kept & ~below) << 1;
}

FUNCTION void path_remove(tree_path *path, u32 at) {
  path->length--;
  for (u32 k = at; k < path->length; k++) { path->features[k] = path->features[k + 1u]; }
  u32 below = ((u32)1 << at) - 1u;
  path->kept = (path->kept & below) | (path->kept >> 1 & ~below);
}

/*
 * The children for bit 1 of nodes [first, first + count) whose two children stand side by side; -1
 * at a leaf. right, left: I32 (nodes,). An item a node.
 */
KERNEL void tree_spectra_right(
    GLOBAL i32 *RESTRICT right,
    GLOBAL const i32 *RESTRICT left,
    u32 first,
    u32 count,
    LOCAL_PARAMETER) {
  FOR_EACH(i, count) {
    i32 child = left[first + i];
    right[first + i] = child < 0 ? -1 : child + 1;
  }
}

/*
 * Sizes of trees.
 *   split_counts  I32 (trees,), splits; term_counts I32 (trees,), terms of all splits of a tree
 *   most          U64 (3,): most features on a path (more than PATH where a path is too long),
 *                 largest feature, number of terms of all trees; cleared before
 *   roots         I32 (trees,), feature, left, right I32 (nodes,)
 * An item walks a tree; the stack holds only splits, which are at most PATH deep.
 */
KERNEL void tree_spectra_count(
    GLOBAL i32 *RESTRICT split_counts,
    GLOBAL i32 *RESTRICT term_counts,
    GLOBAL u64 *most,
    GLOBAL const i32 *RESTRICT tree_starts,
    GLOBAL const i32 *RESTRICT node_starts,
    GLOBAL const i32 *RESTRICT roots,
    GLOBAL const i32 *RESTRICT feature,
    GLOBAL const i32 *RESTRICT left,
    GLOBAL const i32 *RESTRICT right,
    u32 forests,
    u32 trees,
    LOCAL_PARAMETER) {
  FOR_EACH(t, trees) {
    u32 base = (u32)node_starts[last_start(tree_starts, forests, (u32)t)];
    tree_path path;
    path.length = 0;
    path.kept = 0;
    u32 stack[PATH];
    u32 places[PATH];
    u32 second = 0; /* bit: the right child of this split is being walked */
    u32 node = base + (u32)roots[t];
    u32 splits = 0;
    u64 terms = 0;
    u32 longest = 0;
    u32 largest = 0;
    u32 walking = 1;
    while (walking != 0u) {
      i32 f = feature[node];
      u32 at = f < 0 ? 0 : path_place(&path, (u32)f);
      if (f >= 0 && at < path.length && path.features[at] == (u32)f) {
        node = base + (u32)((path.kept >> at & 1u) != 0u ? right[node] : left[node]);
      } else if (f >= 0 && path.length < PATH) {
        stack[path.length] = node;
        places[path.length] = at;
        second &= ~((u32)1 << path.length);
        path_insert(&path, at, (u32)f);
        splits++;
        terms += (u64)1 << (path.length - 1u);
        longest = path.length > longest ? path.length : longest;
        largest = (u32)f > largest ? (u32)f : largest;
        node = base + (u32)left[node];
      } else if (f >= 0) {
        longest = PATH + 1u;
        walking = 0;
      } else {
        while (path.length > 0u && (second >> (path.length - 1u) & 1u) != 0u) {
          path_remove(&path, places[path.length - 1u]);
        }
        if (path.length > 0u) {
          second |= (u32)1 << (path.length - 1u);
          path.kept |= (u32)1 << places[path.length - 1u];
          node = base + (u32)right[stack[path.length - 1u]];
        } else {
          walking = 0;
        }
      }
    }
    split_counts[t] = (i32)splits;
    /* Too many terms for any memory show in the sum, not here. */
    term_counts[t] = (i32)(terms & 0x7FFFFFFFu);
    ATOMIC_MAX_U64(most, (u64)longest);
    ATOMIC_MAX_U64(most + 1, (u64)largest);
    ATOMIC_ADD_U64(most + 2, terms);
  }
}

/*
 * Means of trees and one record a split, in the order in which their subtrees are done.
 *   means          F64 (trees,)
 *   record_paths   I32 (splits, longest) row-major, the features of a split's path and its own
 *   record_shapes  U64 (splits,): bits of the path | place of the split's own feature << 32 |
 *                  forest << 40
 *   record_terms   F64 (splits,), the term with no sign changed
 *   record_starts  I32 (splits,), where a split's terms begin
 *   split_starts, term_starts  U64 (trees + 1,), prefix sums of tree_spectra_count's counts
 * An item walks a tree.
 */
KERNEL void tree_spectra_records(
    GLOBAL double *RESTRICT means,
    GLOBAL i32 *RESTRICT record_paths,
    GLOBAL u64 *RESTRICT record_shapes,
    GLOBAL double *RESTRICT record_terms,
    GLOBAL i32 *RESTRICT record_starts,
    GLOBAL const u64 *RESTRICT split_starts,
    GLOBAL const u64 *RESTRICT term_starts,
    GLOBAL const i32 *RESTRICT tree_starts,
    GLOBAL const i32 *RESTRICT node_starts,
    GLOBAL const i32 *RESTRICT roots,
    GLOBAL const i32 *RESTRICT feature,
    GLOBAL const i32 *RESTRICT left,
    GLOBAL const i32 *RESTRICT right,
    GLOBAL const double *RESTRICT value,
    u32 forests,
    u32 trees,
    u32 longest,
    LOCAL_PARAMETER) {
  FOR_EACH(t, trees) {
    u32 forest = last_start(tree_starts, forests, (u32)t);
    u32 base = (u32)node_starts[forest];
    tree_path path;
    path.length = 0;
    path.kept = 0;
    u32 stack[PATH];
    u32 places[PATH];
    double firsts[PATH]; /* mean of the left child */
    u32 second = 0;
    u32 node = base + (u32)roots[t];
    u64 record = split_starts[t];
    u64 start = term_starts[t];
    u32 walking = 1;
    while (walking != 0u) {
      i32 f = feature[node];
      if (f >= 0) {
        u32 at = path_place(&path, (u32)f);
        if (at < path.length && path.features[at] == (u32)f) {
          node = base + (u32)((path.kept >> at & 1u) != 0u ? right[node] : left[node]);
        } else {
          stack[path.length] = node;
          places[path.length] = at;
          second &= ~((u32)1 << path.length);
          path_insert(&path, at, (u32)f);
          node = base + (u32)left[node];
        }
      } else {
        double mean = value[node];
        while (path.length > 0u && (second >> (path.length - 1u) & 1u) != 0u) {
          u32 at = places[path.length - 1u];
          double first = firsts[path.length - 1u];
          path.kept &= ~((u32)1 << at);
          /* A power of two: as exact as scaling the exponent. */
          double scale = BITS_DOUBLE((u64)(1023u - path.length) << 52);
          record_terms[record] = MUL64(ADD64(first, -mean), scale);
          record_shapes[record] = (u64)path.kept | (u64)at << 32 | (u64)forest << 40;
          record_starts[record] = (i32)start;
          for (u32 k = 0; k < path.length; k++) {
            record_paths[record * longest + k] = (i32)path.features[k];
          }
          record++;
          start += (u64)1 << (path.length - 1u);
          path_remove(&path, at);
          mean = MUL64(ADD64(first, mean), 0.5);
        }
        if (path.length > 0u) {
          firsts[path.length - 1u] = mean;
          second |= (u32)1 << (path.length - 1u);
          path.kept |= (u32)1 << places[path.length - 1u];
          node = base + (u32)right[stack[path.length - 1u]];
        } else {
          means[t] = mean;
          walking = 0;
        }
      }
    }
  }
}

/*
 * Sums of the means of TREES trees at a time, one after another.
 *   sums   F64 (blocks,)
 *   first, end  I32 (blocks,), the trees of a block
 */
KERNEL void tree_spectra_means(
    GLOBAL double *RESTRICT sums,
    GLOBAL const double *RESTRICT means,
    GLOBAL const i32 *RESTRICT first,
    GLOBAL const i32 *RESTRICT end,
    u32 blocks,
    LOCAL_PARAMETER) {
  FOR_EACH(b, blocks) {
    double sum = 0.0;
    for (i32 t = first[b]; t < end[b]; t++) { sum = ADD64(sum, means[t]); }
    sums[b] = sum;
  }
}

/*
 * The terms of all records.
 *   terms  F64 (term_count,)
 *   keys   U64 (key_words, term_count) row-major
 *   records as tree_spectra_records gives them
 *   order_bits, feature_bits, first_slots, slots, longest: the fields of a key, see set_sums.cl
 * An item makes a term; it finds its record by bisection.
 */
KERNEL void tree_spectra_terms(
    GLOBAL double *RESTRICT terms,
    GLOBAL u64 *RESTRICT keys,
    GLOBAL const i32 *RESTRICT record_paths,
    GLOBAL const u64 *RESTRICT record_shapes,
    GLOBAL const double *RESTRICT record_terms,
    GLOBAL const i32 *RESTRICT record_starts,
    u32 records,
    u32 term_count,
    u32 longest,
    u32 order_bits,
    u32 feature_bits,
    u32 first_slots,
    u32 slots,
    LOCAL_PARAMETER) {
  FOR_EACH(i, term_count) {
    u32 record = last_start(record_starts, records, (u32)i);
    u64 shape = record_shapes[record];
    u32 at = (u32)(shape >> 32) & 255u;
    /* The subsets of the rest of the path in ascending order, the split's own feature between. */
    u32 subset = (u32)i - (u32)record_starts[record];
    u32 below = ((u32)1 << at) - 1u;
    u32 members = (subset & below) | (u32)1 << at | (subset & ~below) << 1;
    double term = record_terms[record];
    terms[i] = (POPCOUNT32(members & (u32)shape) & 1u) != 0u ? -term : term;
    u64 word = shape >> 40 << order_bits | POPCOUNT32(members);
    u32 room = first_slots;
    u32 w = 0;
    for (u32 k = 0; k < longest; k++) {
      if (room == 0u) {
        keys[(u64)w * term_count + i] = word;
        w++;
        word = 0;
        room = slots;
      }
      u32 next = 0;
      if (members != 0u) {
        /* The lowest member: the bits below it, counted. */
        u32 place = POPCOUNT32((members & (0u - members)) - 1u);
        next = (u32)record_paths[(u64)record * longest + place];
        members &= members - 1u;
      }
      word = word << feature_bits | next;
      room--;
    }
    keys[(u64)w * term_count + i] = word;
  }
}
