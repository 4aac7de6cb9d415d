/**
 * What is ablated: turns an input and a model into a game.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.lens;
