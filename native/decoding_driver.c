#include "driver.h"

#ifndef ERRORS
#define ERRORS 5
#endif
#include "../kernels/decoding.cl"

/* Primitive polynomials of the degrees that are tried here. */
static u32 primitive(u32 degree) {
  switch (degree) {
    case 5: return 0x25;
    case 6: return 0x43;
    case 8: return 0x11D;
    case 11: return 0x805;
    case 12: return 0x1053;
    case 14: return 0x4443;
    default: return 0x1100B; /* 16 */
  }
}

static u32 peasant(u32 degree, u32 a, u32 b) {
  u32 product = 0;
  for (u32 i = 0; i < degree; i++) {
    product ^= b >> i & 1u ? a : 0u;
    a = a << 1 ^ (a >> (degree - 1) & 1u ? primitive(degree) : 0u);
  }
  return product;
}

static u32 shifts_of(u32 degree) {
  u32 shifts = 0, place = 0;
  for (u32 bit = 1; bit < degree; bit++) {
    if (primitive(degree) >> bit & 1u) {
      shifts |= bit << place;
      place += 8;
    }
  }
  return shifts;
}

static u32 four_of(u32 degree) { return degree == 14 || degree == 16; }

static void products(u32 degree) {
  Field field = field_of(degree, shifts_of(degree), four_of(degree));
  for (u32 i = 0; i < 20000; i++) {
    u32 a = i == 0 ? field.order : (u32)random_bits() & field.order;
    u32 b = i == 0 ? field.order : (u32)random_bits() & field.order;
    CHECK(field_multiply(field, a, b) == peasant(degree, a, b), "%u times %u, degree %u", a, b, degree);
    CHECK(field_square(field, a) == peasant(degree, a, a), "square of %u, degree %u", a, degree);
  }
}

/* A shortened code with its tables, built from minimal polynomials. */
static u32 errors_, degree_, features_, parity_, words_;
static u32 *tables_, *rows_;
static u64 *signatures_;
static u8 *generator_;

static void build(u32 errors, u32 degree, u32 features) {
  u32 order = (1u << degree) - 1u, size = order + 1u;
  errors_ = errors;
  degree_ = degree;
  features_ = features;
  tables_ = BUFFER(u32, 3 * size);
  u32 *powers = BUFFER(u32, order);
  for (u32 e = 0, x = 1; e < order; e++, x = peasant(degree, x, 2)) {
    powers[e] = x;
    tables_[x] = e;
  }
  tables_[0] = tables_[size] = 0;
  for (u32 e = 0; e < order; e++) tables_[size + powers[e]] = powers[(order - e) % order];
  for (u32 a = 0; a < size; a++) tables_[2 * size + a] = NONE;
  for (u32 y = size; y-- > 0;) tables_[2 * size + (peasant(degree, y, y) ^ y)] = y;
  /* The generator has the roots alpha^e for all e in the cosets of 1, 3, ... */
  u8 *covered = BUFFER(u8, order);
  memset(covered, 0, order);
  u32 *g = BUFFER(u32, degree * ERRORS + 1);
  memset(g, 0, 4 * (degree * ERRORS + 1));
  g[0] = 1;
  parity_ = 0;
  for (u32 j = 1; j < 2 * errors; j += 2) {
    for (u32 e = j % order; !covered[e]; e = 2 * e % order) {
      covered[e] = 1;
      for (u32 i = ++parity_; i > 0; i--) g[i] = g[i - 1] ^ peasant(degree, g[i], powers[e]);
      g[0] = peasant(degree, g[0], powers[e]);
    }
  }
  CHECK(order - parity_ >= features, "%u features in degree %u", features, degree);
  words_ = (parity_ + 64) / 64;
  signatures_ = BUFFER(u64, features * words_);
  memset(signatures_, 0, 8 * features * words_);
  u8 *rest = BUFFER(u8, parity_ + 1);
  for (u32 p = 0; p < parity_; p++) rest[p] = (u8)g[p];
  for (u32 i = 0; i < features; i++) {
    for (u32 p = 0; p < parity_; p++) {
      signatures_[i * words_ + (p + 1) / 64] |= (u64)rest[p] << ((p + 1) % 64);
    }
    u8 carry = rest[parity_ - 1];
    for (u32 p = parity_; p-- > 0;) rest[p] = (p > 0 ? rest[p - 1] : 0) ^ (carry ? (u8)g[p] : 0);
  }
  rows_ = BUFFER(u32, (parity_ + 1) * ERRORS);
  for (u32 j = 0; j < ERRORS; j++) {
    rows_[j] = 0;
    for (u32 p = 0; p < parity_; p++) {
      rows_[(p + 1) * ERRORS + j] = j < errors ? powers[(u64)p * (2 * j + 1) % order] : 0;
      rows_[j] ^= rows_[(p + 1) * ERRORS + j];
    }
  }
  free(powers);
  free(covered);
  free(g);
  free(rest);
}

static void drop(void) {
  free(tables_);
  free(rows_);
  free(signatures_);
}

static u32 sign_of(const u32 *set, u32 size, u32 p) {
  u64 bit = 0;
  for (u32 k = 0; k < size; k++) bit ^= signatures_[set[k] * words_ + p / 64] >> (p % 64);
  return (u32)(bit & 1u);
}

/* One term in each bin, with signs flipped at its weakest numbers: all must come out. */
static void terms(u32 bins, u32 patterns, u32 flipped, u32 groups) {
  u32 delays = parity_ + 1, items = patterns == 1 ? 0 : 2 * errors_ < delays ? 2 * errors_ : delays;
  double *numbers = BUFFER(double, bins * delays);
  double *energies = BUFFER(double, bins);
  u32 *hashes = BUFFER(u32, features_);
  u32 *sets = BUFFER(u32, bins * (ERRORS + 1));
  u32 *todo = BUFFER(u32, bins);
  for (u32 i = 0; i < features_; i++) hashes[i] = (u32)random_bits() % bins;
  for (u32 b = 0; b < bins; b++) {
    u32 *set = sets + b * (ERRORS + 1);
    u32 hash;
    do {
      set[0] = (u32)random_bits() % (1 + (errors_ < features_ ? errors_ : features_));
      hash = 0;
      for (u32 k = 0; k < set[0]; k++) {
        /* Ascending, without repetition: a random step above the last. */
        u32 low = k == 0 ? 0 : set[k] + 1, high = features_ - (set[0] - k - 1);
        set[k + 1] = low + (u32)random_bits() % (high - low);
        hash ^= hashes[set[k + 1]];
      }
      /* Small sets cannot reach every bin: those bins hold none. */
    } while (hash != b && random_bits() % 4000 != 0);
    todo[b] = b;
    u32 have = hash == b;
    if (!have) set[0] = NONE;
    double c = random_number() < 0 ? -1.5 : 1.5;
    energies[b] = 0;
    for (u32 p = 0; p < delays; p++) {
      double x = have ? (sign_of(set + 1, set[0], p) ? -c : c) * (1 + 0.1 * random_number())
                      : random_number();
      if (have && p < flipped) x *= -0.01;
      numbers[b * delays + p] = x;
      energies[b] += x * x;
    }
  }
  u32 counters[2] = {bins, 0};
  double *left = BUFFER(double, bins);
  u32 *where = BUFFER(u32, bins);
  u32 *found = BUFFER(u32, bins * (ERRORS + 1));
  u32 *places = BUFFER(u32, bins);
  u32 entries = items < 20 && patterns > 1u << items ? 1u << items : patterns;
  u64 *memory = buffer(DECODING_DECODE_LOCAL(delays, entries));
  LAUNCH(groups, decoding_decode(numbers, energies, todo, counters, 0, rows_, tables_, errors_, degree_,
      shifts_of(degree_), four_of(degree_), hashes, signatures_, features_, 1, delays, bins, words_,
      entries, items, 0.9, left, where, found, places, memory));
  u32 expected = 0;
  for (u32 b = 0; b < bins; b++) expected += sets[b * (ERRORS + 1)] != NONE;
  u32 right = 0;
  for (u32 i = 0; i < counters[1]; i++) {
    u32 *set = sets + where[i] * (ERRORS + 1);
    u32 *got = found + i * (ERRORS + 1);
    double sum = 0;
    u32 hash = 0;
    for (u32 k = 0; k < got[0]; k++) hash ^= hashes[got[1 + k]];
    for (u32 p = 0; p < delays; p++) {
      double x = numbers[where[i] * delays + p];
      sum += sign_of(got + 1, got[0], p) ? -x : x;
    }
    CHECK(hash == where[i] && places[i] == where[i], "bin %u of a term of bin %u", hash, where[i]);
    CHECK(left[i] < 0.9 && left[i] == 1 - sum * sum / (delays * energies[where[i]]),
        "share %g of bin %u", left[i], where[i]);
    if (set[0] != NONE) {
      right++;
      CHECK(memcmp(set, got, 4 * (1 + got[0])) == 0, "term of bin %u, order %u", where[i], set[0]);
    }
  }
  CHECK(right == expected, "%u of %u terms at degree %u", right, expected, degree_);
  free(numbers);
  free(energies);
  free(hashes);
  free(sets);
  free(todo);
  free(left);
  free(where);
  free(found);
  free(places);
  free(memory);
}

static void gather(u32 problems, u32 groups, u32 delays, u32 points, u32 single, u32 launched) {
  u32 skipped = 3, count = problems * groups * delays * points;
  double *doubles = BUFFER(double, skipped + count);
  float *singles = BUFFER(float, skipped + count);
  for (u32 i = 0; i < skipped + count; i++) doubles[i] = singles[i] = (float)random_number();
  double *numbers = BUFFER(double, count);
  double *energies = BUFFER(double, problems * groups * points);
  u64 *largest = BUFFER(u64, problems);
  memset(largest, 0, 8 * problems);
  u64 *memory = buffer(DECODING_GATHER_LOCAL);
  LAUNCH(launched, decoding_gather(single ? NULL : doubles, single ? singles : NULL, single, skipped,
      numbers, energies, largest, problems * groups, groups, delays, points, memory));
  for (u32 q = 0; q < problems; q++) {
    double most = 0;
    for (u32 b = q * groups; b < (q + 1) * groups; b++) {
      for (u32 j = 0; j < points; j++) {
        double energy = 0;
        for (u32 p = 0; p < delays; p++) {
          double u = doubles[skipped + (b * delays + p) * points + j];
          CHECK(numbers[(b * points + j) * delays + p] == u, "number %u of bin %u", p, j);
          energy += u * u;
        }
        CHECK(energies[b * points + j] == energy, "energy of bin %u", j);
        most = energy > most ? energy : most;
      }
    }
    CHECK(BITS_DOUBLE(largest[q]) == most, "largest energy of problem %u", q);
  }
  free(doubles);
  free(singles);
  free(numbers);
  free(energies);
  free(largest);
  free(memory);
}

int main(void) {
  u32 degrees[] = {5, 6, 8, 11, 12, 14, 16};
  for (u32 d = 0; d < sizeof degrees / sizeof *degrees; d++) products(degrees[d]);
  gather(1, 1, 1, 1, 0, 1);
  gather(2, 3, 31, 33, 1, 4);
  gather(3, 1, 65, 64, 0, 2);
  u32 features[] = {1, 20, 120, 1000, 3000, 9000, 3000};
  for (u32 d = 0; d < sizeof degrees / sizeof *degrees; d++) {
    for (u32 errors = 1; errors <= ERRORS; errors++) {
      /* Small fields have no long codes for many errors. */
      if (errors > 5 && errors * degrees[d] + features[d] >= 1u << degrees[d]) continue;
      /* Short codes do not stand more errors than they correct. */
      u32 flipped = errors >= 5 && degrees[d] > 5 ? 3 : 0;
      build(errors, degrees[d], features[d]);
      terms(1, 1, 0, 1);
      terms(16, 1, 0, 3);
      terms(16, 55, flipped, 16);
      terms(8, 130, flipped, 1);
      drop();
    }
  }
  return 0;
}
