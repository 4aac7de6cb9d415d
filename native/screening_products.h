/* Products of screening.cl against plain sums; the driver says how a group is run. */

static u64 choose(u32 n, u32 k) {
  u64 ways = 1;
  for (u32 i = 0; i < k; i++) ways = ways * (n - i) / (i + 1u);
  return k > n ? 0 : ways;
}

/* Runs a launch of screening_products. */
static void run_products(u32 *hits, u32 *found, u64 *left, i32 *left_totals, i32 *left_edges, u64 *right,
                         i32 *right_totals, i32 *right_edges, u32 *bytes, u64 *starts, u32 left_tiles,
                         u32 left_count, u32 right_count, u32 words32, u64 limit, u32 most);

static void products(u32 rows, u32 features, u32 plane_count, u32 left_size, u32 right_size, u64 limit) {
  u32 words = WORDS64(rows);
  u64 *columns = BUFFER(u64, features * words);
  u64 *planes = BUFFER(u64, plane_count * words);
  memset(columns, 0, 8u * features * words);
  memset(planes, 0, 8u * plane_count * words);
  i64 *y = BUFFER(i64, rows);
  for (u32 r = 0; r < rows; r++) {
    u64 u = random_bits() & (((u64)1 << plane_count) - 1u);
    y[r] = 2 * (i64)u - (((i64)1 << plane_count) - 1);
    for (u32 b = 0; b < plane_count; b++) planes[b * words + r / 64u] |= (u >> b & 1u) << (r % 64u);
    for (u32 f = 0; f < features; f++) columns[f * words + r / 64u] |= (random_bits() & 1u) << (r % 64u);
  }
  u32 counts[2] = {(u32)choose(features, left_size), (u32)choose(features, right_size)};
  u32 sizes[2] = {left_size, right_size};
  u32 *members[2];
  i32 *edges[2], *totals[2];
  u64 *parities[2];
  for (u32 p = 0; p < 2; p++) {
    members[p] = BUFFER(u32, counts[p] * sizes[p]);
    edges[p] = BUFFER(i32, counts[p]);
    parities[p] = BUFFER(u64, counts[p] * words);
    totals[p] = BUFFER(i32, counts[p]);
    LAUNCH(3, screening_parts(members[p], edges[p], 0, counts[p], sizes[p], features, p, NULL));
    LAUNCH(3, screening_parities(parities[p], members[p], columns, counts[p], sizes[p], words, NULL));
    LAUNCH(3, screening_totals(totals[p], parities[p], planes, counts[p], words, plane_count, rows, p, NULL));
  }
  u32 *bytes = BUFFER(u32, 16u * words);
  LAUNCH(2, screening_bytes(bytes, planes, words, plane_count, NULL));
  u32 tiles = (counts[0] + TILE_LEFT - 1u) / TILE_LEFT;
  u64 *starts = BUFFER(u64, tiles + 1u);
  starts[0] = 0;
  for (u32 t = 0; t < tiles; t++) {
    u64 above = choose(features - 1u - (u32)edges[0][t * TILE_LEFT], right_size);
    starts[t + 1u] = starts[t] + (above + TILE_RIGHT - 1u) / TILE_RIGHT;
  }
  u32 most = counts[0] * counts[1];
  u32 *hits = BUFFER(u32, 2u * (most > 0 ? most : 1u));
  u32 *found = BUFFER(u32, 1);
  *found = 0;
  run_products(hits, found, parities[0], totals[0], edges[0], parities[1], totals[1], edges[1], bytes, starts,
               tiles, counts[0], counts[1], 2u * words, limit, most);
  u32 expected = 0;
  for (u32 l = 0; l < counts[0]; l++) {
    for (u32 r = 0; r < counts[1]; r++) {
      int set = 1;
      for (u32 m = 0; m < right_size; m++) {
        for (u32 k = 0; k < left_size; k++) set &= members[0][l * left_size + k] < members[1][r * right_size + m];
      }
      i64 sum = 0;
      for (u32 i = 0; set && i < rows; i++) {
        u32 odd = 0;
        for (u32 k = 0; k < left_size; k++) odd ^= (u32)(columns[members[0][l * left_size + k] * words + i / 64u] >> (i % 64u) & 1u);
        for (u32 k = 0; k < right_size; k++) odd ^= (u32)(columns[members[1][r * right_size + k] * words + i / 64u] >> (i % 64u) & 1u);
        sum += odd ? -y[i] : y[i];
      }
      int hit = set && (u64)(sum < 0 ? -sum : sum) >= limit;
      expected += (u32)hit;
      u32 times = 0;
      for (u32 h = 0; hit && h < *found; h++) times += hits[2u * h] == l && hits[2u * h + 1u] == r;
      CHECK(times == (u32)hit, "pair %u %u of %u features found %u times, sum %d", l, r, features, times, (int)sum);
    }
  }
  CHECK(*found == expected, "%u instead of %u", *found, expected);
  for (u32 p = 0; p < 2; p++) {
    free(members[p]);
    free(edges[p]);
    free(parities[p]);
    free(totals[p]);
  }
  free(columns);
  free(planes);
  free(y);
  free(bytes);
  free(starts);
  free(hits);
  free(found);
}
