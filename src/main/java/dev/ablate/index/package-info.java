/**
 * From a spectrum to the interaction index of the user's field.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.index;
