/**
 * Devices behind OpenCL, through JOCL.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.backend.kernel.opencl;
