/**
 * Rows of numbers and words in files: NumPy arrays and CSV, read strictly, a row at a time.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.table;
