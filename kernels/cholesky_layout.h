#ifndef ABLATE_CHOLESKY_LAYOUT_H
#define ABLATE_CHOLESKY_LAYOUT_H

/* How matrices lie that cholesky.cl factors, for it and for those that fill and read them. */

/* Columns that are eliminated together. */
#define PANEL 64u
/* Odd, so that neither rows nor columns of a square in local memory collide. */
#define STRIDE (PANEL + 1u)
/* Numbers of a row of the table. */
#define TABLE 8u
/* Most items a group along a side of a tile; an item has 4 x 4 numbers, and tiles divide panels. */
#define SIDE (PANEL / 4u)
/* Items of such a group. */
#define TILE_ITEMS (SIDE * SIDE)

#endif
