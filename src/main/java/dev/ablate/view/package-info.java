/**
 * Pictures of an explanation.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.view;
