package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The public vocabulary is the list in docs/api.md; everything else is marked internal. */
class PublicTypesTest {
  private static final Path SOURCES = Path.of("src", "main", "java");

  private static boolean internal(String packageName) throws IOException {
    Path info = SOURCES.resolve(packageName.replace('.', '/')).resolve("package-info.java");
    return Files.readString(info).contains("<p>Internal:");
  }

  private static TreeSet<String> documented() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    Matcher row =
        Pattern.compile("^\\| `([\\w.]+)` \\|", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("docs", "api.md")));
    while (row.find()) {
      names.add("dev.ablate." + row.group(1));
    }
    return names;
  }

  @Test
  void publicTypesAreListedOrInternal() throws IOException {
    TreeSet<String> documented = documented();
    TreeSet<String> missing = new TreeSet<>(documented);
    TreeSet<String> unlisted = new TreeSet<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.ablate")) {
      missing.remove(type.getName());
      boolean named = type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isNestedClass();
      boolean benchmark = type.getPackageName().startsWith("dev.ablate.benchmarks");
      if (named
          && !benchmark
          && !documented.contains(type.getName())
          && !internal(type.getPackageName())) {
        unlisted.add(type.getName());
      }
    }
    assertTrue(documented.size() >= 10, "too few types in docs/api.md: " + documented);
    assertEquals(new TreeSet<String>(), missing, "listed in docs/api.md, but no such type");
    assertEquals(new TreeSet<String>(), unlisted, "neither in docs/api.md nor internal");
  }
}
