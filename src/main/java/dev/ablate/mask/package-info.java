/**
 * Masks, how they are drawn, and the designs they come from.
 *
 * <p>Internal: public only for the layers above, except {@link dev.ablate.mask.Masks}.
 */
package dev.ablate.mask;
