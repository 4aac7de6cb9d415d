package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelSource;
import java.util.HashMap;
import java.util.Map;

/**
 * A device without clusters that passes for one with them: a group of twice the items stands for
 * the two groups of a cluster, as {@code kernels/cluster.h} has it for OpenCL.
 */
final class PairedDevice extends PassingDevice {
  private final boolean early;

  /**
   * A device that has none.
   *
   * @param early whether items wait for one another where they arrive at a barrier of the cluster,
   *     rather than where they wait for it: a kernel must be right with either
   */
  PairedDevice(Device device, boolean early) {
    super(device);
    this.early = early;
  }

  private record Paired(Kernel kernel) implements Kernel {
    @Override
    public String name() {
      return kernel.name();
    }

    @Override
    public int groupSize() {
      return kernel.groupSize() / 2;
    }
  }

  @Override
  public boolean clusters() {
    return true;
  }

  @Override
  public Kernel kernel(KernelSource source, String function) {
    if (!function.endsWith("_cluster")) {
      return super.kernel(source, function);
    }
    Map<String, Integer> defines = new HashMap<>(source.defines());
    if (early) {
      defines.put("CLUSTER_EARLY", 1);
    }
    return new Paired(super.kernel(KernelSource.of(source.stem(), defines), function));
  }

  @Override
  public void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    if (!(kernel instanceof Paired paired)) {
      super.launch(kernel, groups, groupSize, localBytes, arguments);
    } else if (groups % 2 != 0) {
      throw new IllegalArgumentException(groups + " groups do not form clusters of two");
    } else {
      super.launch(paired.kernel(), groups / 2, 2 * groupSize, 2 * localBytes, arguments);
    }
  }

  @Override
  public void close() {
    // The device is not its own.
  }
}
