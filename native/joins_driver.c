#include "driver.h"

#include "../kernels/joins.cl"

/* A game and the tables of all its keys. */
static u32 rows, features, bits, key_count, stride, row_words, pair_count, present_words, bucket_bits;
static u64 *columns, *signs;
static i32 *keys;
static u32 *words, *targets, *pairs, *present, *heads, *next;

static u32 bit(const u64 *column, u32 row) { return (u32)(column[row / 64u] >> (row % 64u) & 1u); }

static void load(u32 groups) {
  stride = (features + JOINS_SHARES - 1u) / JOINS_SHARES;
  row_words = WORDS64(rows);
  pair_count = features * (features - 1u) / 2u;
  present_words = bits > 5u ? 1u << (bits - 5u) : 1u;
  columns = BUFFER(u64, features * row_words);
  signs = BUFFER(u64, row_words);
  keys = BUFFER(i32, key_count * (bits + 1u));
  words = BUFFER(u32, key_count * JOINS_SHARES * stride);
  targets = BUFFER(u32, key_count);
  pairs = BUFFER(u32, pair_count);
  present = BUFFER(u32, key_count * present_words);
  heads = BUFFER(u32, key_count << bucket_bits);
  next = BUFFER(u32, key_count * pair_count);
  memset(columns, 0, 8u * features * row_words);
  memset(signs, 0, 8u * row_words);
  memset(present, 0, 4u * key_count * present_words);
  memset(heads, 0, (size_t)4u * key_count << bucket_bits);
  for (u32 r = 0; r < rows; r++) {
    signs[r / 64u] |= (random_bits() & 1u) << (r % 64u);
    for (u32 f = 0; f < features; f++) columns[f * row_words + r / 64u] |= (random_bits() & 1u) << (r % 64u);
  }
  for (u32 n = 0; n < key_count * (bits + 1u); n++) keys[n] = (i32)(random_bits() % rows);
  LAUNCH(groups, joins_words(words, targets, columns, signs, keys, key_count, bits, features, stride, row_words,
                             NULL));
  LAUNCH(groups, joins_pairs(pairs, pair_count, NULL));
  LAUNCH(groups, joins_insert(present, heads, next, words, pairs, key_count, pair_count, stride, present_words,
                              bucket_bits, NULL));
}

static void unload(void) {
  free(columns);
  free(signs);
  free(keys);
  free(words);
  free(targets);
  free(pairs);
  free(present);
  free(heads);
  free(next);
}

/* Whether the set agrees with the signs, or with their opposite, on all rows of a key that looks at it. */
static int met(const u32 *set, u32 order, u32 k, u32 first_key) {
  u32 differ = 0, share = order < 5u;
  for (u32 b = 0; b <= bits; b++) {
    u32 odd = bit(signs, (u32)keys[k * (bits + 1u) + b]);
    for (u32 m = 0; m < order; m++) odd ^= bit(columns + set[m] * row_words, (u32)keys[k * (bits + 1u) + b]);
    differ |= odd ? 1u : 2u;
  }
  for (u32 i = 0; i < order; i++)
    for (u32 j = i + 1u; j < order; j++)
      for (u32 l = j + 1u; l < order; l++)
        share |= (set[i] + set[j] + set[l]) % JOINS_SHARES == (first_key + k) % JOINS_SHARES;
  return differ != 3u && share;
}

static u32 times(const i32 *hits, u32 count, const u32 *set, u32 order, i32 sum) {
  u32 times = 0;
  for (u32 h = 0; h < count; h++) {
    u32 same = 0;
    for (u32 m = 0; m < order; m++)
      for (u32 n = 0; n < order; n++) same += hits[h * JOINS_RECORD + 1u + n] == (i32)set[m];
    if (same == order) {
      CHECK(hits[h * JOINS_RECORD] == sum, "sum %d instead of %d", hits[h * JOINS_RECORD], sum);
      times++;
    }
  }
  return times;
}

/* Every set of an order against the hits: those below five come once a key, those of five at least once. */
static void check(const i32 *hits, u32 count, u32 order, u32 first_key, u32 least) {
  u32 known = 0;
  for (u64 subset = 0; subset < (u64)1 << features; subset++) {
    if (POPCOUNT64(subset) != order) continue;
    u32 set[5], n = 0, keys_met = 0;
    for (u32 f = 0; f < features; f++)
      if (subset >> f & 1u) set[n++] = f;
    i32 sum = 0;
    for (u32 r = 0; r < rows; r++) {
      u32 odd = bit(signs, r);
      for (u32 m = 0; m < order; m++) odd ^= bit(columns + set[m] * row_words, r);
      sum += odd ? -1 : 1;
    }
    if ((u32)(sum < 0 ? -sum : sum) >= least)
      for (u32 k = 0; k < key_count; k++) keys_met += (u32)met(set, order, k, first_key);
    u32 found = times(hits, count, set, order, sum);
    CHECK(order < 5u ? found == keys_met : (found > 0u) == (keys_met > 0u), "set of %u: %u times, met %u", order,
          found, keys_met);
    known += found;
  }
  CHECK(known == count, "%u of %u hits are sets of %u", known, count, order);
}

static void join(u32 order, u32 first_key, u32 least, u32 groups) {
  u32 probes = order == 3u ? features : pair_count;
  u64 items = (u64)key_count * probes;
  u64 *found = BUFFER(u64, 1);
  u32 most = 0;
  /* Once to count, with no room, and once with room for just as many, in two ranges. */
  for (u32 time = 0; time < 2u; time++) {
    i32 *hits = BUFFER(i32, most * JOINS_RECORD);
    *found = 0;
    for (u32 half = 0; half < 2u; half++) {
      u64 first = half == 0u ? 0u : items / 3u;
      u64 end = half == 0u ? items / 3u : items;
      if (order < 5u) {
        LAUNCH(groups, joins_look_up(hits, found, words, targets, pairs, present, heads, next, columns, signs, first,
                                     end - first, order - 2u, probes, pair_count, stride, present_words, bucket_bits,
                                     rows, row_words, least, most, NULL));
      } else {
        LAUNCH(groups, joins_look_up_triples(hits, found, words, targets, pairs, present, heads, next, columns, signs,
                                             first, end - first, first_key, features, pair_count, stride,
                                             present_words, bucket_bits, rows, row_words, least, most, NULL));
      }
    }
    CHECK(time == 0u || *found == most, "%d hits instead of %u", (int)*found, most);
    if (time == 1u) check(hits, most, order, first_key, least);
    most = (u32)*found;
    free(hits);
  }
  free(found);
}

static void game(u32 row_count, u32 feature_count, u32 key_bits, u32 count, u32 hash_bits, u32 least, u32 groups) {
  rows = row_count;
  features = feature_count;
  bits = key_bits;
  key_count = count;
  bucket_bits = hash_bits;
  load(groups);
  for (u32 order = 3u; order <= 5u; order++) join(order, 5u, least, groups);
  unload();
}

/* Every pair comes once, in order, also where the root of a large number is taken. */
static void numbers(u32 feature_count) {
  u32 count = feature_count * (feature_count - 1u) / 2u;
  u32 *all = BUFFER(u32, count);
  LAUNCH(1, joins_pairs(all, count, NULL));
  u32 p = 0;
  for (u32 j = 0; j < feature_count; j++)
    for (u32 i = 0; i < j; i++, p++) CHECK(all[p] == (j << 16 | i), "pair %u", p);
  free(all);
}

int main(void) {
  numbers(3000);
  game(1, 6, 1, 2, 1, 1, 1);
  game(63, 9, 3, 5, 2, 1, 3);
  game(64, 12, 4, 3, 6, 4, 2);
  game(65, 11, 7, 9, 4, 1, 7);
  game(130, 10, 2, 2, 1, 10, 1);
  game(40, 3, 5, 2, 3, 1, 4);
  game(40, 2, 1, 2, 1, 1, 4);
  game(9, 12, 24, 2, 5, 1, 2);
  return 0;
}
