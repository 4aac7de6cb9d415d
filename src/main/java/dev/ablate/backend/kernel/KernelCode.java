package dev.ablate.backend.kernel;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.PeelingRules;
import dev.ablate.code.BchDecoder;
import dev.ablate.code.GaloisField;
import java.util.Map;
import java.util.TreeMap;

/** What kernels need of a coded design: its field, its code and where features fall. */
final class KernelCode {
  /** What the kernels are compiled for without macros; {@code decoding.cl} has the same. */
  private static final int DEFAULT_ERRORS = 5;

  /** Fields above this degree need 64-bit products. */
  private static final int NARROW_DEGREE = 16;

  private final CodedBins bins;
  private final Map<String, Integer> peelingMacros = new TreeMap<>();
  private final Map<String, Integer> decodingMacros = new TreeMap<>();
  private final KernelBuffer rows;
  private final KernelBuffer tables;
  private final KernelBuffer hashes;
  private final KernelBuffer signatures;
  private final KernelBuffer logSets;

  /** Copies of the tables, which live as long as the scope. */
  KernelCode(Runtime.Scope scope, CodedBins bins) {
    this.bins = bins;
    int errors = bins.code().errors();
    if (errors != DEFAULT_ERRORS) {
      peelingMacros.put("ERRORS", errors);
    }
    decodingMacros.putAll(peelingMacros);
    if (field().degree() > NARROW_DEGREE) {
      decodingMacros.put("WIDE", 1);
    }
    this.rows = scope.in(syndromeRows());
    this.tables = scope.in(fieldTables());
    this.hashes = scope.in(bins.hashes());
    this.signatures = scope.in(bins.signatures());
    this.logSets = scope.in(PeelingRules.logSets(bins.features(), errors));
  }

  private GaloisField field() {
    return bins.code().field();
  }

  /**
   * What a changed sign adds to the odd syndromes: {@code (P + 1, t) row-major}. Row 0 changes all
   * parity bits.
   */
  private int[] syndromeRows() {
    int errors = bins.code().errors();
    int[] parity = BchDecoder.parityTable(bins.code());
    int[] all = new int[parity.length + errors];
    System.arraycopy(parity, 0, all, errors, parity.length);
    for (int i = 0; i < parity.length; i++) {
      all[i % errors] ^= parity[i];
    }
    return all;
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

  int fieldDegree() {
    return field().degree();
  }

  /** Bins of a problem over all groups. */
  int binsOfAll() {
    return Math.multiplyExact(bins.groups(), bins.points());
  }

  Map<String, Integer> peelingMacros() {
    return peelingMacros;
  }

  Map<String, Integer> decodingMacros() {
    return decodingMacros;
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
