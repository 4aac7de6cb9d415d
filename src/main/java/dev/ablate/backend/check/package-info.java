/**
 * Known answers for every operation of a backend, and the work by which devices are tuned.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.backend.check;
