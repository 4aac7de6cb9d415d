#include "driver.h"

#include "../kernels/parity.cl"

typedef struct {
  u32 rows, features, sets, part_count, outputs, words, mask_words;
  u64 *masks, *columns, *parts;
  i32 *starts, *members, *ranges;
  double *values;
} problem;

static int bit(const u64 *words, u64 i) { return (int)(words[i >> 6] >> (i & 63u) & 1u); }

/* 1 or -1, from the mask itself. */
static int chi(const problem *c, u32 s, u32 r) {
  int odd = 0;
  for (i32 k = c->starts[s]; k < c->starts[s + 1]; k++) {
    odd ^= bit(c->masks + (u64)r * c->mask_words, (u64)c->members[k]);
  }
  return odd ? -1 : 1;
}

static void random_problem(problem *c) {
  c->words = WORDS64(c->rows);
  c->mask_words = WORDS64(c->features);
  c->masks = BUFFER(u64, (u64)c->rows * c->mask_words);
  for (u64 i = 0; i < (u64)c->rows * c->mask_words; i++) c->masks[i] = random_bits();
  c->starts = BUFFER(i32, c->sets + 1);
  c->starts[0] = 0;
  for (u32 s = 0; s < c->sets; s++) {
    u32 order = s % 7u < c->features ? s % 7u : c->features;
    c->starts[s + 1] = c->starts[s] + (i32)order;
  }
  c->members = BUFFER(i32, c->starts[c->sets]);
  for (u32 s = 0; s < c->sets; s++) {
    u32 order = (u32)(c->starts[s + 1] - c->starts[s]);
    /* One of each stretch of the features, so members ascend. */
    for (u32 k = 0; k < order; k++) {
      u32 from = c->features * k / order;
      u32 to = c->features * (k + 1u) / order;
      c->members[c->starts[s] + (i32)k] = (i32)(from + random_bits() % (to - from));
    }
  }
  /* Random rows, a range, none, all. */
  c->parts = BUFFER(u64, c->part_count * c->words);
  memset(c->parts, 0, 8u * c->part_count * c->words);
  for (u32 p = 0; p < c->part_count; p++) {
    for (u32 r = 0; r < c->rows; r++) {
      int in = p % 4u == 0   ? (int)(random_bits() & 1u)
               : p % 4u == 1 ? r >= c->rows / 3u && r <= c->rows / 2u
                             : p % 4u == 3;
      if (in) c->parts[p * c->words + r / 64u] |= (u64)1 << (r & 63u);
    }
  }
  c->values = BUFFER(double, (u64)c->rows * c->outputs);
  for (u64 i = 0; i < (u64)c->rows * c->outputs; i++) c->values[i] = random_number();
}

static void columns(problem *c, u32 tiles, u32 block, u32 groups) {
  u64 *bits = BUFFER(u64, (u64)64u * c->mask_words * c->words);
  u64 *squares = buffer(PARITY_TRANSPOSE_LOCAL(tiles));
  LAUNCH(groups, parity_transpose(bits, c->masks, c->rows, c->words, c->mask_words, tiles, squares));
  for (u64 f = 0; f < 64u * c->mask_words; f++) {
    for (u32 r = 0; r < 64u * c->words; r++) {
      int wanted = r < c->rows && bit(c->masks + (u64)r * c->mask_words, f);
      CHECK(bit(bits + f * c->words, r) == wanted, "feature %d row %u", (int)f, r);
    }
  }
  c->columns = BUFFER(u64, (u64)c->sets * c->words);
  LAUNCH(groups, parity_columns(c->columns, bits, c->starts, c->members, c->sets, c->words, block, NULL));
  for (u32 s = 0; s < c->sets; s++) {
    for (u32 r = 0; r < 64u * c->words; r++) {
      int wanted = r < c->rows && chi(c, s, r) < 0;
      CHECK(bit(c->columns + (u64)s * c->words, r) == wanted, "set %u row %u", s, r);
    }
  }
  free(bits);
  free(squares);
}

static void gram(problem *c, u32 groups) {
  c->ranges = BUFFER(i32, 3u * c->part_count);
  u32 *found = buffer(PARITY_RANGES_LOCAL);
  LAUNCH(groups, parity_ranges(c->ranges, c->parts, c->words, c->part_count, (u64 *)found));
  double *result = BUFFER(double, (u64)c->part_count * c->sets * c->sets);
  u64 *local = buffer(PARITY_GRAM_LOCAL(1));
  LAUNCH(groups,
      parity_gram(result, c->columns, c->parts, c->ranges, c->sets, c->words, c->part_count, 1, local));
  for (u32 p = 0; p < c->part_count; p++) {
    for (u32 s = 0; s < c->sets; s++) {
      for (u32 t = 0; t < c->sets; t++) {
        i32 wanted = 0;
        for (u32 r = 0; r < c->rows; r++) {
          int differ = bit(c->columns + (u64)s * c->words, r) ^ bit(c->columns + (u64)t * c->words, r);
          if (bit(c->parts + (u64)p * c->words, r)) wanted += differ ? -1 : 1;
        }
        CHECK(result[((u64)p * c->sets + s) * c->sets + t] == wanted, "part %u sets %u %u", p, s, t);
      }
    }
  }
  free(found);
  free(result);
  free(local);
}

static void products(problem *c, u32 groups) {
  double *sums = BUFFER(double, c->part_count * c->outputs * c->words);
  LAUNCH(groups,
      parity_word_sums(sums, c->parts, c->values, c->rows, c->words, c->part_count, c->outputs, NULL));
  double *result = BUFFER(double, c->part_count * c->outputs * c->sets);
  u64 *local = buffer(PARITY_PRODUCTS_LOCAL(1));
  LAUNCH(groups,
      parity_products(result, c->columns, c->parts, c->ranges, sums, c->values, c->sets, c->rows,
          c->words, c->part_count, c->outputs, local));
  for (u32 p = 0; p < c->part_count; p++) {
    for (u32 o = 0; o < c->outputs; o++) {
      for (u32 s = 0; s < c->sets; s++) {
        double wanted = 0;
        for (u32 r = 0; r < c->rows; r++) {
          if (bit(c->parts + (u64)p * c->words, r)) wanted += chi(c, s, r) * c->values[r * c->outputs + o];
        }
        double got = result[(p * c->outputs + o) * c->sets + s];
        CHECK(fabs(got - wanted) < 1e-10, "part %u output %u set %u: %g %g", p, o, s, got, wanted);
      }
    }
  }
  free(sums);
  free(result);
  free(local);
}

static void all(u32 rows, u32 features, u32 sets, u32 part_count, u32 outputs, u32 groups) {
  problem c;
  c.rows = rows;
  c.features = features;
  c.sets = sets;
  c.part_count = part_count;
  c.outputs = outputs;
  random_problem(&c);
  columns(&c, 1u + groups % 3u, 1u + groups % 5u, groups);
  gram(&c, groups);
  products(&c, groups);
  free(c.masks);
  free(c.columns);
  free(c.parts);
  free(c.starts);
  free(c.members);
  free(c.ranges);
  free(c.values);
}

int main(void) {
  all(0, 5, 3, 2, 1, 2);
  all(1, 1, 1, 1, 1, 1);
  all(63, 5, 7, 4, 2, 3);
  all(64, 64, 9, 1, 1, 5);
  all(65, 65, 12, 4, 3, 7);
  all(200, 130, 33, 4, 1, 4);
  all(1100, 70, 13, 5, 2, 9);
  return 0;
}
