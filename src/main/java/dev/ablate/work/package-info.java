/**
 * What every layer that works for long shares: how far the work is, when it is to end, and how much
 * memory it may take.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.work;
