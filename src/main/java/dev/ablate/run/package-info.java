/**
 * Plan, evaluate, solve: one explanation from a game and a budget.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.run;
