/**
 * Fitted functions of masks, and any index straight from them.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.surrogate;
