/**
 * NVIDIA GPUs through the CUDA driver and JCuda; the only user of {@code jcuda}.
 *
 * <p>Nothing here needs more than a driver: the machine code of the kernels comes from the PTX that
 * is built with the project, see {@link dev.ablate.backend.kernel.cuda.CudaImages}.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.backend.kernel.cuda;
