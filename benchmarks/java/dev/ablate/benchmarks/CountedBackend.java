package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.Tuning;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the time inside a backend's operations from the time outside them, on the thread that made
 * it. Every interface that leads to operations is a proxy that looks at the clock; a device behind
 * the operations is one too, so that the Java around its launches shows.
 */
final class CountedBackend {
  /** Seconds by the clock, and those that the thread had a processor. */
  static final class Spent {
    private long nanos;
    private long worked;

    private void add(Instant from, Instant to) {
      nanos += to.nanos - from.nanos;
      worked += to.worked - from.worked;
    }

    double seconds() {
      return nanos * 1e-9;
    }

    double worked() {
      return worked * 1e-9;
    }
  }

  private record Instant(long nanos, long worked) {
    static Instant now() {
      return new Instant(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
    }
  }

  /**
   * An operation, or a command for a device.
   *
   * @param calls {@code (1)}
   * @param inside between call and return
   * @param before outside all operations since the one before
   */
  record Counter(int[] calls, Spent inside, Spent before) {
    Counter() {
      this(new int[1], new Spent(), new Spent());
    }
  }

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** The interfaces whose methods are operations, with what they return and stays open. */
  private static final List<Class<?>> FAMILIES = families();

  private final Thread owner = Thread.currentThread();
  private final Backend backend;
  private final Map<String, Counter> operations = new LinkedHashMap<>();
  private final Map<String, Counter> commands = new LinkedHashMap<>();
  private final Map<Method, Object> proxies = new HashMap<>();
  private final Spent outside = new Spent();
  private int depth;
  private Instant left;
  private volatile boolean inside;

  /** Counts a backend, which stays the caller's to close. */
  CountedBackend(Backend real) {
    Backend counted = real;
    if (real instanceof KernelBackend kernel) {
      Device device = kernel.deviceHandle();
      counted = new KernelBackend(proxy(Device.class, device, commands), Tuning.forDevice(device));
    }
    this.backend = proxy(Backend.class, counted, operations);
    clear();
  }

  private static List<Class<?>> families() {
    List<Class<?>> families = new ArrayList<>(List.of(Backend.class));
    for (Method method : Backend.class.getMethods()) {
      Class<?> family = method.getReturnType();
      if (family.isInterface() && method.getParameterCount() == 0) {
        families.add(family);
        families.addAll(List.of(family.getDeclaredClasses()));
      }
    }
    return families;
  }

  /** The same operations, counted. */
  Backend backend() {
    return backend;
  }

  /** Operations in the order in which they were first called. */
  Map<String, Counter> operations() {
    return operations;
  }

  /** Commands for the device; none without one. */
  Map<String, Counter> commands() {
    return commands;
  }

  /** Whether the owner is inside an operation now; may be asked from any thread. */
  boolean inside() {
    return inside;
  }

  /** Outside all operations, from the start of counting to now. */
  Spent outside() {
    Instant now = Instant.now();
    outside.add(left, now);
    left = now;
    return outside;
  }

  /** Starts counting anew. */
  void clear() {
    operations.clear();
    commands.clear();
    outside.nanos = 0;
    outside.worked = 0;
    left = Instant.now();
  }

  private <T> T proxy(Class<T> type, Object target, Map<String, Counter> counters) {
    Object made =
        Proxy.newProxyInstance(
            CountedBackend.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> counted(type, target, counters, method, arguments));
    return type.cast(made);
  }

  private Object counted(
      Class<?> type,
      Object target,
      Map<String, Counter> counters,
      Method method,
      Object[] arguments)
      throws Throwable {
    Class<?> returned = method.getReturnType();
    if (type == Backend.class && method.getParameterCount() == 0 && FAMILIES.contains(returned)) {
      Object family = proxies.get(method);
      if (family == null) {
        family = proxy(returned, call(target, method, arguments), counters);
        proxies.put(method, family);
      }
      return family;
    }
    if (Thread.currentThread() != owner || plain(type, method)) {
      return call(target, method, arguments);
    }
    Counter counter =
        counters.computeIfAbsent(type.getSimpleName() + "." + method.getName(), n -> new Counter());
    Instant start = Instant.now();
    if (depth++ == 0) {
      counter.before().add(left, start);
      outside.add(left, start);
      inside = true;
    }
    try {
      Object result = call(target, method, arguments);
      boolean leads = returned.isInterface() && FAMILIES.contains(returned);
      return leads ? proxy(returned, result, counters) : result;
    } finally {
      Instant end = Instant.now();
      counter.calls()[0]++;
      counter.inside().add(start, end);
      if (--depth == 0) {
        inside = false;
        left = end;
      }
    }
  }

  /** What tells a size or a name and works on nothing. */
  private static boolean plain(Class<?> type, Method method) {
    boolean asks = method.getParameterCount() == 0 && method.getReturnType() != void.class;
    return asks && (type == Backend.class || type == Device.class)
        || method.getDeclaringClass() == Object.class;
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
