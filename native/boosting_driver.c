#include "driver.h"

#include "../kernels/boosting.cl"

/* A problem: rows of random bits, two outputs, one set of training rows, one of validation rows. */
typedef struct {
  u32 rows, features, words, outputs;
  u64 *masks;
  double *values;
  u64 *sets;
  u32 train_rows, validation_rows;
} Problem;

static Problem problem_of(u32 rows, u32 features, u32 constant) {
  Problem p;
  p.rows = rows;
  p.features = features;
  p.words = WORDS64(features);
  p.outputs = 2;
  p.masks = BUFFER(u64, rows * p.words);
  p.values = BUFFER(double, 2 * rows);
  p.sets = BUFFER(u64, 2 * WORDS64(rows));
  memset(p.sets, 0, 16u * WORDS64(rows));
  p.train_rows = p.validation_rows = 0;
  for (u32 r = 0; r < rows; r++) {
    for (u32 w = 0; w < p.words; w++) {
      u32 left = features - 64u * w;
      p.masks[r * p.words + w] = random_bits() & (left >= 64u ? ~(u64)0 : ((u64)1 << left) - 1u);
    }
    u32 a = p.masks[r * p.words] & 1u;
    u32 b = p.masks[r * p.words + (features - 1) / 64] >> ((features - 1) & 63u) & 1u;
    for (u32 o = 0; o < 2; o++) {
      p.values[2 * r + o] = constant ? -7.25 : 4 + 2.0 * a - 3.0 * (a & b) + (o + 0.5) * random_number();
    }
    u32 which = r % 5u == 2u ? 1u : 0u;
    p.sets[which * WORDS64(rows) + r / 64u] |= (u64)1 << (r & 63u);
    if (which) p.validation_rows++;
    else p.train_rows++;
  }
  return p;
}

static void problem_free(Problem *p) {
  free(p->masks);
  free(p->values);
  free(p->sets);
}

static u32 bit_of(const Problem *p, u32 r, u32 f) {
  return p->masks[r * p->words + f / 64u] >> (f & 63u) & 1u;
}

static u32 in_set(const Problem *p, u32 set, u32 r) {
  return p->sets[set * WORDS64(p->rows) + r / 64u] >> (r & 63u) & 1u;
}

/* What a run gives. */
typedef struct {
  u32 trees, nodes;
  i32 *roots, *feature, *left;
  double *value, *errors;
} Result;

static Result result_of(u32 trees, u32 nodes_most) {
  Result r;
  r.trees = r.nodes = 0;
  r.roots = BUFFER(i32, trees);
  r.feature = BUFFER(i32, trees * nodes_most);
  r.left = BUFFER(i32, trees * nodes_most);
  r.value = BUFFER(double, trees * nodes_most);
  r.errors = BUFFER(double, trees + 1);
  return r;
}

static void result_free(Result *r) {
  free(r->roots);
  free(r->feature);
  free(r->left);
  free(r->value);
  free(r->errors);
}

/* ---- the naive way: every leaf is summed anew for every feature, best first ---- */

typedef struct {
  u64 key;
  double gain;
  u32 feature;
} NaiveLeaf;

static void naive_best(
    const Problem *p, const i32 *told, const i64 *residual, const u64 *at, NaiveLeaf *leaf) {
  i64 s = 0;
  i64 n = 0;
  u32 depth = 63u - CLZ64(leaf->key);
  leaf->gain = 0;
  for (u32 r = 0; r < p->rows; r++) {
    if (at[r] == leaf->key && in_set(p, 0, r)) {
      s += residual[r];
      n++;
    }
  }
  if ((i32)depth >= told[TOLD_DEPTH]) return;
  for (u32 f = 0; f < p->features; f++) {
    i64 s1 = 0;
    i64 n1 = 0;
    for (u32 r = 0; r < p->rows; r++) {
      if (at[r] == leaf->key && in_set(p, 0, r) && bit_of(p, r, f)) {
        s1 += residual[r];
        n1++;
      }
    }
    if (n1 < told[TOLD_FEWEST] || n - n1 < told[TOLD_FEWEST]) continue;
    double excess = (double)(n * s1 - s * n1);
    double gain = excess * excess * (1.0 / (double)n1 * (1.0 / (double)(n - n1)));
    if (gain / (double)n > leaf->gain) {
      leaf->gain = gain / (double)n;
      leaf->feature = f;
    }
  }
}

static double naive_error(const Problem *p, const i64 *residual) {
  double sum = 0;
  for (u32 r = 0; r < p->rows; r++) {
    if (in_set(p, 1, r)) sum += (double)residual[r] * (double)residual[r];
  }
  return sum;
}

static Result naive(const Problem *p, const i32 *told, double rate, double *base, i64 *exponent) {
  u32 most = (u32)told[TOLD_LEAVES];
  Result result = result_of((u32)told[TOLD_TREES], 2u * most);
  i64 *residual = BUFFER(i64, p->rows);
  u64 *at = BUFFER(u64, p->rows);
  NaiveLeaf *leaves = BUFFER(NaiveLeaf, most);
  u64 *split_key = BUFFER(u64, most);
  u32 *split_feature = BUFFER(u32, most);
  double part[256];
  for (u32 j = 0; j < 256; j++) {
    part[j] = 0;
    for (u32 r = j; r < p->rows; r += 256) {
      if (in_set(p, 0, r)) part[j] += p->values[2 * r + (u32)told[TOLD_OUTPUT]];
    }
  }
  for (u32 half = 128; half > 0; half >>= 1) {
    for (u32 j = 0; j < half; j++) part[j] += part[j + half];
  }
  *base = p->train_rows == 0 ? 0 : part[0] / p->train_rows;
  double largest = 0;
  for (u32 r = 0; r < p->rows; r++) {
    largest = fmax(largest, fabs(p->values[2 * r + (u32)told[TOLD_OUTPUT]] - *base));
  }
  int count_bits = 0;
  while (p->train_rows >> count_bits) count_bits++;
  int bits = 61 - 2 * count_bits < 40 ? 61 - 2 * count_bits : 40;
  *exponent = (largest == 0 || ilogb(largest) < -982 ? -982 : ilogb(largest)) + 1 - bits;
  for (u32 r = 0; r < p->rows; r++) {
    double x = ldexp(p->values[2 * r + (u32)told[TOLD_OUTPUT]] - *base, (int)-*exponent);
    residual[r] = (i64)floor(x) + (x - floor(x) >= 0.5 ? 1 : 0);
  }
  result.errors[0] = naive_error(p, residual);
  u32 best = 0;
  while (result.trees < (u32)told[TOLD_TREES]) {
    if (p->validation_rows > 0 && told[TOLD_PATIENCE] > 0 &&
        result.trees - best >= (u32)told[TOLD_PATIENCE]) {
      break;
    }
    u32 count = 1;
    for (u32 r = 0; r < p->rows; r++) at[r] = 1;
    leaves[0].key = 1;
    naive_best(p, told, residual, at, leaves);
    while (count < most) {
      u32 l = 0;
      for (u32 j = 1; j < count; j++) {
        if (leaves[j].gain > leaves[l].gain ||
            (leaves[j].gain == leaves[l].gain && leaves[j].key < leaves[l].key)) {
          l = j;
        }
      }
      if (leaves[l].gain <= 0) break;
      split_key[count - 1] = leaves[l].key;
      split_feature[count - 1] = leaves[l].feature;
      for (u32 r = 0; r < p->rows; r++) {
        if (at[r] == leaves[l].key) at[r] = 2 * at[r] + bit_of(p, r, leaves[l].feature);
      }
      leaves[count].key = 2 * leaves[l].key + 1;
      leaves[l].key *= 2;
      naive_best(p, told, residual, at, leaves + l);
      naive_best(p, told, residual, at, leaves + count);
      count++;
    }
    if (count == 1) break;
    u32 first = result.nodes;
    result.roots[result.trees] = (i32)first;
    result.nodes += 2 * count - 1;
    /* All nodes in the order of their keys. */
    u64 previous = 0;
    i32 children = (i32)first + 1;
    for (u32 node = first; node < result.nodes; node++) {
      u64 key = ~(u64)0;
      u32 split = 0;
      u32 which = 0;
      for (u32 i = 0; i < 2 * count - 1; i++) {
        u64 k = i < count ? leaves[i].key : split_key[i - count];
        if (k > previous && k < key) {
          key = k;
          split = i >= count;
          which = i < count ? i : i - count;
        }
      }
      previous = key;
      result.feature[node] = split ? (i32)split_feature[which] : -1;
      result.left[node] = split ? children : -1;
      result.value[node] = 0;
      if (split) children += 2;
      if (!split) {
        i64 s = 0;
        i64 n = 0;
        for (u32 r = 0; r < p->rows; r++) {
          if (at[r] == key && in_set(p, 0, r)) {
            s += residual[r];
            n++;
          }
        }
        double x = rate * (double)s / (double)n;
        i64 steps = (i64)floor(x) + (x - floor(x) >= 0.5 ? 1 : 0);
        result.value[node] = ldexp((double)steps, (int)*exponent);
        for (u32 r = 0; r < p->rows; r++) {
          if (at[r] == key) residual[r] -= steps;
        }
      }
    }
    result.trees++;
    result.errors[result.trees] = naive_error(p, residual);
    if (result.errors[result.trees] < result.errors[best]) best = result.trees;
  }
  free(residual);
  free(at);
  free(leaves);
  free(split_key);
  free(split_feature);
  return result;
}

/* ---- the kernels ---- */

static u32 power_of_two(u32 e) { return 1u << e; }

static void compare(
    const Problem *p, const Result *expected, const Result *actual, const u64 *book, double base,
    i64 exponent, const char *way) {
  CHECK(BITS_DOUBLE(book[AT_BASE]) == base, "%s: base", way);
  CHECK((i64)book[AT_EXPONENT] == exponent, "%s: exponent %d, not %d", way, (int)book[AT_EXPONENT], (int)exponent);
  CHECK(book[AT_DONE] == 1, "%s: not done", way);
  CHECK(book[AT_GROWN] == expected->trees, "%s: %d trees, not %u", way, (int)book[AT_GROWN], expected->trees);
  CHECK(book[AT_NODES] == expected->nodes, "%s: %d nodes, not %u", way, (int)book[AT_NODES], expected->nodes);
  for (u32 i = 0; i < expected->trees; i++) {
    CHECK(actual->roots[i] == expected->roots[i], "%s: root %u", way, i);
  }
  for (u32 i = 0; i < expected->nodes; i++) {
    CHECK(actual->feature[i] == expected->feature[i], "%s: feature of node %u", way, i);
    CHECK(actual->left[i] == expected->left[i], "%s: child of node %u", way, i);
    CHECK(actual->value[i] == expected->value[i], "%s: value of node %u", way, i);
  }
  for (u32 i = 0; i <= expected->trees && p->validation_rows > 0; i++) {
    double e = expected->errors[i];
    CHECK(fabs(actual->errors[i] - e) <= 1e-13 * e, "%s: error %u", way, i);
  }
}

/* One run with two different outputs beside it, on both ways, against the naive one. */
static void run(
    u32 rows, u32 features, u32 depth, u32 leaves, u32 fewest, u32 trees, u32 patience, u32 constant,
    u32 groups) {
  Problem p = problem_of(rows, features, constant);
  enum { RUNS = 2 };
  u32 levels = depth <= 6u;
  u32 capacity = levels ? power_of_two(depth) : leaves;
  capacity = capacity < 2u ? 2u : capacity + (capacity & 1u);
  u32 slots = levels ? power_of_two(depth > 0u ? depth - 1u : 0u) : leaves;
  u32 pairs = levels && depth > 1u ? power_of_two(depth - 2u) : 1u;
  u32 width = 64u * p.words;
  u32 nodes_most = 2u * leaves;
  double rates[RUNS] = {0.3, 0.1};
  i32 *told = BUFFER(i32, RUNS * TOLD_NUMBERS);
  u64 *offsets = BUFFER(u64, RUNS * 3);
  for (u32 run = 0; run < RUNS; run++) {
    i32 numbers[TOLD_NUMBERS] = {
        (i32)depth, (i32)leaves, (i32)fewest, (i32)trees, (i32)patience, (i32)run, 0, 1,
        (i32)p.train_rows, (i32)p.validation_rows, (i32)levels, 0};
    memcpy(told + run * TOLD_NUMBERS, numbers, sizeof numbers);
    offsets[3 * run] = run * trees;
    offsets[3 * run + 1] = run * trees * nodes_most;
    offsets[3 * run + 2] = run * (trees + 1u);
  }
  Result expected[RUNS];
  double base[RUNS];
  i64 exponent[RUNS];
  for (u32 run = 0; run < RUNS; run++) {
    expected[run] = naive(&p, told + run * TOLD_NUMBERS, rates[run], base + run, exponent + run);
  }
  for (u32 way = 0; way < 2; way++) {
    const char *name = way == 0 ? "run" : "global";
    u32 stride = BOOSTING_BOOK_WORDS(capacity);
    Result all = result_of(RUNS * (trees + 1), nodes_most);
    u64 *state = BUFFER(u64, RUNS * rows);
    u64 *books = BUFFER(u64, RUNS * stride);
    u64 *begin = buffer(BOOSTING_BEGIN_LOCAL);
    LAUNCH(groups, boosting_begin(state, books, p.values, p.sets, told, stride, p.outputs, RUNS, rows, begin));
    free(begin);
    if (way == 0) {
      u32 root = boosting_whole(p.train_rows);
      u32 list = boosting_whole(p.train_rows / 2u) + 32u * pairs;
      u64 *local = buffer(BOOSTING_RUN_LOCAL(rows, p.words, capacity, slots, root, list));
      for (u32 launched = 0; launched <= trees; launched += 3) {
        LAUNCH(groups, boosting_run(
            state, books, all.roots, all.feature, all.left, all.value, all.errors, p.masks, p.sets,
            told, rates, offsets, stride, RUNS, rows, features, capacity, slots, root, list, 3, local));
      }
      free(local);
    } else {
      u64 *columns = BUFFER(u64, rows * p.words);
      u64 *sums = BUFFER(u64, RUNS * slots * width);
      u32 *leaf_of = BUFFER(u32, RUNS * rows);
      memset(leaf_of, 0, 4u * RUNS * rows);
      u32 chunk = 64;
      u64 *book = BUFFER(u64, stride);
      u64 *local = buffer(BOOSTING_SUM_LOCAL(chunk, pairs));
      LAUNCH(groups, boosting_columns(columns, p.masks, rows, p.words, NULL));
      u32 rounds = levels ? depth : leaves - 1u;
      for (u32 tree = 0; tree <= trees; tree++) {
        LAUNCH(groups, boosting_plant_global(books, sums, all.errors, offsets, RUNS, capacity, slots, width, book));
        for (u32 round = 0; round <= rounds; round++) {
          if (round > 0) {
            LAUNCH(groups, boosting_move(leaf_of, sums, books, columns, RUNS, rows, capacity, slots, width, NULL));
          }
          LAUNCH(groups, boosting_sum(
              sums, books, leaf_of, columns, state, p.sets, told, RUNS, rows, p.words, capacity, slots,
              chunk, pairs, local));
          u64 *best = buffer(BOOSTING_SEARCH_LOCAL(1u));
          LAUNCH(groups, boosting_search(books, sums, told, RUNS, features, capacity, slots, pairs, best));
          free(best);
          LAUNCH(groups, boosting_plan_global(books, told, RUNS, capacity, book));
        }
        LAUNCH(groups, boosting_settle_global(
            books, all.roots, all.feature, all.left, all.value, told, rates, offsets, RUNS, capacity, book));
        u64 *three = buffer(BOOSTING_APPLY_LOCAL);
        LAUNCH(groups, boosting_apply(state, leaf_of, books, p.sets, told, RUNS, rows, capacity, 100, three));
        free(three);
      }
      free(columns);
      free(sums);
      free(leaf_of);
      free(book);
      free(local);
    }
    for (u32 run = 0; run < RUNS; run++) {
      Result actual = {0, 0, all.roots + offsets[3 * run], all.feature + offsets[3 * run + 1],
                       all.left + offsets[3 * run + 1], all.value + offsets[3 * run + 1],
                       all.errors + offsets[3 * run + 2]};
      compare(&p, expected + run, &actual, books + run * stride, base[run], exponent[run], name);
    }
    result_free(&all);
    free(state);
    free(books);
  }
  for (u32 run = 0; run < RUNS; run++) result_free(expected + run);
  free(told);
  free(offsets);
  problem_free(&p);
}

int main(void) {
  u32 shapes[][5] = {
      {20, 1, 1, 2, 5},   {21, 3, 2, 4, 2},    {64, 63, 3, 31, 5}, {65, 64, 5, 31, 2},  {128, 65, 5, 31, 1},
      {200, 130, 4, 6, 3}, {150, 7, 9, 31, 20}, {40, 30, 3, 8, 20}, {77, 128, 6, 20, 4}, {100, 200, 3, 8, 5},
      {130, 20, 5, 9, 1},  {130, 20, 8, 31, 1}, {90, 10, 5, 1, 1},  {90, 10, 0, 31, 1},  {1, 3, 3, 8, 1},
      {600, 12, 6, 25, 1}};
  for (u32 s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    u32 *x = shapes[s];
    run(x[0], x[1], x[2], x[3], x[4], 7, 0, 0, 1 + s % 3);
  }
  run(120, 20, 5, 31, 2, 60, 4, 0, 2);
  run(100, 5, 5, 31, 2, 5, 0, 1, 1);
  return 0;
}
