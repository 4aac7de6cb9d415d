#include "driver.h"

#include "../kernels/set_sums.cl"

static u64 *prefix(const i32 *counts, u32 count) {
  u64 *sums = BUFFER(u64, count + 1u);
  sums[0] = 0;
  for (u32 i = 0; i < count; i++) sums[i + 1u] = sums[i] + (u64)counts[i];
  return sums;
}

/* How keys hold sets, and the keys. */
typedef struct {
  u32 forests, longest, order_bits, feature_bits, first_slots, slots, words, count;
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

static layout sorting_;

static int by_key(const void *a, const void *b) {
  u32 i = (u32) * (const i32 *)a, j = (u32) * (const i32 *)b;
  for (u32 w = 0; w < sorting_.words; w++) {
    u64 x = sorting_.keys[w * sorting_.count + i], y = sorting_.keys[w * sorting_.count + j];
    if (x != y) return x < y ? -1 : 1;
  }
  return i < j ? -1 : i > j;
}

static const u64 *ranked_; /* rows of two words */
static u32 ranked_sets_;

static int by_rank(const void *a, const void *b) {
  u32 i = (u32) * (const i32 *)a, j = (u32) * (const i32 *)b;
  for (u32 w = 0; w < 2u; w++) {
    u64 x = ranked_[w * ranked_sets_ + i], y = ranked_[w * ranked_sets_ + j];
    if (x != y) return x < y ? -1 : 1;
  }
  return i < j ? -1 : i > j;
}

/* Drops all but the `most` largest sets of order 2 and more of a forest; counts who is larger. */
static void drop(const layout *l, const u64 *keys, const double *sums, i32 *kept, i32 *orders, u32 sets,
    u32 most, u32 groups) {
  u32 shift = l->first_slots * l->feature_bits;
  i32 *before = BUFFER(i32, sets);
  memcpy(before, orders, sets * sizeof *before);
  u64 *ranks = BUFFER(u64, 2u * sets);
  i32 *numbers = BUFFER(i32, sets);
  u64 *first_words = BUFFER(u64, sets);
  LAUNCH(groups, set_sums_ranks(ranks, sums, keys, orders, sets, l->order_bits, shift, NULL));
  for (u32 s = 0; s < sets; s++) numbers[s] = (i32)s;
  ranked_ = ranks;
  ranked_sets_ = sets;
  qsort(numbers, sets, sizeof *numbers, by_rank);
  for (u32 s = 0; s < sets; s++) first_words[s] = ranks[numbers[s]];
  LAUNCH(groups, set_sums_drop(kept, orders, first_words, numbers, sets, most, NULL));
  for (u32 s = 0; s < sets; s++) {
    u32 rank = 0;
    u64 forest = keys[s] >> shift >> l->order_bits;
    for (u32 t = 0; t < sets && before[s] >= 2; t++) {
      int larger = fabs(sums[t]) > fabs(sums[s]) || (fabs(sums[t]) == fabs(sums[s]) && t < s);
      rank += before[t] >= 2 && keys[t] >> shift >> l->order_bits == forest && larger;
    }
    int stays = before[s] > 0 && (before[s] < 2 || rank < most);
    CHECK(kept[s] == stays && orders[s] == (stays ? before[s] : 0), "set %u of rank %u", s, rank);
  }
  free(before);
  free(ranks);
  free(numbers);
  free(first_words);
}

/* The terms that are left, unpacked, against the keys themselves. */
static void unpack(const layout *l, const u64 *keys, double *sums, u32 sets, u32 most, u32 groups) {
  i32 *kept = BUFFER(i32, sets);
  i32 *orders = BUFFER(i32, sets);
  u32 shift = l->first_slots * l->feature_bits;
  for (u32 s = 0; s < sets; s += 7u) sums[s] = 0.0;
  /* Ties, some of the other sign. */
  for (u32 s = 4; s < sets; s += 3u) sums[s] = s % 2u == 0u ? sums[s - 3u] : -sums[s - 3u];
  LAUNCH(groups, set_sums_kept(kept, orders, sums, keys, sets, l->order_bits, shift, NULL));
  drop(l, keys, sums, kept, orders, sets, most, groups);
  u64 *places = prefix(kept, sets);
  u64 *member_starts = prefix(orders, sets);
  u32 terms = (u32)places[sets];
  double *coefficients = BUFFER(double, terms);
  i32 *starts = BUFFER(i32, terms + 1u);
  i32 *members = BUFFER(i32, member_starts[sets]);
  i32 *bounds = BUFFER(i32, l->forests + 1u);
  LAUNCH(groups,
      set_sums_unpack(coefficients, starts, members, bounds, sums, keys, places, member_starts, sets,
          l->forests, l->longest, l->order_bits, l->feature_bits, l->first_slots, l->slots, NULL));
  CHECK(bounds[0] == 0 && bounds[l->forests] == (i32)terms, "bounds");
  CHECK(starts[0] == 0 && starts[terms] == (i32)member_starts[sets], "starts");
  u32 t = 0;
  for (u32 s = 0; s < sets; s++) {
    if (kept[s] == 0) continue;
    CHECK(coefficients[t] == sums[s], "coefficient %u", t);
    u64 header = keys[s] >> shift;
    u32 forest = (u32)(header >> l->order_bits);
    CHECK((i32)t >= bounds[forest] && (i32)t < bounds[forest + 1u], "forest of %u", t);
    u32 order = (u32)header & ((1u << l->order_bits) - 1u);
    CHECK(starts[t + 1u] - starts[t] == (i32)order, "order of %u", t);
    for (u32 k = 0; k < order; k++) {
      CHECK(members[starts[t] + (i32)k] == member(l, keys, sets, s, k), "member %u of %u", k, t);
    }
    t++;
  }
  free(kept);
  free(orders);
  free(places);
  free(member_starts);
  free(coefficients);
  free(starts);
  free(members);
  free(bounds);
}

/* Whether two keys are the same set of the same forest. */
static int same(const layout *l, u32 i, u32 j) {
  for (u32 w = 0; w < l->words; w++) {
    if (l->keys[w * l->count + i] != l->keys[w * l->count + j]) return 0;
  }
  return 1;
}

static void check_sums(const layout *l, const i32 *numbers, const i32 *set_starts, const double *terms,
    const double *sums, u32 sets) {
  u32 s = 0;
  double sum = 0;
  for (u32 i = 0; i < l->count; i++) {
    if (i > 0 && !same(l, (u32)numbers[i - 1u], (u32)numbers[i])) {
      s++;
      sum = 0;
      CHECK(set_starts[s] == (i32)i, "set %u", s);
    }
    sum += terms[numbers[i]];
    if (i + 1u == l->count || !same(l, (u32)numbers[i], (u32)numbers[i + 1u])) {
      CHECK(fabs(sum - sums[s]) < 1e-10, "sum of set %u: %g %g", s, sums[s], sum);
    }
  }
  CHECK(s + 1u == sets && set_starts[sets] == (i32)l->count, "%u sets", sets);
}

static void reduce(const layout *l, const double *terms, u32 groups) {
  i32 *numbers = BUFFER(i32, l->count);
  u64 *first_words = BUFFER(u64, l->count);
  for (u32 i = 0; i < l->count; i++) numbers[i] = (i32)i;
  sorting_ = *l;
  qsort(numbers, l->count, sizeof *numbers, by_key);
  for (u32 i = 0; i < l->count; i++) first_words[i] = l->keys[numbers[i]];
  i32 *heads = BUFFER(i32, l->count);
  LAUNCH(groups, set_sums_heads(heads, first_words, l->keys, numbers, l->count, l->words, NULL));
  u64 *places = prefix(heads, l->count);
  u32 sets = (u32)places[l->count];
  i32 *set_starts = BUFFER(i32, sets + 1u);
  u64 *set_keys = BUFFER(u64, (u64)l->words * sets);
  LAUNCH(groups,
      set_sums_gather(set_starts, set_keys, heads, places, l->keys, numbers, l->count, l->words, sets, NULL));
  double *sums = BUFFER(double, sets);
  u32 *listed = BUFFER(u32, 1u + l->count / STRANDS);
  u64 *local = buffer(SET_SUMS_ADD_LONG_LOCAL);
  listed[0] = 0;
  LAUNCH(groups, set_sums_add(sums, listed, set_starts, terms, numbers, sets, NULL));
  LAUNCH(groups, set_sums_add_long(sums, listed, set_starts, terms, numbers, local));
  check_sums(l, numbers, set_starts, terms, sums, sets);
  u32 limits[] = {0, 1, 17, sets};
  for (u32 i = 0; i < 4u; i++) unpack(l, set_keys, sums, sets, limits[i], groups);
  free(numbers);
  free(first_words);
  free(heads);
  free(places);
  free(set_starts);
  free(set_keys);
  free(sums);
  free(listed);
  free(local);
}

/* A random set of a forest that is not the second; its members are in distinct stretches. */
static void random_key(const layout *l, u32 i, u32 features) {
  u32 forest = (u32)(random_bits() % l->forests);
  if (forest == 1u) forest = 0;
  u32 order = 1u + (u32)(random_bits() % l->longest);
  u64 word = (u64)forest << l->order_bits | order;
  u32 room = l->first_slots, w = 0;
  for (u32 k = 0; k < l->longest; k++) {
    if (room == 0) {
      l->keys[w++ * l->count + i] = word;
      word = 0;
      room = l->slots;
    }
    u32 from = features * k / l->longest;
    u32 to = features * (k + 1u) / l->longest;
    word = word << l->feature_bits | (k < order ? from + random_bits() % (to - from) : 0);
    room--;
  }
  l->keys[w * l->count + i] = word;
}

static u32 width(u32 most) { return most == 0 ? 0 : 32u - CLZ32(most); }

static void random_terms(u32 count, u32 forests, u32 longest, u32 features, u32 groups) {
  layout l;
  l.count = count;
  l.forests = forests;
  l.longest = longest;
  l.order_bits = width(longest);
  l.feature_bits = features > 1 ? width(features - 1u) : 1u;
  u32 room = (64u - l.order_bits - width(forests - 1u)) / l.feature_bits;
  l.first_slots = room < longest ? room : longest;
  l.slots = 64u / l.feature_bits;
  l.words = 1u + (longest - l.first_slots + l.slots - 1u) / l.slots;
  l.keys = BUFFER(u64, (u64)l.words * count);
  double *terms = BUFFER(double, count);
  for (u32 i = 0; i < count; i++) {
    random_key(&l, i, features);
    terms[i] = random_number();
  }
  reduce(&l, terms, groups);
  free(l.keys);
  free(terms);
}

int main(void) {
  random_terms(1, 1, 1, 1, 1);
  random_terms(2, 2, 1, 1, 3);
  /* More terms a set than an item adds. */
  random_terms(5000, 3, 2, 5, 4);
  random_terms(3000, 1, 5, 64, 7);
  random_terms(2000, 5, 7, 100000, 2);
  random_terms(700, 1, 30, 1000, 5);
  /* Order and features fill the first word. */
  random_terms(500, 1, 14, 1000, 3);
  return 0;
}
