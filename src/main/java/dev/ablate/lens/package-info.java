/**
 * What is ablated: turns an input and a model into a game.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.lens;
