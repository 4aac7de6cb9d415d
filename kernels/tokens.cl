/*
 * Rows of tokens that masks leave of a text, as networks take them.
 *
 *   tokens_keys       length and hash of the row of each mask
 *   tokens_heads      which rows, in the order of their keys, differ from the one before; lengths
 *   tokens_numbered   the different rows, and the row of each mask
 *   tokens_fill       rows in a batch, with what follows them and what stands behind
 *   tokens_attention, tokens_positions   the other inputs of a batch
 *   tokens_ask, tokens_ask_own           where a network's head is to look, and for which tokens
 *
 * A text, in all of them:
 *   ids          I32 (tokens)
 *   owners       I32 (tokens): the feature of each, negative for tokens that always stay
 *   starts       I32 (tokens + 1): where in `substitutes` begins what stands for a hidden token
 *   substitutes  I32 (any)
 *   masks        U64 (any, words) row-major
 *   empty        the token that is the row of a mask that leaves none; negative for a row without
 *
 * Tensors of networks are int32 or, where `wide` is 1, int64.
 * Assumptions: fewer than 2^31 masks, tokens of a row and places; tokens are not negative.
 * Tolerance: none; the host's numbers, for every group size.
 */
#include "device.h"
#include "group.h"

/* The hash of a row is the polynomial of its tokens in this number, in 64 bits, times the number: */
/* the last tokens, too, are to change the first bits. */
#define HASH_FACTOR 0x9E3779B97F4A7C15u

FUNCTION u32 stays(GLOBAL const u64 *mask, i32 owner) {
  return owner < 0 || (mask[owner >> 6] >> (owner & 63) & 1u) != 0u;
}

FUNCTION void put(GLOBAL u64 *tensor, u32 wide, u64 at, i32 number) {
  if (wide != 0u) {
    tensor[at] = (u64)(u32)number;
  } else {
    ((GLOBAL i32 *)tensor)[at] = number;
  }
}

FUNCTION u64 get(GLOBAL const u64 *tensor, u32 wide, u64 at) {
  return wide != 0u ? tensor[at] : (u64)(u32)((GLOBAL const i32 *)tensor)[at];
}

/*
 * Keys whose order is that of lengths, and in a length that of hashes.
 *   keys  U64 (count): the length in the first `bits` bits, then as many of the hash as there is room for
 * An item takes a mask; all read the same token.
 */
KERNEL void tokens_keys(
    GLOBAL u64 *RESTRICT keys,
    GLOBAL const i32 *RESTRICT ids,
    GLOBAL const i32 *RESTRICT owners,
    GLOBAL const i32 *RESTRICT starts,
    GLOBAL const i32 *RESTRICT substitutes,
    GLOBAL const u64 *RESTRICT masks,
    u32 tokens,
    u32 words,
    i32 empty,
    u32 count,
    u32 bits,
    LOCAL_PARAMETER) {
  FOR_EACH(m, count) {
    GLOBAL const u64 *mask = masks + m * words;
    u64 length = 0;
    u64 hash = 0;
    for (u32 t = 0; t < tokens; t++) {
      if (stays(mask, owners[t])) {
        hash = (hash + (u32)ids[t]) * HASH_FACTOR;
        length++;
      } else {
        for (i32 s = starts[t]; s < starts[t + 1u]; s++) {
          hash = (hash + (u32)substitutes[s]) * HASH_FACTOR;
          length++;
        }
      }
    }
    if (length == 0u && empty >= 0) {
      hash = (u32)empty * (u64)HASH_FACTOR;
      length = 1u;
    }
    keys[m] = length << (64u - bits) | hash >> bits;
  }
}

/* The next token of the row of a mask, negative at its end; the reader is at a token, within what stands for it. */
FUNCTION i32 next_token(
    u32 *token,
    i32 *within,
    GLOBAL const u64 *mask,
    GLOBAL const i32 *ids,
    GLOBAL const i32 *owners,
    GLOBAL const i32 *starts,
    GLOBAL const i32 *substitutes,
    u32 tokens) {
  while (*token < tokens) {
    u32 t = *token;
    if (stays(mask, owners[t])) {
      *token = t + 1u;
      return ids[t];
    }
    if (starts[t] + *within < starts[t + 1u]) {
      i32 found = substitutes[starts[t] + *within];
      *within = *within + 1;
      return found;
    }
    *within = 0;
    *token = t + 1u;
  }
  return -1;
}

/*
 * Which rows, in the order of their keys, differ from the one before; how many rows and masks there
 * are of each length. Equal keys are no proof: their rows are read side by side.
 *   heads    I32 (count): 1 or 0
 *   lengths  I32 (2, longest + 1) row-major, zeros before: rows and masks of each length
 *   keys     U64 (count), ascending
 *   numbers  I32 (count): the masks in that order
 */
KERNEL void tokens_heads(
    GLOBAL i32 *RESTRICT heads,
    GLOBAL u32 *RESTRICT lengths,
    GLOBAL const u64 *RESTRICT keys,
    GLOBAL const i32 *RESTRICT numbers,
    GLOBAL const i32 *RESTRICT ids,
    GLOBAL const i32 *RESTRICT owners,
    GLOBAL const i32 *RESTRICT starts,
    GLOBAL const i32 *RESTRICT substitutes,
    GLOBAL const u64 *RESTRICT masks,
    u32 tokens,
    u32 words,
    i32 empty,
    u32 count,
    u32 bits,
    u32 longest,
    LOCAL_PARAMETER) {
  FOR_EACH(i, count) {
    u32 head = i == 0u || keys[i] != keys[i - 1u];
    if (head == 0u) {
      GLOBAL const u64 *own = masks + (u64)(u32)numbers[i] * words;
      GLOBAL const u64 *before = masks + (u64)(u32)numbers[i - 1u] * words;
      u32 same = 1u;
      for (u32 w = 0; w < words && same != 0u; w++) { same = own[w] == before[w]; }
      if (same == 0u) {
        u32 token_a = 0, token_b = 0;
        i32 within_a = 0, within_b = 0;
        i32 a = next_token(&token_a, &within_a, own, ids, owners, starts, substitutes, tokens);
        i32 b = next_token(&token_b, &within_b, before, ids, owners, starts, substitutes, tokens);
        a = a < 0 ? empty : a;
        b = b < 0 ? empty : b;
        while (a == b && a >= 0) {
          a = next_token(&token_a, &within_a, own, ids, owners, starts, substitutes, tokens);
          b = next_token(&token_b, &within_b, before, ids, owners, starts, substitutes, tokens);
        }
        head = a != b;
      }
    }
    u32 length = (u32)(keys[i] >> (64u - bits));
    heads[i] = (i32)head;
    if (head != 0u) { ATOMIC_ADD_U32(lengths + length, 1u); }
    ATOMIC_ADD_U32(lengths + longest + 1u + length, 1u);
  }
}

/*
 * The different rows, numbered in the order of their keys.
 *   firsts, lengths  I32 (rows): the first mask that leaves each, its tokens
 *   row_of           I32 (count): the row of each mask
 *   before           U64 (count + 1): sums of all heads before each
 */
KERNEL void tokens_numbered(
    GLOBAL i32 *RESTRICT firsts,
    GLOBAL i32 *RESTRICT lengths,
    GLOBAL i32 *RESTRICT row_of,
    GLOBAL const i32 *RESTRICT heads,
    GLOBAL const u64 *RESTRICT before,
    GLOBAL const u64 *RESTRICT keys,
    GLOBAL const i32 *RESTRICT numbers,
    u32 count,
    u32 bits,
    LOCAL_PARAMETER) {
  FOR_EACH(i, count) {
    i32 row = (i32)before[i + 1u] - 1;
    row_of[numbers[i]] = row;
    if (heads[i] != 0) {
      firsts[row] = numbers[i];
      lengths[row] = (i32)(keys[i] >> (64u - bits));
    }
  }
}

/*
 * Rows in a batch.
 *   out     (any, width) row-major: the rows first to first + count - 1 from row `at` on, each with
 *           the tail behind it and then the filler; places beyond count repeat the first row
 *   firsts  I32 (any): a mask that leaves each row
 *   tail    I32 (tail_count)
 * A group takes a place, an item a token of the text. Local memory: a u32 an item.
 */
#define TOKENS_FILL_LOCAL(items) (4u * (items))
KERNEL void tokens_fill(
    GLOBAL u64 *RESTRICT out,
    GLOBAL const i32 *RESTRICT ids,
    GLOBAL const i32 *RESTRICT owners,
    GLOBAL const i32 *RESTRICT starts,
    GLOBAL const i32 *RESTRICT substitutes,
    GLOBAL const u64 *RESTRICT masks,
    GLOBAL const i32 *RESTRICT firsts,
    GLOBAL const i32 *RESTRICT tail,
    u32 wide,
    u32 tokens,
    u32 words,
    i32 empty,
    u32 tail_count,
    u32 first,
    u32 count,
    u32 at,
    u32 places,
    u32 width,
    i32 filler,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, counts);
  FOR_GROUP(p, places) {
    GLOBAL const u64 *mask = masks + (u64)(u32)firsts[first + (p < count ? p : 0u)] * words;
    u64 row = (u64)(at + p) * width;
    u32 length = 0;
    for (u32 base = 0; base < tokens; base += LOCAL_SIZE) {
      u32 t = base + LOCAL_ID;
      u32 kept = t < tokens && stays(mask, owners[t]);
      u32 mine = kept;
      if (t < tokens && kept == 0u) { mine = (u32)(starts[t + 1u] - starts[t]); }
      u32 total;
      u64 to = row + length + group_scan(counts, mine, &total);
      if (kept != 0u) {
        put(out, wide, to, ids[t]);
      } else {
        for (u32 s = 0; s < mine; s++) { put(out, wide, to + s, substitutes[(u32)starts[t] + s]); }
      }
      length += total;
    }
    if (length == 0u && empty >= 0) {
      if (LOCAL_ID == 0u) { put(out, wide, row, empty); }
      length = 1u;
    }
    FOR_LOCAL(k, tail_count) { put(out, wide, row + length + k, tail[k]); }
    length += tail_count;
    for (u32 k = length + LOCAL_ID; k < width; k += LOCAL_SIZE) { put(out, wide, row + k, filler); }
  }
}

/*
 * 1 for what stands in front of a row, its tokens and the tail, 0 behind.
 *   out      (any, all) row-major, from row `at` on
 *   lengths  I32 (any): tokens of each row
 *   more     tokens in front and in the tail
 */
KERNEL void tokens_attention(
    GLOBAL u64 *RESTRICT out,
    GLOBAL const i32 *RESTRICT lengths,
    u32 wide,
    u32 more,
    u32 first,
    u32 count,
    u32 at,
    u32 places,
    u32 all,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)places * all) {
    u32 p = (u32)(i / all);
    u32 seen = (u32)lengths[first + (p < count ? p : 0u)] + more;
    put(out, wide, (u64)at * all + i, (u32)(i % all) < seen);
  }
}

/* Places from `past` on: out (any, width) row-major, from row `at` on. */
KERNEL void tokens_positions(
    GLOBAL u64 *RESTRICT out, u32 wide, u32 past, u32 at, u32 places, u32 width, LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)places * width) {
    put(out, wide, (u64)at * width + i, (i32)(past + (u32)(i % width)));
  }
}

/*
 * Places before tokens that are asked about behind the ends of rows.
 *   places, targets  U64 (any), from `from` on (count, asked) row-major
 *   lengths          I32 (any)
 *   offsets, tokens  I32 (asked): how many tokens stand between a row's last and each; each
 */
KERNEL void tokens_ask(
    GLOBAL u64 *RESTRICT places,
    GLOBAL u64 *RESTRICT targets,
    GLOBAL const i32 *RESTRICT lengths,
    GLOBAL const i32 *RESTRICT offsets,
    GLOBAL const i32 *RESTRICT tokens,
    u64 from,
    u32 first,
    u32 count,
    u32 asked,
    u32 width,
    u32 at,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)count * asked) {
    u32 r = (u32)(i / asked);
    u32 a = (u32)(i % asked);
    places[from + i] = (u64)(at + r) * width + (u64)((i64)lengths[first + r] - 1 + offsets[a]);
    targets[from + i] = (u64)(u32)tokens[a];
  }
}

/*
 * The same for all tokens of rows but their first, (count, width - 1); behind the last the row's
 * first place with the token 0.
 *   ids  (any, width) row-major: the batch
 */
KERNEL void tokens_ask_own(
    GLOBAL u64 *RESTRICT places,
    GLOBAL u64 *RESTRICT targets,
    GLOBAL const u64 *RESTRICT ids,
    GLOBAL const i32 *RESTRICT lengths,
    u64 from,
    u32 wide,
    u32 first,
    u32 count,
    u32 width,
    u32 at,
    LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)count * (width - 1u)) {
    u32 r = (u32)(i / (width - 1u));
    u32 t = (u32)(i % (width - 1u)) + 1u;
    u64 row = (u64)(at + r) * width;
    u32 own = t < (u32)lengths[first + r];
    places[from + i] = own ? row + t - 1u : row;
    targets[from + i] = own ? get(ids, wide, row + t) : 0u;
  }
}
