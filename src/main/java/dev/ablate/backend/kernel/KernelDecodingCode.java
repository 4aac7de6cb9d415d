package dev.ablate.backend.kernel;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.PeelingRules;
import dev.ablate.code.BchDecoder;
import dev.ablate.code.GaloisField;
import java.util.Map;
import java.util.TreeMap;

/** What kernels need of a coded design: its field, its code and where features fall. */
final class KernelDecodingCode {
  /** Most errors that {@code decoding.cl} is compiled for: without a macro, and with one. */
  private static final int DEFAULT_CAPACITY = KernelMacros.of("decoding").constant("ERRORS");

  private static final int LARGE_CAPACITY = 8;

  /** Fields above this degree need 64-bit products. */
  private static final int NARROW_DEGREE = 16;

  private final CodedBins bins;
  private final int capacity;
  private final Map<String, Integer> macros = new TreeMap<>();
  private final KernelBuffer rows;
  private final KernelBuffer tables;
  private final KernelBuffer hashes;
  private final KernelBuffer signatures;
  private final KernelBuffer logSets;

  /** Copies of the tables, which live as long as the scope. */
  KernelDecodingCode(Runtime.Scope scope, CodedBins bins) {
    this.bins = bins;
    int errors = bins.code().errors();
    this.capacity =
        errors <= DEFAULT_CAPACITY ? DEFAULT_CAPACITY : Math.max(errors, LARGE_CAPACITY);
    if (capacity != DEFAULT_CAPACITY) {
      macros.put("ERRORS", capacity);
    }
    if (field().degree() > NARROW_DEGREE) {
      macros.put("WIDE", 1);
    }
    KernelBuffer[] all =
        scope.in(
            HostBuffer.of(syndromeRows()),
            HostBuffer.of(fieldTables()),
            HostBuffer.of(bins.hashes()),
            HostBuffer.of(bins.signatures()),
            HostBuffer.of(PeelingRules.logSets(bins.features(), capacity)));
    this.rows = all[0];
    this.tables = all[1];
    this.hashes = all[2];
    this.signatures = all[3];
    this.logSets = all[4];
  }

  private GaloisField field() {
    return bins.code().field();
  }

  /**
   * What a changed sign adds to the odd syndromes: {@code (P + 1, capacity) row-major}, 0 past t.
   * Row 0 changes all parity bits.
   */
  private int[] syndromeRows() {
    int errors = bins.code().errors();
    int[] parity = BchDecoder.parityTable(bins.code());
    int[] rows = new int[bins.delays() * capacity];
    for (int p = 1; p < bins.delays(); p++) {
      for (int j = 0; j < errors; j++) {
        rows[p * capacity + j] = parity[(p - 1) * errors + j];
        rows[j] ^= parity[(p - 1) * errors + j];
      }
    }
    return rows;
  }

  /** {@code (3, 2^m)}: logarithms, inverses and roots of {@code y^2 + y = c}, -1 for none. */
  private int[] fieldTables() {
    int size = field().order() + 1;
    int[] tables = new int[3 * size];
    for (int a = 0; a < size; a++) {
      tables[a] = a == 0 ? 0 : field().log(a);
      tables[size + a] = a == 0 ? 0 : field().divide(1, a);
      tables[2 * size + a] = field().quadraticRoot(a);
    }
    return tables;
  }

  /** The exponents but 0 of {@code alpha^m} as sums of powers, a byte each. */
  int shifts() {
    int tail = field().exp(field().degree()) & ~1;
    int shifts = 0;
    for (int place = 0; tail != 0; place += 8) {
      shifts |= Integer.numberOfTrailingZeros(tail) << place;
      tail &= tail - 1;
    }
    return shifts;
  }

  /** Whether a product of degree up to {@code 2m - 2} needs more than two foldings: 0 or 1. */
  int fourFoldings() {
    int tailDegree = 31 - Integer.numberOfLeadingZeros(field().exp(field().degree()));
    int shorter = field().degree() - tailDegree;
    return 2 * shorter < field().degree() - 1 ? 1 : 0;
  }

  CodedBins bins() {
    return bins;
  }

  int errors() {
    return bins.code().errors();
  }

  /** The most errors that the kernels have room for. */
  int capacity() {
    return capacity;
  }

  int fieldDegree() {
    return field().degree();
  }

  /** Bins of a problem over all groups. */
  int binsOfAll() {
    return Math.multiplyExact(bins.groups(), bins.points());
  }

  /** What {@code decoding.cl} is compiled with. */
  Map<String, Integer> macros() {
    return macros;
  }

  KernelBuffer rows() {
    return rows;
  }

  KernelBuffer tables() {
    return tables;
  }

  KernelBuffer hashes() {
    return hashes;
  }

  KernelBuffer signatures() {
    return signatures;
  }

  KernelBuffer logSets() {
    return logSets;
  }
}
