#include "driver.h"

#include "../kernels/scores.cl"

static int close_to(double a, double b) { return fabs(a - b) <= 1e-12 * (1.0 + fabs(a) + fabs(b)); }

static const u32 NUMBERS[4] = {NUMBER_F32, NUMBER_F16, NUMBER_BF16, NUMBER_F64};

static u32 bytes_of(u32 number) { return number == NUMBER_F32 ? 4 : number == NUMBER_F64 ? 8 : 2; }

/* What the bits of a half mean. */
static double half_of(u32 bits) {
  int exponent = (int)(bits >> 10 & 31);
  double fraction = (bits & 1023) / 1024.0;
  double magnitude = exponent == 0 ? ldexp(fraction, -14) : ldexp(1 + fraction, exponent - 15);
  if (exponent == 31) magnitude = fraction == 0 ? HUGE_VAL : NAN;
  return bits & 0x8000 ? -magnitude : magnitude;
}

/* Random numbers of a kind, and what they are as doubles. */
static u8 *random_numbers(u32 number, size_t count, double *values) {
  u8 *memory = BUFFER(u8, count * bytes_of(number));
  for (size_t i = 0; i < count; i++) {
    /* Doubles so far apart that an exponential of a difference may be none. */
    double wanted = (number == NUMBER_F64 ? 1500 : 5) * random_number();
    u8 *at = memory + i * bytes_of(number);
    if (number == NUMBER_F64) {
      memcpy(at, &wanted, 8);
      values[i] = wanted;
    } else if (number == NUMBER_F16) {
      u16 bits = (u16)(random_bits() & 0x83FF);
      bits |= (u16)((12 + random_bits() % 5) << 10 & 0x7C00);
      memcpy(at, &bits, 2);
      values[i] = half_of(bits);
    } else {
      float single = (float)wanted;
      u32 bits;
      memcpy(&bits, &single, 4);
      u16 high = (u16)(bits >> 16);
      if (number == NUMBER_BF16) bits = (u32)high << 16;
      memcpy(&single, &bits, 4);
      memcpy(at, number == NUMBER_BF16 ? (void *)&high : (void *)&single, bytes_of(number));
      values[i] = single;
    }
  }
  return memory;
}

static void halves(void) {
  for (u32 bits = 0; bits < 65536; bits++) {
    double found = half_number(bits), expected = half_of(bits);
    CHECK(found == expected || (isnan(found) && isnan(expected)), "%u: %g", bits, found);
    CHECK(signbit(found) == signbit(expected) || isnan(found), "sign of %u", bits);
  }
}

static double log_sum(const double *z, u32 count, u32 without) {
  double top = -HUGE_VAL, sum = 0;
  for (u32 k = 0; k < count; k++) top = k == without ? top : fmax(top, z[k]);
  for (u32 k = 0; k < count; k++) sum += k == without ? 0 : exp(z[k] - top);
  return top + log(sum);
}

static void labels(u32 groups, u32 number, u32 rows, u32 count, u32 outputs) {
  u32 row = 2, first = 1;
  double *z = BUFFER(double, (row + rows) * count), *values = BUFFER(double, (first + rows) * outputs);
  u8 *memory = random_numbers(number, (row + rows) * count, z);
  i32 *targets = BUFFER(i32, outputs);
  u32 bad = 0x7fffffff;
  for (u32 o = 0; o < outputs; o++) targets[o] = (i32)(random_bits() % count);
  for (u32 kind = LABEL_LOGIT; kind <= LABEL_PROBABILITY; kind++) {
    for (u32 exclusive = 0; exclusive < 2; exclusive++) {
      LAUNCH(groups, scores_labels(values, &bad, memory, targets, number, row, rows, count, outputs, first, kind, exclusive, NULL));
      for (u32 i = 0; i < rows * outputs; i++) {
        u32 label = (u32)targets[i % outputs];
        const double *own = z + (row + i / outputs) * count;
        double odds = exclusive && count > 1 ? own[label] - log_sum(own, count, label) : own[label];
        double expected = kind == LABEL_LOGIT ? own[label] : kind == LABEL_LOG_ODDS ? odds : 1 / (1 + exp(-odds));
        CHECK(close_to(values[first * outputs + i], expected), "value %u of kind %u", i, kind);
      }
    }
  }
  CHECK(bad == 0x7fffffff, "row %u", bad);
  if (number == NUMBER_F32) {
    float none = HUGE_VALF;
    memcpy(memory + 4 * (row + rows - 1) * count, &none, 4);
    LAUNCH(groups, scores_labels(values, &bad, memory, targets, number, row, rows, count, outputs, first, LABEL_LOGIT, 1, NULL));
    CHECK(bad == first + rows - 1, "row %u", bad);
  }
  free(z); free(values); free(memory); free(targets);
}

static void logs(u32 groups, u32 number, u32 rows, u32 count) {
  u32 row = 1, target = 3, at = 2, each = 3, stride = 4;
  double *z = BUFFER(double, (size_t)(row + rows) * count), *found = BUFFER(double, at + (rows / each + 1) * stride);
  u8 *memory = random_numbers(number, (size_t)(row + rows) * count, z);
  u64 *targets = BUFFER(u64, target + rows), *local = BUFFER(u64, SCORES_LOGS_LOCAL / 8u);
  for (u32 r = 0; r < rows; r++) targets[target + r] = random_bits() % count;
  targets[target + rows - 1] = count;
  LAUNCH(groups, scores_logs(found, memory, targets, target, at, each, stride, number, row, rows, count, local));
  for (u32 r = 0; r + 1 < rows; r++) {
    const double *own = z + (size_t)(row + r) * count;
    double expected = own[targets[target + r]] - log_sum(own, count, count);
    double own_log = found[at + r / each * stride + r % each];
    CHECK(close_to(own_log, expected), "row %u of %u: %g, not %g", r, count, own_log, expected);
  }
  u32 last = rows - 1;
  double beyond = found[at + last / each * stride + (last - last / each * each)];
  CHECK(isnan(beyond), "a token beyond the vocabulary");
  free(z); free(found); free(memory); free(targets); free(local);
}

static void answers(u32 groups, u32 rows) {
  i32 starts[4] = {0, 2, 3, 7};
  double *given = BUFFER(double, rows * 7), *values = BUFFER(double, (1 + rows) * 7);
  u32 bad = 0x7fffffff;
  for (u32 i = 0; i < rows * 7; i++) given[i] = -2 + random_number();
  for (u32 kind = ANSWER_MEAN; kind <= ANSWER_TOKEN_PROBABILITIES; kind++) {
    u32 outputs = kind >= ANSWER_TOKENS ? 7 : kind == ANSWER_LOG_ODDS ? 2 : 3;
    LAUNCH(groups, scores_answers(values, &bad, given, starts, 0, rows, 3, outputs, 1, kind, NULL));
    for (u32 i = 0; i < rows * outputs; i++) {
      const double *own = given + i / outputs * 7;
      double sums[3] = {own[0] + own[1], own[2], own[3] + own[4] + own[5] + own[6]};
      u32 o = i % outputs;
      double expected = kind >= ANSWER_TOKENS ? own[o] : sums[o];
      if (kind == ANSWER_MEAN) expected /= starts[o + 1] - starts[o];
      if (kind == ANSWER_PROBABILITY || kind == ANSWER_TOKEN_PROBABILITIES) expected = exp(expected);
      if (kind == ANSWER_LOG_ODDS) expected -= sums[2];
      CHECK(close_to(values[outputs + i], expected), "value %u of kind %u", i, kind);
    }
  }
  CHECK(bad == 0x7fffffff, "row %u", bad);
  given[(rows - 1) * 7 + 6] = -HUGE_VAL;
  LAUNCH(groups, scores_answers(values, &bad, given, starts, 0, rows, 3, 3, 1, ANSWER_PROBABILITY, NULL));
  CHECK(bad == rows, "row %u", bad);
  free(given); free(values);
}

static void perplexities(u32 groups, u32 rows, u32 width) {
  u32 each = width - 1, length = 2, first = 1, bad = 0x7fffffff;
  double *given = BUFFER(double, rows * each), *values = BUFFER(double, first + rows);
  i32 *lengths = BUFFER(i32, length + rows);
  u64 *local = BUFFER(u64, LANES_LOCAL / 8u);
  for (u32 r = 0; r < rows; r++) {
    lengths[length + r] = (i32)(1 + random_bits() % width);
    for (u32 k = 0; k < each; k++) given[r * each + k] = k + 1 < (u32)lengths[length + r] ? -2 + random_number() : NAN;
  }
  LAUNCH(groups, scores_perplexities(values, &bad, given, lengths, length, rows, each, first, local));
  for (u32 r = 0; r < rows; r++) {
    u32 count = (u32)lengths[length + r] - 1;
    double sum = 0;
    for (u32 k = 0; k < count; k++) sum += given[r * each + k];
    CHECK(close_to(values[first + r], count == 0 ? 1 : exp(-sum / count)), "row %u", r);
  }
  CHECK(bad == 0x7fffffff, "row %u", bad);
  free(given); free(values); free(lengths); free(local);
}

static double pooled(const double *own, u32 tokens, u32 count, u32 d, u32 pool) {
  double sum = 0, largest = -HUGE_VAL;
  for (u32 t = 0; t < tokens; t++) {
    sum += own[t * count + d];
    largest = fmax(largest, own[t * count + d]);
  }
  if (pool == POOL_MEAN) return sum / tokens;
  return pool == POOL_FIRST ? own[d] : pool == POOL_LAST ? own[(tokens - 1) * count + d] : largest;
}

static void similarities(u32 groups, u32 number, u32 rows, u32 positions, u32 count) {
  u32 row = 1, length = 1, first = 2, outputs = 2;
  size_t numbers = (size_t)(row + rows) * positions * count;
  double *z = BUFFER(double, numbers), *vectors = BUFFER(double, rows * count);
  double *references = BUFFER(double, outputs * count), *values = BUFFER(double, (first + rows) * outputs);
  u8 *memory = random_numbers(number, numbers, z);
  i32 *lengths = BUFFER(i32, length + rows);
  u64 *local = BUFFER(u64, LANES_LOCAL / 8u);
  for (u32 i = 0; i < outputs * count; i++) references[i] = random_number();
  for (u32 r = 0; r < rows; r++) lengths[length + r] = (i32)(1 + random_bits() % (positions + 2));
  for (u32 pool = POOL_MEAN; pool <= POOL_MAX; pool++) {
    u32 bad = 0x7fffffff;
    LAUNCH(groups, scores_pool(vectors, memory, lengths, length, number, row, rows, positions, count, pool, NULL));
    LAUNCH(groups, scores_cosines(values, &bad, vectors, references, rows, count, outputs, first, local));
    for (u32 r = 0; r < rows; r++) {
      u32 tokens = (u32)lengths[length + r] < positions ? (u32)lengths[length + r] : positions;
      double squares = 0, products[2] = {0, 0};
      for (u32 d = 0; d < count; d++) {
        double x = pooled(z + (size_t)(row + r) * positions * count, tokens, count, d, pool);
        CHECK(close_to(vectors[r * count + d], x), "number %u of row %u, pool %u", d, r, pool);
        squares += x * x;
        products[0] += x * references[d];
        products[1] += x * references[count + d];
      }
      for (u32 o = 0; o < outputs; o++) {
        CHECK(close_to(values[(first + r) * outputs + o], products[o] / sqrt(squares)), "row %u, pool %u", r, pool);
      }
    }
    CHECK(bad == 0x7fffffff, "row %u", bad);
    /* No token, and a vector of zeros. */
    lengths[length + rows - 1] = 0;
    LAUNCH(groups, scores_pool(vectors, memory, lengths, length, number, row, rows, positions, count, pool, NULL));
    memset(vectors, 0, sizeof(double) * count);
    LAUNCH(groups, scores_cosines(values, &bad, vectors, references, rows, count, outputs, first, local));
    CHECK(bad == first + rows - 1 && values[first * outputs] == 0.0, "row %u", bad);
    lengths[length + rows - 1] = 1;
  }
  free(z); free(vectors); free(references); free(values); free(memory); free(lengths); free(local);
}

int main(void) {
  halves();
  for (u32 n = 0; n < 4; n++) {
    u32 number = NUMBERS[n];
    labels(1, number, 1, 1, 1);
    labels(3, number, 20, 2, 1);
    labels(2, number, 9, 30, 4);
    u32 vocabularies[8] = {1, 2, 255, 256, 257, 1023, 1025, 5000};
    for (u32 v = 0; v < 8; v++) logs(1 + v % 3, number, 3 + v, vocabularies[v]);
    similarities(1, number, 2, 1, 3);
    similarities(3, number, 7, 5, 40);
    similarities(2, number, 3, 4, 700);
  }
  answers(3, 40);
  perplexities(1, 1, 1);
  perplexities(2, 30, 50);
  perplexities(3, 4, 700);
  return 0;
}
