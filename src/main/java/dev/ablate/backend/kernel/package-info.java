/**
 * Runs the sources in {@code kernels/} on a {@link dev.ablate.backend.kernel.Device}: one class an
 * operation family, the device as an interface, and what all share.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.backend.kernel;
