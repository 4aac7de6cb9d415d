#include "driver.h"

#include "../kernels/tree_spectra.cl"

/* Forests side by side, as the kernels take them. */
typedef struct {
  u32 forests, trees, nodes, capacity, features;
  i32 *tree_starts, *node_starts, *roots, *feature, *left, *right;
  double *value;
} forest_set;

static u32 new_node(forest_set *all) {
  CHECK(all->nodes < all->capacity, "too many nodes");
  all->feature[all->nodes] = all->left[all->nodes] = all->right[all->nodes] = -1;
  all->value[all->nodes] = random_number();
  return all->nodes++;
}

/* A node counted from the forest's first; features may come back on a path. */
static i32 grow(forest_set *all, u32 base, u32 depth, int full) {
  u32 node = new_node(all);
  if (depth > 0 && (full || random_bits() % 5u > 0)) {
    all->feature[node] = full ? (i32)(all->features - depth) : (i32)(random_bits() % all->features);
    all->left[node] = grow(all, base, depth - 1u, full);
    all->right[node] = full ? (i32)(new_node(all) - base) : grow(all, base, depth - 1u, full);
  }
  return (i32)(node - base);
}

/* full: chains of that depth with all features different; otherwise random trees. */
static void make(forest_set *all, u32 forests, u32 trees_each, u32 features, u32 depth, int full) {
  all->forests = forests;
  all->features = features;
  all->trees = all->nodes = 0;
  all->capacity = forests * trees_each * (full ? 2u * depth + 1u : (2u << depth)) + 1u;
  all->tree_starts = BUFFER(i32, forests);
  all->node_starts = BUFFER(i32, forests);
  all->roots = BUFFER(i32, forests * trees_each);
  all->feature = BUFFER(i32, all->capacity);
  all->left = BUFFER(i32, all->capacity);
  all->right = BUFFER(i32, all->capacity);
  all->value = BUFFER(double, all->capacity);
  for (u32 f = 0; f < forests; f++) {
    all->tree_starts[f] = (i32)all->trees;
    all->node_starts[f] = (i32)all->nodes;
    /* Every third forest has no trees. */
    for (u32 t = 0; f % 3u != 1u && t < trees_each; t++) {
      u32 base = (u32)all->node_starts[f];
      all->roots[all->trees] = grow(all, base, depth, full);
      all->trees++;
    }
  }
}

static double walk(const forest_set *all, u32 f, const u32 *mask) {
  double sum = 0;
  u32 end = f + 1u < all->forests ? (u32)all->tree_starts[f + 1u] : all->trees;
  u32 base = (u32)all->node_starts[f];
  for (u32 t = (u32)all->tree_starts[f]; t < end; t++) {
    u32 node = base + (u32)all->roots[t];
    while (all->feature[node] >= 0) {
      node = base + (u32)(mask[all->feature[node]] ? all->right[node] : all->left[node]);
    }
    sum += all->value[node];
  }
  return sum;
}

static u64 *prefix(const i32 *counts, u32 count) {
  u64 *sums = BUFFER(u64, count + 1u);
  sums[0] = 0;
  for (u32 i = 0; i < count; i++) sums[i + 1u] = sums[i] + (u64)counts[i];
  return sums;
}

static u32 width(u32 most) { return most == 0 ? 0 : 32u - CLZ32(most); }

/* How keys hold sets, and the keys. */
typedef struct {
  u32 longest, order_bits, feature_bits, first_slots, slots, words, count;
  u64 *keys;
} layout;

/* The k-th smallest feature of a key's set. */
static i32 member(const layout *l, const u64 *keys, u32 count, u32 s, u32 k) {
  u32 w = k < l->first_slots ? 0 : 1u + (k - l->first_slots) / l->slots;
  u32 place = w == 0 ? k : (k - l->first_slots) % l->slots;
  u32 rest = l->longest - l->first_slots - (w == 0 ? 0 : (w - 1u) * l->slots);
  u32 in_word = w == 0 ? l->first_slots : rest < l->slots ? rest : l->slots;
  u64 word = keys[(u64)w * count + s] >> ((in_word - 1u - place) * l->feature_bits);
  return (i32)(word & ((1u << l->feature_bits) - 1u));
}

/* Adds what a key's term gives at a mask to its forest's sum. */
static void add(const layout *l, const u64 *keys, u32 count, u32 s, double term, const u32 *mask, double *sums) {
  u64 first = keys[s] >> (l->first_slots * l->feature_bits);
  u32 order = (u32)first & ((1u << l->order_bits) - 1u);
  int odd = 0;
  i32 previous = -1;
  for (u32 k = 0; k < order; k++) {
    i32 f = member(l, keys, count, s, k);
    CHECK(f > previous, "members of set %u", s);
    previous = f;
    odd ^= (int)mask[f];
  }
  sums[first >> l->order_bits] += odd ? -term : term;
}

static void check_on_masks(const forest_set *all, const layout *l, const u64 *keys, const double *terms, u32 count, const double *means) {
  u32 *mask = BUFFER(u32, all->features);
  double *sums = BUFFER(double, all->forests);
  for (u32 m = 0; m < 5u; m++) {
    for (u32 i = 0; i < all->features; i++) mask[i] = (u32)(random_bits() & 1u);
    for (u32 f = 0; f < all->forests; f++) sums[f] = 0;
    for (u32 t = 0; t < all->trees; t++) sums[last_start(all->tree_starts, all->forests, t)] += means[t];
    for (u32 s = 0; s < count; s++) add(l, keys, count, s, terms[s], mask, sums);
    for (u32 f = 0; f < all->forests; f++) {
      double wanted = walk(all, f, mask);
      CHECK(fabs(sums[f] - wanted) < 1e-9, "forest %u: %g %g", f, sums[f], wanted);
    }
  }
  free(mask);
  free(sums);
}

static void spectra(u32 forests, u32 trees_each, u32 features, u32 depth, int full, u32 groups) {
  forest_set all;
  make(&all, forests, trees_each, features, depth, full);
  i32 *split_counts = BUFFER(i32, all.trees);
  i32 *term_counts = BUFFER(i32, all.trees);
  u64 *most = BUFFER(u64, 3);
  memset(most, 0, 24);
  LAUNCH(groups,
      tree_spectra_count(split_counts, term_counts, most, all.tree_starts, all.node_starts, all.roots,
          all.feature, all.left, all.right, forests, all.trees, NULL));
  if (full && depth > PATH) {
    CHECK(most[0] == PATH + 1u, "a long path shows: %d", (int)most[0]);
  } else {
    u64 *split_starts = prefix(split_counts, all.trees);
    u64 *term_starts = prefix(term_counts, all.trees);
    u32 splits = (u32)split_starts[all.trees];
    layout l;
    l.count = (u32)most[2];
    CHECK(l.count == term_starts[all.trees], "terms");
    l.longest = (u32)most[0];
    double *means = BUFFER(double, all.trees);
    i32 *paths = BUFFER(i32, splits * l.longest);
    u64 *shapes = BUFFER(u64, splits);
    double *values = BUFFER(double, splits);
    i32 *starts = BUFFER(i32, splits);
    LAUNCH(groups,
        tree_spectra_records(means, paths, shapes, values, starts, split_starts, term_starts,
            all.tree_starts, all.node_starts, all.roots, all.feature, all.left, all.right, all.value,
            forests, all.trees, l.longest, NULL));
    l.order_bits = width(l.longest);
    l.feature_bits = most[1] == 0 ? 1u : width((u32)most[1]);
    u32 room = (64u - l.order_bits - width(forests - 1u)) / l.feature_bits;
    l.first_slots = room < l.longest ? room : l.longest;
    l.slots = 64u / l.feature_bits;
    l.words = 1u + (l.longest - l.first_slots + l.slots - 1u) / l.slots;
    double *terms = BUFFER(double, l.count);
    l.keys = BUFFER(u64, (u64)l.words * l.count);
    LAUNCH(groups,
        tree_spectra_terms(terms, l.keys, paths, shapes, values, starts, splits, l.count, l.longest,
            l.order_bits, l.feature_bits, l.first_slots, l.slots, NULL));
    check_on_masks(&all, &l, l.keys, terms, l.count, means);
    free(split_starts);
    free(term_starts);
    free(means);
    free(paths);
    free(shapes);
    free(values);
    free(starts);
    free(terms);
    free(l.keys);
  }
  free(split_counts);
  free(term_counts);
  free(most);
  free(all.tree_starts);
  free(all.node_starts);
  free(all.roots);
  free(all.feature);
  free(all.left);
  free(all.right);
  free(all.value);
}

static void means(u32 trees, u32 groups) {
  u32 blocks = (trees + TREES - 1u) / TREES;
  double *values = BUFFER(double, trees);
  i32 *first = BUFFER(i32, blocks);
  i32 *end = BUFFER(i32, blocks);
  double *sums = BUFFER(double, blocks);
  for (u32 t = 0; t < trees; t++) values[t] = 1;
  for (u32 b = 0; b < blocks; b++) {
    first[b] = (i32)(TREES * b);
    end[b] = (i32)(TREES * (b + 1u) < trees ? TREES * (b + 1u) : trees);
  }
  LAUNCH(groups, tree_spectra_means(sums, values, first, end, blocks, NULL));
  for (u32 b = 0; b < blocks; b++) CHECK(sums[b] == end[b] - first[b], "block %u", b);
  free(values);
  free(first);
  free(end);
  free(sums);
}

static void right_children(u32 nodes, u32 groups) {
  i32 *left = BUFFER(i32, nodes);
  i32 *right = BUFFER(i32, nodes);
  for (u32 i = 0; i < nodes; i++) left[i] = i % 3u == 0 ? -1 : (i32)(random_bits() % 1000u);
  for (u32 i = 0; i < nodes; i++) right[i] = -7;
  LAUNCH(groups, tree_spectra_right(right, left, 2, nodes - 3u, NULL));
  for (u32 i = 0; i < nodes; i++) {
    i32 expected = i < 2u || i + 1u == nodes ? -7 : left[i] < 0 ? -1 : left[i] + 1;
    CHECK(right[i] == expected, "node %u: %d", i, right[i]);
  }
  free(left);
  free(right);
}

int main(void) {
  right_children(3, 1);
  right_children(50, 4);
  spectra(1, 1, 1, 0, 0, 1);
  spectra(1, 1, 1, 1, 0, 2);
  spectra(1, 40, 3, 5, 0, 3);
  spectra(4, 30, 9, 5, 0, 7);
  spectra(7, 5, 1000, 6, 0, 2);
  spectra(3, 3, 100000, 8, 0, 5);
  spectra(2, 2, 16, 14, 1, 4);
  /* Order and features fill the first word. */
  spectra(1, 1, 1000, 14, 1, 3);
  spectra(1, 1, 32, PATH + 1u, 1, 1);
  means(1, 1);
  means(700, 2);
  return 0;
}
