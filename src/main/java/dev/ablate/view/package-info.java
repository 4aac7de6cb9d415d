/**
 * Pictures of an explanation.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.view;
