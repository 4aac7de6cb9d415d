#ifndef ABLATE_BOOSTING_GLOBAL_H
#define ABLATE_BOOSTING_GLOBAL_H

/*
 * The second way of boosting.cl: all groups work on a tree, rows lie in global memory.
 */

/* columns (words, rows) from masks (rows, words). */
KERNEL void boosting_columns(
    GLOBAL u64 *columns, GLOBAL const u64 *masks, u32 rows, u32 words, LOCAL_PARAMETER) {
  FOR_EACH(i, (u64)rows * words) {
    u64 w = i / rows;
    columns[i] = masks[(i - w * rows) * words + w];
  }
}

/* A run's book in local memory, and back; each ends with a barrier. */
FUNCTION void boosting_open(LOCAL u64 *to, GLOBAL const u64 *from, u32 words) {
  FOR_LOCAL(i, words) to[i] = from[i];
  BARRIER();
}

FUNCTION void boosting_close(GLOBAL u64 *to, LOCAL const u64 *from, u32 words) {
  BARRIER();
  FOR_LOCAL(i, words) to[i] = from[i];
  BARRIER();
}

/* Starts a tree of each run; a group a run. Local: a book. */
KERNEL void boosting_plant_global(
    GLOBAL u64 *books,
    GLOBAL u64 *sums,
    GLOBAL double *errors,
    GLOBAL const u64 *offsets,
    u32 runs,
    u32 capacity,
    u32 slots,
    u32 width,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  Tree t = Tree_at(local_words, capacity);
  u32 stride = BOOSTING_BOOK_WORDS(capacity);
  FOR_GROUP(run, runs) {
    boosting_open(local_words, books + (u64)run * stride, stride);
    boosting_plant(&t, errors + offsets[3u * run + 2u]);
    FOR_LOCAL(f, width) sums[(u64)run * slots * width + f] = 0;
    boosting_close(books + (u64)run * stride, local_words, stride);
  }
}

/*
 * Sums of the smaller children; a group a run, a word of features and `chunk` rows (at most 2^14).
 * The group lists its rows by leaf in local memory, sums there, and adds to the sums of all.
 * Local words: 2 (chunk + 1) masks and states, 64 pairs sums, (chunk + 32 pairs) / 4 lists and
 * 5 pairs for where they begin; chunk a multiple of 4, pairs the most at once.
 */
#define BOOSTING_SUM_LOCAL(chunk, pairs) \
  (8u * (2u * ((chunk) + 1u) + 64u * (pairs) + ((chunk) + 32u * (pairs)) / 4u + \
         BOOSTING_PAIR_WORDS * (pairs)))
KERNEL void GROUP_AT_MOST(1024) boosting_sum(
    GLOBAL u64 *sums,
    GLOBAL const u64 *books,
    GLOBAL const u32 *leaf_of,
    GLOBAL const u64 *columns,
    GLOBAL const u64 *state,
    GLOBAL const u64 *sets,
    GLOBAL const i32 *told,
    u32 runs,
    u32 rows,
    u32 words,
    u32 capacity,
    u32 slots,
    u32 chunk,
    u32 most_pairs,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  LOCAL u64 *masks = local_words;
  LOCAL u64 *mine = masks + chunk + 1u;
  LOCAL u64 *mine_sums = mine + chunk + 1u;
  LOCAL u16 *list = (LOCAL u16 *)(mine_sums + 64u * most_pairs);
  LOCAL Pair *pair_at = (LOCAL Pair *)(list + chunk + 32u * most_pairs);
  u32 chunks = (rows + chunk - 1u) / chunk;
  u32 width = 64u * words;
  FOR_GROUP(task, runs * chunks * words) {
    u32 w = task % words;
    u32 first = task / words % chunks * chunk;
    u32 run = task / words / chunks;
    u32 count = rows - first < chunk ? rows - first : chunk;
    GlobalTree t =
        GlobalTree_at((GLOBAL u64 *)books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    GLOBAL const u64 *train = sets + (u64)told[run * TOLD_NUMBERS + TOLD_TRAIN] * WORDS64(rows);
    GLOBAL const u32 *leaves = leaf_of + (u64)run * rows + first;
    u32 pairs = t.scalar[SCALAR_LISTED] == 0u ? 0u : t.scalar[SCALAR_PAIRS];
    if (pairs > 0u) {
      FOR_LOCAL(r, count + 1u) {
        masks[r] = r < count ? columns[(u64)w * rows + first + r] : 0u;
        mine[r] = r < count ? state[(u64)run * rows + first + r] : 0u;
      }
      FOR_LOCAL(p, pairs) {
        pair_at[p].cursor = 0u;
        pair_at[p].into = p;
      }
      FOR_LOCAL(i, 64u * pairs) mine_sums[i] = 0;
      BARRIER();
      for (u32 base = 0; base < count; base += LOCAL_SIZE) {
        u32 r = base + LOCAL_ID;
        u32 pair = r < count && boosting_bit(train, first + r) ? t.leaf[leaves[r]].small : NONE;
        boosting_place(pair_at, pair);
      }
      BARRIER();
      if (LOCAL_ID == 0u) {
        u32 end = 0u;
        for (u32 p = 0; p < pairs; p++) {
          pair_at[p].rows = pair_at[p].cursor;
          pair_at[p].start = pair_at[p].cursor = end;
          end += boosting_whole(pair_at[p].rows);
          pair_at[p].end = end;
        }
      }
      BARRIER();
      FOR_LOCAL(i, 32u * pairs) {
        u32 p = i >> 5;
        u32 k = pair_at[p].start + pair_at[p].rows + (i & 31u);
        if (k < pair_at[p].end) list[k] = (u16)count;
      }
      for (u32 base = 0; base < count; base += LOCAL_SIZE) {
        u32 r = base + LOCAL_ID;
        u32 pair = r < count && boosting_bit(train, first + r) ? t.leaf[leaves[r]].small : NONE;
        u32 place = boosting_place(pair_at, pair);
        if (pair != NONE) list[place] = (u16)r;
      }
      BARRIER();
      boosting_sum_lists(masks, 1u, mine, list, pair_at, pairs, mine_sums);
      BARRIER();
      FOR_LOCAL(i, 64u * pairs) {
        u64 to = ((u64)run * slots + t.pair[i >> 6].into) * width + 64u * w + (i & 63u);
        if (mine_sums[i] != 0u) ATOMIC_ADD_U64(sums + to, mine_sums[i]);
      }
    }
    BARRIER();
  }
}

/* The best splits of the leaves of a pair; a group a run and a pair. Local: 3 words an item. */
#define BOOSTING_SEARCH_LOCAL(items) (24u * (items))
KERNEL void boosting_search(
    GLOBAL u64 *books,
    GLOBAL u64 *sums,
    GLOBAL const i32 *told,
    u32 runs,
    u32 features,
    u32 capacity,
    u32 slots,
    u32 most_pairs,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, gains);
  LOCAL u32 *best_features = (LOCAL u32 *)(gains + 2u * LOCAL_SIZE);
  u32 width = 64u * WORDS64(features);
  FOR_GROUP(task, runs * most_pairs) {
    u32 run = task / most_pairs;
    u32 pair = task - run * most_pairs;
    Settings s = boosting_settings(told + run * TOLD_NUMBERS);
    GlobalTree t = GlobalTree_at(books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    GLOBAL u64 *mine = sums + (u64)run * slots * width;
    u32 has_sums = pair < t.scalar[SCALAR_PAIRS] && t.pair[pair].end > t.pair[pair].start;
    if (has_sums) {
      Best best[2];
      GlobalTree_search(&t, &s, mine, width, features, pair, LOCAL_ID, LOCAL_SIZE, best);
      for (u32 k = 0; k < 2u; k++) {
        gains[2u * LOCAL_ID + k] = best[k].gain;
        best_features[2u * LOCAL_ID + k] = best[k].feature;
      }
      BARRIER();
      for (u32 n = LOCAL_SIZE; n > 1u; n = (n + 1u) / 2u) {
        u32 middle = (n + 1u) / 2u;
        if (LOCAL_ID + middle < n) {
          for (u32 k = 0; k < 2u; k++) {
            u32 other = 2u * (LOCAL_ID + middle) + k;
            boosting_better(best + k, gains[other], best_features[other]);
            gains[2u * LOCAL_ID + k] = best[k].gain;
            best_features[2u * LOCAL_ID + k] = best[k].feature;
          }
        }
        BARRIER();
      }
      if (LOCAL_ID == 0u) {
        GlobalTree_found(&t, &s, mine, width, t.pair[pair].leaf, best[0]);
        if (t.pair[pair].fresh != NONE) {
          GlobalTree_found(&t, &s, mine, width, t.pair[pair].fresh, best[1]);
        }
      }
    }
    BARRIER();
  }
}

/* Chooses the next splits of each run; a group a run. Local: a book. */
KERNEL void boosting_plan_global(
    GLOBAL u64 *books, GLOBAL const i32 *told, u32 runs, u32 capacity, LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  Tree t = Tree_at(local_words, capacity);
  u32 stride = BOOSTING_BOOK_WORDS(capacity);
  FOR_GROUP(run, runs) {
    Settings s = boosting_settings(told + run * TOLD_NUMBERS);
    boosting_open(local_words, books + (u64)run * stride, stride);
    u32 grows = t.at[AT_DONE] == 0u && t.scalar[SCALAR_PAIRS] > 0u;
    if (grows) boosting_plan(&t, &s);
    boosting_close(books + (u64)run * stride, local_words, stride);
  }
}

/* Sends rows to the children of their leaves and clears the slots of new sums; an item a row. */
KERNEL void boosting_move(
    GLOBAL u32 *leaf_of,
    GLOBAL u64 *sums,
    GLOBAL const u64 *books,
    GLOBAL const u64 *columns,
    u32 runs,
    u32 rows,
    u32 capacity,
    u32 slots,
    u32 width,
    LOCAL_PARAMETER) {
  for (u32 run = 0; run < runs; run++) {
    GlobalTree t =
        GlobalTree_at((GLOBAL u64 *)books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    u32 pairs = t.scalar[SCALAR_PAIRS];
    u32 listed = t.scalar[SCALAR_LISTED];
    FOR_EACH(r, pairs == 0u ? 0u : rows) {
      u32 go = t.leaf[leaf_of[(u64)run * rows + r]].go;
      if (go != NONE) {
        u32 f = t.pair[go].feature;
        if ((columns[(u64)(f >> 6) * rows + r] >> (f & 63u) & 1u) != 0u) {
          leaf_of[(u64)run * rows + r] = t.pair[go].fresh;
        }
      }
    }
    FOR_EACH(i, listed == 0u ? 0u : (u64)pairs * width) {
      u32 pair = (u32)(i / width);
      if (t.pair[pair].end > t.pair[pair].start) {
        sums[((u64)run * slots + t.pair[pair].into) * width + (i - (u64)pair * width)] = 0;
      }
    }
  }
}

/* Values and nodes of the tree of each run; a group a run. Local: a book. */
KERNEL void boosting_settle_global(
    GLOBAL u64 *books,
    GLOBAL i32 *roots,
    GLOBAL i32 *feature,
    GLOBAL i32 *left,
    GLOBAL double *value,
    GLOBAL const i32 *told,
    GLOBAL const double *rates,
    GLOBAL const u64 *offsets,
    u32 runs,
    u32 capacity,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, local_words);
  Tree t = Tree_at(local_words, capacity);
  u32 stride = BOOSTING_BOOK_WORDS(capacity);
  FOR_GROUP(run, runs) {
    GLOBAL const u64 *offset = offsets + 3u * run;
    Settings s = boosting_settings(told + run * TOLD_NUMBERS);
    boosting_open(local_words, books + (u64)run * stride, stride);
    u32 grows = t.at[AT_DONE] == 0u;
    if (grows) {
      boosting_settle(
          &t, &s, rates + run, offset, roots, feature, left, value);
    }
    boosting_close(books + (u64)run * stride, local_words, stride);
  }
}

/*
 * Takes the leaves' values off the rows, sums the errors and sends all rows back to the root; a
 * group a run and `chunk` rows. Local: 3 words.
 */
#define BOOSTING_APPLY_LOCAL (8u * 3u)
KERNEL void boosting_apply(
    GLOBAL u64 *state,
    GLOBAL u32 *leaf_of,
    GLOBAL u64 *books,
    GLOBAL const u64 *sets,
    GLOBAL const i32 *told,
    u32 runs,
    u32 rows,
    u32 capacity,
    u32 chunk,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u64, group_squares);
  u32 chunks = (rows + chunk - 1u) / chunk;
  FOR_GROUP(task, runs * chunks) {
    u32 run = task / chunks;
    u32 first = (task - run * chunks) * chunk;
    u32 count = rows - first < chunk ? rows - first : chunk;
    GLOBAL const i32 *mine = told + run * TOLD_NUMBERS;
    GLOBAL const u64 *validation = sets + (u64)mine[TOLD_VALIDATION] * WORDS64(rows);
    GlobalTree t = GlobalTree_at(books + (u64)run * BOOSTING_BOOK_WORDS(capacity), capacity);
    Settings s = boosting_settings(mine);
    u32 grown = t.at[AT_DONE] == 0u;
    if (grown) {
      u64 squares[3];
      squares[0] = squares[1] = squares[2] = 0;
      FOR_LOCAL(k, 3u) group_squares[k] = 0;
      BARRIER();
      FOR_LOCAL(i, count) {
        u32 r = first + i;
        u64 at = (u64)run * rows + r;
        u64 word = state[at] - t.leaf[leaf_of[at]].change;
        state[at] = word;
        leaf_of[at] = 0u;
        if (boosting_bit(validation, r)) boosting_square(squares, word, s.count_bits);
      }
      boosting_add_squares(group_squares, squares);
      BARRIER();
      FOR_LOCAL(k, 3u) ATOMIC_ADD_U64(t.at + AT_SQUARES + k, group_squares[k]);
    }
    BARRIER();
  }
}

#endif
