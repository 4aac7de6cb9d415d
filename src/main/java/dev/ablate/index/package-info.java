/**
 * From a spectrum to the interaction index of the user's field.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.index;
