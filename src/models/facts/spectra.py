"""Walsh-Hadamard spectra of functions of subsets."""
import numpy


def spectrum(values):
    """F(S) = 2^-n sum over masks m of f(m) (-1)^|m and S|, of (2^n,) values; bit i of a mask says that i is on."""
    transformed, half = numpy.array(values, dtype=numpy.float64), 1
    while half < len(transformed):
        pairs = transformed.reshape(-1, 2, half)
        transformed = numpy.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
        half *= 2
    return transformed / len(transformed)


def size(subset):
    return int(subset).bit_count()


def members(subset):
    """The numbers in a subset, smallest first."""
    return [number for number in range(int(subset).bit_length()) if subset >> number & 1]


def strongest(coefficients, least=2, most=None):
    """The subsets of such sizes, the largest coefficient first."""
    chosen = [subset for subset in range(len(coefficients))
              if least <= size(subset) <= (most or len(coefficients))]
    return sorted(chosen, key=lambda subset: -abs(coefficients[subset]))
