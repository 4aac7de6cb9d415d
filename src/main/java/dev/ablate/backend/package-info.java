/**
 * The operations that can run on the host or on a device, one interface a family, and the choice
 * between backends.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.backend;
