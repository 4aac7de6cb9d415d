/**
 * SPEX: a sparse transform with a coded sampling design.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.spex;
