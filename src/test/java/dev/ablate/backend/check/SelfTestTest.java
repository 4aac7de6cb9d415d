package dev.ablate.backend.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.BackendsUnderTest;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.Sampling;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The self-test passes where the operations are right, and only there. */
class SelfTestTest {
  static Stream<Backend> backends() {
    return Stream.concat(BackendsUnderTest.all(), KernelBackends.tuned());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyAnswerIsRight(Backend backend) {
    long before = backend instanceof KernelBackend k ? k.deviceHandle().allocated() : 0;
    List<SelfTest.Result> failed =
        SelfTest.run(backend).stream().filter(result -> !result.passed()).toList();
    assertEquals(List.of(), failed);
    long after = backend instanceof KernelBackend k ? k.deviceHandle().allocated() : 0;
    assertEquals(before, after, "bytes left on the device");
  }

  @Test
  void everyFamilyIsChecked() {
    try (HostBackend host = new HostBackend(1)) {
      String checked =
          SelfTest.run(host).stream()
              .map(SelfTest.Result::operation)
              .collect(Collectors.joining(" "));
      for (Method family : Backend.class.getMethods()) {
        boolean operations =
            family.getReturnType().isInterface()
                && family.getParameterCount() == 0
                && family.getReturnType().getPackage().equals(Backend.class.getPackage());
        if (operations) {
          String name = family.getName().toLowerCase(Locale.ROOT) + ".";
          assertTrue(checked.contains(name), "no check of " + name + " in " + checked);
        }
      }
    }
  }

  /** Each family fails its own checks when it throws, and nothing else does. */
  @Test
  void aBrokenFamilyIsNamed() {
    try (HostBackend host = new HostBackend(1)) {
      for (String family : List.of("walsh", "parity", "treeSpectra", "paths")) {
        List<SelfTest.Result> results = SelfTest.run(without(host, family));
        TreeSet<String> failed = new TreeSet<>();
        for (SelfTest.Result result : results) {
          if (!result.passed()) {
            failed.add(result.operation().split("\\.")[0]);
            assertEquals("broken", result.failure());
          }
        }
        assertEquals(List.of(family.toLowerCase(Locale.ROOT)), List.copyOf(failed));
      }
    }
  }

  @Test
  void aWrongBitIsNoticed() {
    try (HostBackend host = new HostBackend(1)) {
      Sampling wrong =
          new Sampling() {
            @Override
            public Buffer uniform(long seed, int stream, long first, int rows, int features) {
              long[] words =
                  host.sampling().uniform(seed, stream, first, rows, features).toHost().words();
              long[] flipped = Arrays.copyOf(words, words.length);
              flipped[words.length - 1] ^= 1;
              return HostBuffer.of(flipped);
            }

            @Override
            public Buffer subspaces(
                Buffer columns, int groups, int dimension, Buffer delays, int count, int features) {
              return host.sampling().subspaces(columns, groups, dimension, delays, count, features);
            }
          };
      List<SelfTest.Result> failed =
          SelfTest.run(with(host, "sampling", wrong)).stream().filter(r -> !r.passed()).toList();
      assertEquals(2, failed.size(), failed.toString());
      for (SelfTest.Result result : failed) {
        assertEquals("sampling.uniform", result.operation());
        assertEquals(1, result.deviation());
      }
    }
  }

  private static Backend without(Backend backend, String family) {
    return with(backend, family, null);
  }

  /** The backend with another implementation of one family, or one that throws. */
  private static Backend with(Backend backend, String family, Object other) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals(family)) {
                return method.invoke(backend, arguments);
              }
              if (other == null) {
                throw new IllegalStateException("broken");
              }
              return other;
            });
  }
}
