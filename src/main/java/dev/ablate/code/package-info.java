/**
 * Pure mathematics on bits: Galois fields, BCH codes and the counter-based generator; and what
 * every layer above reports bad input with.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.code;
