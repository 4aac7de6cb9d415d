package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Data flows one way: a package imports only packages below it. */
class PackageArrowsTest {
  /** Top to bottom; a package and its sub-packages count as one. "" is the front door. */
  private static final List<String> LAYERS =
      List.of(
          "cli",
          "",
          "jobs",
          "view",
          "io",
          "run",
          "explanation",
          "solve",
          "lens",
          "index",
          "search",
          "game",
          "spectrum",
          "train",
          "model",
          "mask",
          "backend",
          "setting",
          "natives",
          "table",
          "json",
          "code",
          "work");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.ablate");

  private static String layer(JavaClass type) {
    String name = type.getPackageName().substring("dev.ablate".length());
    return name.isEmpty() ? "" : name.substring(1).split("\\.")[0];
  }

  @Test
  void everyPackageIsInTheList() {
    assertTrue(CLASSES.size() > 20, "too few classes were read: " + CLASSES.size());
    for (JavaClass type : CLASSES) {
      // The benchmarks stand outside the list and may import anything.
      assertTrue(LAYERS.contains(layer(type)) || layer(type).equals("benchmarks"), type.getName());
    }
  }

  @Test
  void packagesImportOnlyPackagesBelowThem() {
    TreeSet<String> upward = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (layer(type).equals("benchmarks")) {
        continue;
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().startsWith("dev.ablate")
            && LAYERS.indexOf(layer(target)) < LAYERS.indexOf(layer(type))) {
          upward.add(type.getName() + " -> " + target.getName());
        }
      }
    }
    assertEquals(new TreeSet<String>(), upward);
  }

  @Test
  void deviceBindingsStayInTheirFolders() {
    TreeSet<String> strays = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        boolean stray =
            target.startsWith("jcuda") && !type.getPackageName().endsWith("backend.kernel.cuda")
                || target.startsWith("org.jocl")
                    && !type.getPackageName().endsWith("backend.kernel.opencl")
                || target.startsWith("org.bytedeco")
                    && !type.getPackageName().endsWith("model.onnx")
                // A lens asks a model for scores, whatever runs behind it.
                || target.endsWith("model.onnx") && !layer(type).equals("model");
        if (stray) {
          strays.add(type.getName() + " -> " + target);
        }
      }
    }
    assertEquals(new TreeSet<String>(), strays);
  }
}
