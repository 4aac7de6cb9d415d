package dev.ablate.backend.kernel.cuda;

import dev.ablate.backend.kernel.KernelSource;

/** One way from a source to machine code. */
interface CudaCompiler {
  /** This way does not lead to machine code; another may. */
  final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message);
    }
  }

  /** The way in a word. */
  String name();

  /**
   * What the result depends on apart from source, options and device, found without compiling.
   *
   * @throws Refusal if there is no such compiler here
   */
  String version(KernelSource source) throws Refusal;

  /**
   * Machine code for the device.
   *
   * @throws Refusal if the compiler does not know the device, or refuses the source
   */
  byte[] compile(KernelSource source) throws Refusal;
}
