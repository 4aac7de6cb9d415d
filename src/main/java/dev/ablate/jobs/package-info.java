/**
 * What a command, a service or a task of a cluster runs: one input, or many with results as they
 * finish.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.jobs;
