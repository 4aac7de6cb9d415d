/*
 * SPEX peeling: taking terms out of their bins, and which bins are decoded next.
 *
 * Formulas: a term with signs s_p = (-1)^<d_p,k> has in each group c the mean m_c = sum_p s_p U_p
 * / (P + 1) and the weight w_c = 1 / (energy_c - (P + 1) m_c^2); its coefficient is
 * F = sum w_c m_c / sum w_c, and its evidence sum_c (P + 1)/2 ln(energy before / energy after),
 * which must exceed ln C(n, r) by a given number of nats.
 *
 * Order: as if the candidates of a round were taken one by one in the order of (share of energy
 * left, bin). A candidate needs its own bins alone, so all that come first in each of their bins
 * act at once, and what is left repeats that: each bin is claimed by the least share, then by the
 * least bin among equal ones. Arithmetic: doubles, added in the order of the delays as HostPeeling
 * does. Tolerance: none against HostDecoding but for the logarithm, which is compared only.
 *
 * Grid mapping: a group a problem.
 * Parameters: tuned group sizes, without effect on results. Source: Kang et al., arXiv 2502.13870.
 */
#include "device.h"

#define RADIX_BITS 11u
#define RADIX (1u << RADIX_BITS)
/* Digits that one item adds up before one item looks for the digit. */
#define RUN 32u
/* Bytes of local memory: a histogram, its sums by runs, a digit, a count. */
#define PEELING_PEEL_LOCAL (4u * (RADIX + RADIX / RUN + 2u))

/*
 * The energy that a bin of a problem must exceed: its zero, and unless every bin counts also loud
 * times the rank-th smallest energy.
 *
 * energies: (bins), not negative. Radix selection: from the highest bits on, the histogram of the
 * energies that agree so far tells the next bits. Local memory: (RADIX + RADIX / RUN + 2) u32.
 */
FUNCTION double floor_of(
    GLOBAL const double *energies,
    u32 bins,
    u32 every,
    u32 rank,
    double zero,
    double loud,
    LOCAL u32 *histogram) {
  LOCAL u32 *runs = histogram + RADIX;
  LOCAL u32 *digit = runs + RADIX / RUN;
  u64 prefix = 0;
  u32 before = 0;
  for (u32 step = 0; step < (every != 0u ? 0u : 6u); step++) {
    // 5 digits of 11 bits and one of 9.
    u32 shift = step == 5u ? 0u : 53u - RADIX_BITS * step;
    u32 low = step == 5u ? 9u : RADIX_BITS;
    FOR_LOCAL(d, RADIX) {
      histogram[d] = 0;
    }
    BARRIER();
    FOR_LOCAL(i, bins) {
      u64 bits = DOUBLE_BITS(energies[i]);
      // A shift by 64 is not defined: two shifts.
      if ((bits >> shift >> low) == prefix) {
        LOCAL_ADD_U32(&histogram[(u32)(bits >> shift) & ((1u << low) - 1u)], 1u);
      }
    }
    BARRIER();
    FOR_LOCAL(r, RADIX / RUN) {
      u32 sum = 0;
      for (u32 d = 0; d < RUN; d++) {
        sum += histogram[r * RUN + d];
      }
      runs[r] = sum;
    }
    BARRIER();
    if (LOCAL_ID == 0u) {
      u32 d = 0;
      u32 below = before;
      while (below + runs[d / RUN] <= rank) {
        below += runs[d / RUN];
        d += RUN;
      }
      while (below + histogram[d] <= rank) {
        below += histogram[d++];
      }
      digit[0] = d;
      digit[1] = below;
    }
    BARRIER();
    prefix = prefix << low | digit[0];
    before = digit[1];
    BARRIER();
  }
  double quiet = every != 0u ? zero : MUL64(loud, BITS_DOUBLE(prefix));
  return quiet > zero ? quiet : zero;
}

/* The share of energy left as a number that is larger where the share is less; never 0. */
FUNCTION u64 claim_of(double left) {
  u64 bits = DOUBLE_BITS(left);
  u64 ascending = bits >> 63 != 0u ? ~bits : bits | (u64)1 << 63;
  return ~ascending;
}

/* Word w of the signs of a set: size first, then the features. */
FUNCTION u64 signs_of(GLOBAL const u32 *set, GLOBAL const u64 *signatures, u32 words, u32 w) {
  u64 signs = 0;
  for (u32 k = 0; k < set[0]; k++) {
    signs ^= signatures[(u64)set[1u + k] * words + w];
  }
  return signs;
}

/* The sum of a bin's numbers under the signs of a set. */
FUNCTION double signed_sum(
    GLOBAL const double *numbers,
    GLOBAL const u32 *set,
    GLOBAL const u64 *signatures,
    u32 words,
    u32 delays) {
  double sum = 0;
  for (u32 w = 0; w < words; w++) {
    u64 signs = signs_of(set, signatures, words, w);
    u32 count = delays - 64u * w < 64u ? delays - 64u * w : 64u;
    for (u32 p = 0; p < count; p++) {
      double number = numbers[64u * w + p];
      sum = ADD64(sum, (signs >> p & 1u) != 0u ? -number : number);
    }
  }
  return sum;
}

/* Takes a coefficient under the signs of a set from a bin's numbers; returns the energy left. */
FUNCTION double subtract(
    GLOBAL double *numbers,
    GLOBAL const u32 *set,
    GLOBAL const u64 *signatures,
    u32 words,
    u32 delays,
    double coefficient) {
  double energy = 0;
  for (u32 w = 0; w < words; w++) {
    u64 signs = signs_of(set, signatures, words, w);
    u32 count = delays - 64u * w < 64u ? delays - 64u * w : 64u;
    for (u32 p = 0; p < count; p++) {
      double number = ADD64(
          numbers[64u * w + p], (signs >> p & 1u) != 0u ? coefficient : -coefficient);
      numbers[64u * w + p] = number;
      energy = ADD64(energy, MUL64(number, number));
    }
  }
  return energy;
}

/*
 * The coefficient of a candidate whose bins have the given means, and whether it is to be taken.
 * place: (groups) its bins; means: (groups).
 */
FUNCTION u32 weigh(
    GLOBAL const u32 *place,
    GLOBAL const double *means,
    GLOBAL const double *energies,
    u32 groups,
    u32 delays,
    double zero,
    double least,
    GLOBAL double *coefficient) {
  double count = (double)delays;
  double weights = 0;
  double sum = 0;
  for (u32 c = 0; c < groups; c++) {
    double mean = means[c];
    double rest = ADD64(energies[place[c]], -MUL64(MUL64(count, mean), mean));
    double weight = 1.0 / (rest > zero ? rest : zero);
    weights = ADD64(weights, weight);
    sum = ADD64(sum, MUL64(weight, mean));
  }
  double value = sum / weights;
  double evidence = 0;
  for (u32 c = 0; c < groups; c++) {
    double energy = energies[place[c]];
    double after = ADD64(
        energy, -MUL64(MUL64(count, value), ADD64(MUL64(2.0, means[c]), -value)));
    double ratio = (energy > zero ? energy : zero) / (after > zero ? after : zero);
    evidence = ADD64(evidence, MUL64(MUL64(0.5, count), log(ratio)));
  }
  *coefficient = value;
  return !(evidence < least);
}

/*
 * Peels the candidates of a round, then lists the bins for the next: those that changed and exceed
 * the floor of their problem, in no order. Round 0 has no candidates.
 *
 * numbers, energies, settled: (problems, bins, delays), (problems, bins) twice, settled 0 where a
 * bin changed; counters: (rounds, 1 + problems), zeros before their round: length of todo, then
 * candidates of each problem; left, where, sets, places: candidates as decoding_decode leaves them;
 * log_sets: (errors + 1) ln C(n, r); todo: (problems, bins).
 * Scratch: claims: (2, problems, bins), 0 before and after; means: (problems, bins, groups);
 * coefficients: (problems, bins); lists: (3, problems, bins).
 * Found: taken: (rounds, problems), zeros before, terms taken; found: (1) terms so far; found_values:
 * coefficients; found_sets: (2 + errors) problem, size, features. Terms with the same set stand in
 * the order in which they were taken.
 * Local memory: (RADIX + RADIX / RUN + 2) u32.
 */
KERNEL void peeling_peel(
    GLOBAL double *numbers,
    GLOBAL double *energies,
    GLOBAL u32 *settled,
    GLOBAL const u64 *largest,
    GLOBAL u32 *counters,
    GLOBAL const double *left,
    GLOBAL const u32 *where,
    GLOBAL const u32 *sets,
    GLOBAL const u32 *places,
    GLOBAL const u64 *signatures,
    GLOBAL const double *log_sets,
    GLOBAL u64 *claims,
    GLOBAL double *means,
    GLOBAL double *coefficients,
    GLOBAL u32 *lists,
    GLOBAL u32 *todo,
    GLOBAL u32 *taken,
    GLOBAL u32 *found,
    GLOBAL double *found_values,
    GLOBAL u32 *found_sets,
    u32 problems,
    u32 bins,
    u32 groups,
    u32 delays,
    u32 words,
    u32 errors,
    u32 round,
    u32 every,
    u32 rank,
    double rounding,
    double loud,
    double residual,
    double evidence,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, histogram);
  LOCAL u32 *next_count = histogram + RADIX + RADIX / RUN;
  GLOBAL u32 *now = counters + round * (1u + problems);
  u64 all = (u64)problems * bins;
  FOR_GROUP(problem, problems) {
    u64 first = (u64)problem * bins;
    GLOBAL double *energy = energies + first;
    GLOBAL u64 *claim = claims + first;
    GLOBAL u64 *tie = claims + all + first;
    GLOBAL u32 *list = lists + first;
    GLOBAL u32 *next = lists + all + first;
    GLOBAL u32 *owner = lists + 2u * all + first;
    double zero = MUL64(rounding, BITS_DOUBLE(largest[problem]));
    u32 count = now[1u + problem];
    FOR_LOCAL(i, count) {
      list[i] = i;
    }
    BARRIER();
    while (count > 0u) {
      FOR_LOCAL(i, count * groups) {
        u32 candidate = list[i / groups];
        u64 place = (first + candidate) * groups + i % groups;
        ATOMIC_MAX_U64(&claim[places[place]], claim_of(left[first + candidate]));
      }
      if (LOCAL_ID == 0u) {
        next_count[0] = 0;
      }
      BARRIER();
      FOR_LOCAL(i, count * groups) {
        u32 candidate = list[i / groups];
        u32 at = places[(first + candidate) * groups + i % groups];
        if (claim[at] == claim_of(left[first + candidate])) {
          ATOMIC_MAX_U64(&tie[at], ~(u64)where[first + candidate]);
        }
      }
      BARRIER();
      // Those that come first in all of their bins; the others go on to the next turn.
      FOR_LOCAL(i, count) {
        u32 candidate = list[i];
        u64 c0 = (first + candidate) * groups;
        u32 owns = 1;
        for (u32 c = 0; c < groups; c++) {
          u32 at = places[c0 + c];
          owns &= claim[at] == claim_of(left[first + candidate])
              && tie[at] == ~(u64)where[first + candidate];
        }
        owner[i] = owns;
        if (owns == 0u) {
          next[LOCAL_ADD_U32(&next_count[0], 1u)] = candidate;
        }
      }
      BARRIER();
      FOR_LOCAL(i, count * groups) {
        u32 candidate = list[i / groups];
        u64 place = (first + candidate) * groups + i % groups;
        u32 at = places[place];
        claim[at] = 0;
        tie[at] = 0;
        if (owner[i / groups] != 0u) {
          means[place] = signed_sum(
              numbers + (first + at) * delays,
              sets + (first + candidate) * (errors + 1u),
              signatures,
              words,
              delays);
        }
      }
      BARRIER();
      // What is in the bin now must still speak for the term.
      FOR_LOCAL(i, count) {
        u32 candidate = list[i];
        u64 c0 = (first + candidate) * groups;
        u32 bin = where[first + candidate];
        u32 size = sets[(first + candidate) * (errors + 1u)];
        if (owner[i] != 0u) {
          double own = 0;
          for (u32 c = 0; c < groups; c++) {
            double sum = means[c0 + c];
            own = places[c0 + c] == bin ? sum : own;
            means[c0 + c] = sum / (double)delays;
          }
          double now = ADD64(
              1.0, -(MUL64(own, own) / MUL64((double)delays, energy[bin])));
          u32 takes = energy[bin] > zero && now < residual
              && weigh(places + c0, means + c0, energy, groups, delays, zero,
                  ADD64(evidence, log_sets[size]), &coefficients[first + candidate]);
          owner[i] = takes;
          if (takes != 0u) {
            ATOMIC_ADD_U32(&taken[round * problems + problem], 1u);
            u32 at = ATOMIC_ADD_U32(&found[0], 1u);
            found_values[at] = coefficients[first + candidate];
            found_sets[(u64)at * (errors + 2u)] = problem;
            for (u32 k = 0; k <= errors; k++) {
              found_sets[(u64)at * (errors + 2u) + 1u + k] =
                  sets[(first + candidate) * (errors + 1u) + k];
            }
          }
        }
      }
      BARRIER();
      FOR_LOCAL(i, count * groups) {
        u32 candidate = list[i / groups];
        u32 at = places[(first + candidate) * groups + i % groups];
        if (owner[i / groups] != 0u) {
          energy[at] = subtract(
              numbers + (first + at) * delays,
              sets + (first + candidate) * (errors + 1u),
              signatures,
              words,
              delays,
              coefficients[first + candidate]);
          settled[first + at] = 0;
        }
      }
      count = next_count[0];
      BARRIER();
      GLOBAL u32 *swap = list;
      list = next;
      next = swap;
    }
    double above = floor_of(energy, bins, every, rank, zero, loud, histogram);
    FOR_LOCAL(i, bins) {
      if (settled[first + i] == 0u) {
        settled[first + i] = 1;
        if (energy[i] > above) {
          todo[ATOMIC_ADD_U32(&now[1u + problems], 1u)] = (u32)first + i;
        }
      }
    }
    BARRIER();
  }
}
