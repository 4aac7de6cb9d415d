package dev.ablate.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C, and Ctrl-C again. The first keeps what is paid for, which may take its time; Java lets
 * every further one wait for that. Who presses twice wants the end.
 */
final class SecondInterrupt {
  private static final int STATUS = 130;

  private static final AtomicBoolean FIRST = new AtomicBoolean();

  private SecondInterrupt() {}

  /** From now on a second interrupt ends the process at once. */
  static void endsAtOnce() {
    try {
      // By name: the compiler takes the only door to signals for a mistake.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ending =
          Proxy.newProxyInstance(
              SecondInterrupt.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> end());
      Object interrupt = signal.getConstructor(String.class).newInstance("INT");
      signal.getMethod("handle", signal, handler).invoke(null, interrupt, ending);
    } catch (ReflectiveOperationException e) {
      // Where Java was told to leave signals alone, or lacks that part: as ever.
      return;
    }
  }

  private static Object end() {
    if (FIRST.compareAndSet(false, true)) {
      System.exit(STATUS);
    }
    Runtime.getRuntime().halt(STATUS);
    return null;
  }
}
