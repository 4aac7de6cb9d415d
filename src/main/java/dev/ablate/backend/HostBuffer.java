package dev.ablate.backend;

/** A {@link Buffer} that wraps a Java heap array without copying it. */
public final class HostBuffer implements Buffer {
  private final Element element;
  private final Object array;
  private final int length;

  private HostBuffer(Element element, Object array, int length) {
    this.element = element;
    this.array = array;
    this.length = length;
  }

  /** Wraps packed words. */
  public static HostBuffer of(long[] words) {
    return new HostBuffer(Element.U64, words, words.length);
  }

  /** Wraps doubles. */
  public static HostBuffer of(double[] values) {
    return new HostBuffer(Element.F64, values, values.length);
  }

  /** Wraps integers. */
  public static HostBuffer of(int[] values) {
    return new HostBuffer(Element.I32, values, values.length);
  }

  /** Wraps floats. */
  public static HostBuffer of(float[] values) {
    return new HostBuffer(Element.F32, values, values.length);
  }

  /** Wraps bytes. */
  public static HostBuffer of(byte[] values) {
    return new HostBuffer(Element.U8, values, values.length);
  }

  /** A new buffer of zeros. */
  public static HostBuffer zeros(Element element, int length) {
    return switch (element) {
      case U64 -> of(new long[length]);
      case F64 -> of(new double[length]);
      case F32 -> of(new float[length]);
      case I32 -> of(new int[length]);
      case U8 -> of(new byte[length]);
    };
  }

  /** Some of the elements, in a buffer of their own. */
  public HostBuffer copyOf(int first, int count) {
    HostBuffer copy = zeros(element, count);
    System.arraycopy(array, first, copy.array, 0, count);
    return copy;
  }

  /** The wrapped array, of the type that {@link #element} says. */
  public Object array() {
    return array;
  }

  /** The wrapped array of an {@link Buffer.Element#U64} buffer; changes show in the buffer. */
  public long[] words() {
    return (long[]) array;
  }

  /** The wrapped array of an {@link Buffer.Element#F64} buffer; changes show in the buffer. */
  public double[] doubles() {
    return (double[]) array;
  }

  /** The wrapped array of an {@link Buffer.Element#I32} buffer; changes show in the buffer. */
  public int[] ints() {
    return (int[]) array;
  }

  /** The wrapped array of an {@link Buffer.Element#F32} buffer; changes show in the buffer. */
  public float[] floats() {
    return (float[]) array;
  }

  /** The wrapped array of an {@link Buffer.Element#U8} buffer; changes show in the buffer. */
  public byte[] byteArray() {
    return (byte[]) array;
  }

  @Override
  public String backend() {
    return "host";
  }

  @Override
  public Element element() {
    return element;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public HostBuffer toHost() {
    return this;
  }

  @Override
  public void close() {
    // The garbage collector frees heap arrays.
  }
}
