package dev.ablate.backend;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.DeviceListing.Candidate;
import dev.ablate.backend.kernel.GpuFiles;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.Tuning;
import dev.ablate.backend.kernel.cuda.CudaDevices;
import dev.ablate.backend.kernel.opencl.OpenClPlatforms;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Chooses a backend and says why. */
public final class Backends {
  /** What {@link #BACKEND} takes, in words. */
  public static final String NAMES = "auto, host, cuda[:k] or opencl[:k]";

  /** Where the work runs. */
  public static final Setting<String> BACKEND =
      Setting.of("backend", "NAME", new Kind.Text(), NAMES + "; see ablate devices")
          .standard("auto");

  /** Host threads. */
  public static final Setting<Long> THREADS =
      Setting.of("threads", "N", new Kind.Whole(0, 1024), "host threads, 0 = all").standard(0L);

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(BACKEND, THREADS);

  private static final Pattern DEVICE = Pattern.compile("(cuda|opencl)(?::(.*))?", Pattern.DOTALL);

  private Backends() {}

  /**
   * A backend and the line that explains the choice.
   *
   * @param backend the backend, open
   * @param id how {@link #BACKEND} names it, such as {@code opencl:0}
   * @param reason what was chosen, what was rejected and why, and the flag that changes it
   */
  public record Choice(Backend backend, String id, String reason) implements AutoCloseable {
    /** A backend that was opened elsewhere. */
    public Choice(Backend backend, String reason) {
      this(backend, backend.name(), reason);
    }

    @Override
    public void close() {
      backend.close();
    }
  }

  // Listed once: a library whose first load failed says later no more than that it failed.
  private static final class Cuda {
    static final DeviceListing DEVICES = CudaDevices.listing();
  }

  private static final class OpenCl {
    static final DeviceListing DEVICES = OpenClPlatforms.listing();
  }

  /** The devices of this machine besides the host, or the reasons why there are none. */
  public static List<DeviceListing> devices() {
    return List.of(Cuda.DEVICES, OpenCl.DEVICES);
  }

  /** Those among which {@code auto} chooses: drivers without a GPU are not loaded for it. */
  private static List<DeviceListing> gpus() {
    String problem = GpuFiles.problem();
    return List.of(
        Cuda.DEVICES, problem == null ? OpenCl.DEVICES : DeviceListing.none("opencl", problem));
  }

  /** Opens the backend that {@link #SETTINGS} ask for. */
  public static Choice open(Settings settings) {
    return open(settings.get(BACKEND), settings.get(THREADS).intValue());
  }

  /**
   * Opens the backend that was asked for. {@code auto} takes a CUDA device, else a GPU behind
   * OpenCL, else the host: behind OpenCL the processor is slower than the host backend.
   *
   * @param asked {@code auto}, {@code host}, {@code cuda[:k]} or {@code opencl[:k]}, where k counts
   *     the devices of that kind from 0
   * @param threads host threads, 0 for one a processor
   * @throws InputException if there is no such backend, or it is not usable; the message says why
   */
  public static Choice open(String asked, int threads) {
    THREADS.check((long) threads);
    if (asked.equals("host")) {
      return host(threads, "host: asked for");
    }
    if (asked.equals("auto")) {
      return auto(gpus(), threads);
    }
    Matcher device = DEVICE.matcher(asked);
    if (!device.matches()) {
      throw new InputException(
          BACKEND + " " + asked + ": unknown; it is " + NAMES + " (ablate devices lists them)");
    }
    String number = device.group(2);
    if (number != null && !number.matches("[0-9]{1,4}")) {
      throw new InputException(
          BACKEND + " " + asked + ": after the colon stands the device's number, such as 0");
    }
    return explicit(asked, kind(device.group(1)), number == null ? -1 : Integer.parseInt(number));
  }

  private static DeviceListing kind(String name) {
    return name.equals("cuda") ? Cuda.DEVICES : OpenCl.DEVICES;
  }

  private static Choice host(int threads, String reason) {
    return new Choice(threads == 0 ? new HostBackend() : new HostBackend(threads), "host", reason);
  }

  /** The first GPU that can be opened, in the order of the listings, or the host. */
  static Choice auto(List<DeviceListing> listings, int threads) {
    List<String> rejected = new ArrayList<>();
    for (DeviceListing listing : listings) {
      if (listing.problem() != null) {
        rejected.add(listing.kind() + ": " + listing.problem());
      }
      for (Candidate candidate : listing.devices()) {
        if (candidate.usable() && !candidate.gpu()) {
          rejected.add(named(candidate) + "it is the processor, where host is faster");
          continue;
        }
        Device device = tryOpen(candidate, rejected);
        if (device != null) {
          return choice(candidate, device, line("the first usable GPU", rejected));
        }
      }
    }
    return host(threads, "host: " + line("no usable GPU", rejected));
  }

  /**
   * The device that was asked for.
   *
   * @param number its number, or -1 for the first usable one, GPUs first
   */
  static Choice explicit(String asked, DeviceListing listing, int number) {
    String flag = BACKEND + " " + asked + ": ";
    if (listing.problem() != null) {
      throw new InputException(flag + listing.problem() + " (or use " + BACKEND + " host)");
    }
    List<Candidate> devices = listing.devices();
    if (number >= devices.size()) {
      throw new InputException(
          flag
              + "there "
              + (devices.size() == 1 ? "is 1 device" : "are " + devices.size() + " devices")
              + " of this kind, numbered from 0 (ablate devices lists them)");
    }
    List<Candidate> wanted =
        number >= 0
            ? List.of(devices.get(number))
            : devices.stream().sorted(Comparator.comparing(c -> !c.gpu())).toList();
    List<String> rejected = new ArrayList<>();
    for (Candidate candidate : wanted) {
      Device device = tryOpen(candidate, rejected);
      if (device != null) {
        return choice(candidate, device, line("asked for", rejected));
      }
    }
    throw new InputException(
        flag + "not usable: " + String.join("; ", rejected) + "; use " + BACKEND + " host");
  }

  /** The open device, or null and one reason more. */
  private static Device tryOpen(Candidate candidate, List<String> rejected) {
    if (!candidate.usable()) {
      rejected.add(named(candidate) + candidate.problem());
      return null;
    }
    try {
      return candidate.open().get();
    } catch (RuntimeException | LinkageError e) {
      // Whatever a driver says when it is broken is a reason against the device.
      String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      rejected.add(named(candidate) + "cannot be opened (" + Characters.line(message) + ")");
      return null;
    }
  }

  private static Choice choice(Candidate candidate, Device device, String why) {
    try {
      return new Choice(
          new KernelBackend(device, Tuning.forDevice(device)),
          candidate.id(),
          candidate.id() + ": " + why);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }

  private static String named(Candidate candidate) {
    return candidate.id() + " (" + candidate.name() + "): ";
  }

  private static String line(String why, List<String> rejected) {
    String others = rejected.isEmpty() ? "" : "; rejected " + String.join("; ", rejected);
    return why + others + "; --backend changes it";
  }
}
