/**
 * JSON from outside, read in one way by whoever reads it.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.json;
