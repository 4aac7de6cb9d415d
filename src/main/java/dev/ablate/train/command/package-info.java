/**
 * Models that a user's own command trains, in processes that are asked by lines of JSON.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.train.command;
