#include "driver.h"

#include "../kernels/tokens.cl"

/* A text, masks of it, and what is expected: rows token by token. */
typedef struct {
  u32 tokens, features, words, masks, longest;
  i32 empty;
  i32 *ids, *owners, *starts, *substitutes;
  u64 *bits;
  i32 *rows; /* (masks, longest) */
  u32 *lengths;
} Text;

static void write_row(Text *x, u32 mask) {
  i32 *row = x->rows + (size_t)mask * x->longest;
  u32 length = 0;
  for (u32 t = 0; t < x->tokens; t++) {
    u32 f = (u32)x->owners[t];
    if (x->owners[t] < 0 || (x->bits[mask * x->words + f / 64] >> f % 64 & 1)) {
      row[length++] = x->ids[t];
    } else {
      for (i32 s = x->starts[t]; s < x->starts[t + 1]; s++) row[length++] = x->substitutes[s];
    }
  }
  if (length == 0 && x->empty >= 0) row[length++] = x->empty;
  x->lengths[mask] = length;
}

static Text text(u32 tokens, u32 features, u32 words_of_text, u32 most, i32 empty, u32 masks) {
  Text x = {tokens, features, WORDS64(features), masks, 1, empty, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
  x.ids = BUFFER(i32, tokens);
  x.owners = BUFFER(i32, tokens);
  x.starts = BUFFER(i32, tokens + 1);
  x.starts[0] = 0;
  for (u32 t = 0; t < tokens; t++) {
    u32 own = (u32)(random_bits() % (most + 1));
    x.ids[t] = (i32)(random_bits() % words_of_text);
    /* Where something stands for nothing, all may be hidden. */
    x.owners[t] = empty < 0 ? (i32)(random_bits() % (features + 1)) - 1 : (i32)(random_bits() % features);
    x.starts[t + 1] = x.starts[t] + (i32)own;
    x.longest += own > 1 ? own : 1;
  }
  x.substitutes = BUFFER(i32, x.starts[tokens]);
  for (i32 s = 0; s < x.starts[tokens]; s++) x.substitutes[s] = (i32)(random_bits() % words_of_text);
  x.bits = BUFFER(u64, masks * x.words);
  for (u32 i = 0; i < masks * x.words; i++) {
    u32 tail = 64 * x.words - features;
    x.bits[i] = random_bits() & (i % x.words == x.words - 1 ? ~(u64)0 >> tail : ~(u64)0);
    if (i / x.words % 6 == 0) x.bits[i] = 0;
  }
  x.rows = BUFFER(i32, (size_t)masks * x.longest);
  x.lengths = BUFFER(u32, masks);
  for (u32 m = 0; m < masks; m++) write_row(&x, m);
  return x;
}

static void end(Text *x) {
  free(x->ids); free(x->owners); free(x->starts); free(x->substitutes);
  free(x->bits); free(x->rows); free(x->lengths);
}

static u32 same(const Text *x, u32 a, u32 b) {
  return x->lengths[a] == x->lengths[b]
      && memcmp(x->rows + (size_t)a * x->longest, x->rows + (size_t)b * x->longest, sizeof(i32) * x->lengths[a]) == 0;
}

static u64 key_of(const Text *x, u32 mask, u32 bits) {
  u64 hash = 0;
  for (u32 t = 0; t < x->lengths[mask]; t++) {
    hash = (hash + (u32)x->rows[(size_t)mask * x->longest + t]) * 0x9E3779B97F4A7C15u;
  }
  return (u64)x->lengths[mask] << (64 - bits) | hash >> bits;
}

/* Different rows of a text; returns the first mask of each in a new buffer, `rows` of them. */
static i32 *distinct(Text *x, u32 groups, u32 *rows, i32 **lengths) {
  u32 bits = 1, n = x->masks;
  while (x->longest >> bits) bits++;
  u64 *keys = BUFFER(u64, n), *sorted = BUFFER(u64, n), *before = BUFFER(u64, n + 1);
  i32 *numbers = BUFFER(i32, n), *heads = BUFFER(i32, n), *row_of = BUFFER(i32, n);
  u32 *counted = BUFFER(u32, 2 * (x->longest + 1));
  LAUNCH(groups, tokens_keys(keys, x->ids, x->owners, x->starts, x->substitutes, x->bits, x->tokens, x->words, x->empty, n, bits, NULL));
  for (u32 m = 0; m < n; m++) {
    CHECK(keys[m] == key_of(x, m, bits), "key of mask %u", m);
    u32 at = m;
    for (; at > 0 && sorted[at - 1] > keys[m]; at--) {
      sorted[at] = sorted[at - 1];
      numbers[at] = numbers[at - 1];
    }
    sorted[at] = keys[m];
    numbers[at] = (i32)m;
  }
  memset(counted, 0, sizeof(u32) * 2 * (x->longest + 1));
  LAUNCH(groups, tokens_heads(heads, counted, sorted, numbers, x->ids, x->owners, x->starts, x->substitutes, x->bits, x->tokens, x->words, x->empty, n, bits, x->longest, NULL));
  before[0] = 0;
  for (u32 i = 0; i < n; i++) {
    u32 head = i == 0 || !same(x, (u32)numbers[i], (u32)numbers[i - 1]);
    CHECK(heads[i] == (i32)head, "head %u of %u", i, n);
    before[i + 1] = before[i] + head;
    u32 length = x->lengths[numbers[i]];
    counted[length] -= head;
    counted[x->longest + 1 + length]--;
  }
  for (u32 k = 0; k < 2 * (x->longest + 1); k++) CHECK(counted[k] == 0, "count %u", k);
  *rows = (u32)before[n];
  i32 *firsts = BUFFER(i32, *rows);
  *lengths = BUFFER(i32, *rows);
  LAUNCH(groups, tokens_numbered(firsts, *lengths, row_of, heads, before, sorted, numbers, n, bits, NULL));
  for (u32 m = 0; m < n; m++) {
    CHECK(row_of[m] >= 0 && row_of[m] < (i32)*rows, "row of mask %u", m);
    CHECK(same(x, m, (u32)firsts[row_of[m]]) && firsts[row_of[m]] <= (i32)m, "row of mask %u", m);
  }
  for (u32 r = 0; r < *rows; r++) CHECK((*lengths)[r] == (i32)x->lengths[firsts[r]], "length of row %u", r);
  free(keys); free(sorted); free(before); free(numbers); free(heads); free(row_of); free(counted);
  return firsts;
}

static i64 whole(const void *tensor, u32 wide, size_t at) {
  return wide ? ((const i64 *)tensor)[at] : ((const i32 *)tensor)[at];
}

/* A batch of rows behind one that is left alone, and what heads are asked about it. */
static void fill(Text *x, u32 groups, u32 wide, i32 *firsts, i32 *lengths, u32 rows) {
  u32 first = rows / 4, count = rows - first < 9 ? rows - first : 9, places = count + wide, at = 1;
  u32 tail_count = (u32)(random_bits() % 3), past = (u32)(random_bits() % 3), width = x->longest + tail_count;
  u32 all = past + width, bytes = wide ? 8 : 4;
  i32 *tail = BUFFER(i32, tail_count);
  for (u32 k = 0; k < tail_count; k++) tail[k] = (i32)(100 + k);
  /* Tensors of int32 end where an int64 might not. */
  void *ids = buffer((size_t)bytes * (at + places) * width), *positions = buffer((size_t)bytes * (at + places) * width);
  void *attention = buffer((size_t)bytes * (at + places) * all);
  u64 *local = BUFFER(u64, (TOKENS_FILL_LOCAL(1u) + 7u) / 8u);
  i64 alone = whole(ids, wide, 0);
  LAUNCH(groups, tokens_fill(ids, x->ids, x->owners, x->starts, x->substitutes, x->bits, firsts, tail, wide, x->tokens, x->words, x->empty, tail_count, first, count, at, places, width, 7, local));
  LAUNCH(groups, tokens_attention(attention, lengths, wide, past + tail_count, first, count, at, places, all, NULL));
  LAUNCH(groups, tokens_positions(positions, wide, past, at, places, width, NULL));
  for (u32 k = 0; k < width; k++) CHECK(whole(ids, wide, k) == alone && whole(positions, wide, k) == alone, "place %u", k);
  for (u32 p = 0; p < places; p++) {
    u32 mask = (u32)firsts[first + (p < count ? p : 0)], length = x->lengths[mask];
    for (u32 k = 0; k < width; k++) {
      i32 expected = k < length ? x->rows[(size_t)mask * x->longest + k] : k < length + tail_count ? tail[k - length] : 7;
      CHECK(whole(ids, wide, (size_t)(at + p) * width + k) == expected, "token %u of place %u", k, p);
      CHECK(whole(positions, wide, (size_t)(at + p) * width + k) == past + k, "position %u of place %u", k, p);
    }
    for (u32 k = 0; k < all; k++) {
      CHECK(whole(attention, wide, (size_t)(at + p) * all + k) == (k < past + length + tail_count), "attention %u of place %u", k, p);
    }
  }
  u32 own = width - 1, from = 3, most = (own > 2 ? own : 2) * count + from;
  u64 *asked = BUFFER(u64, most), *targets = BUFFER(u64, most);
  i32 offsets[2] = {0, 1}, tokens[2] = {40, 2000000000};
  LAUNCH(groups, tokens_ask(asked, targets, lengths, offsets, tokens, from, first, count, 2, width, at, NULL));
  for (u32 i = 0; i < 2 * count; i++) {
    u64 last = (u64)(at + i / 2) * width + (u64)lengths[first + i / 2] - 1;
    u32 a = i % 2;
    CHECK(asked[from + i] == last + a && targets[from + i] == (u64)tokens[a], "asked %u", i);
  }
  LAUNCH(groups, tokens_ask_own(asked, targets, ids, lengths, from, wide, first, count, width, at, NULL));
  for (u32 i = 0; i < own * count; i++) {
    u32 r = i / own, t = i % own + 1, inside = t < (u32)lengths[first + r];
    u64 row = (u64)(at + r) * width;
    CHECK(asked[from + i] == row + (inside ? t - 1 : 0), "place %u", i);
    CHECK(targets[from + i] == (inside ? (u64)whole(ids, wide, row + t) : 0), "target %u", i);
  }
  free(tail); free(ids); free(positions); free(attention); free(local); free(asked); free(targets);
}

static void run(u32 groups, Text x) {
  u32 rows;
  i32 *lengths, *firsts = distinct(&x, groups, &rows, &lengths);
  fill(&x, groups, 0, firsts, lengths, rows);
  fill(&x, groups, 1, firsts, lengths, rows);
  free(firsts); free(lengths);
  end(&x);
}

/* Three rows of one hash in turn, behind two tokens that all of them have. */
static void one_hash(void) {
  i32 ids[11] = {4, 4, 5, 1541985, 496068, 2471976, 5, 5, 559810, 3508838, 1633990};
  Text x = text(11, 3, 2, 0, 0, 7);
  u64 masks[7] = {1, 2, 1, 4, 4, 2, 1};
  memcpy(x.bits, masks, sizeof masks);
  for (u32 t = 0; t < 11; t++) {
    x.ids[t] = ids[t];
    x.owners[t] = t < 2 ? -1 : ((i32)t - 2) / 3;
  }
  for (u32 m = 0; m < 7; m++) write_row(&x, m);
  CHECK(key_of(&x, 0, 4) == key_of(&x, 1, 4) && key_of(&x, 1, 4) == key_of(&x, 3, 4), "hashes");
  u32 rows;
  i32 *lengths, *firsts = distinct(&x, 2, &rows, &lengths);
  CHECK(rows == 6, "%u rows", rows);
  free(firsts); free(lengths);
  end(&x);
}

int main(void) {
  run(1, text(1, 1, 2, 0, 1, 2));
  run(2, text(6, 5, 2, 0, 0, 90));
  run(3, text(20, 12, 1, 3, 0, 100));
  run(3, text(30, 63, 3, 1, 4, 60));
  run(2, text(70, 64, 30000, 1, 4, 60));
  run(4, text(90, 65, 50, 3, 4, 50));
  run(3, text(200, 200, 2000000000, 2, 9, 80));
  run(2, text(3, 130, 2, 5, -1, 100));
  one_hash();
  return 0;
}
