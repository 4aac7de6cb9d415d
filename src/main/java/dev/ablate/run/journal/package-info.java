/**
 * The evaluated masks of one game in a file that survives a kill.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.run.journal;
