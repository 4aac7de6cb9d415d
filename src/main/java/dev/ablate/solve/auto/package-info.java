/**
 * The default: estimators compete on masks that fitting has not seen.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.auto;
