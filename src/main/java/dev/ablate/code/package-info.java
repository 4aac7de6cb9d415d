/**
 * Pure mathematics on bits: Galois fields, BCH codes and the counter-based generator.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.code;
