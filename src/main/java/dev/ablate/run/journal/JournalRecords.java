package dev.ablate.run.journal;

import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.run.RunSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The layout of a journal: a header, then records of equal length. Little-endian.
 *
 * @param keyWords words of a mask's key
 * @param outputs values a record
 * @param start where the first record begins, in bytes
 * @param seal checksum of the header, which every record's checksum begins with: records of another
 *     journal do not fit
 */
record JournalRecords(int keyWords, int outputs, long start, int seal) {
  private static final byte[] MAGIC = "ABLATEJ1".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER = 1 << 20;

  /** Bytes of a record: key, how many of the same write follow, values, checksum. */
  int bytes() {
    return Math.addExact(8 * keyWords + 8, Math.multiplyExact(8, outputs));
  }

  /** Where a record begins, in bytes; that of the number of records is the end of the file. */
  long position(long record) {
    return start + record * bytes();
  }

  /**
   * Reads the header of a file, or writes it into an empty one or one whose header was cut short.
   * Less than the magic could be the beginning of anything and is never written over.
   *
   * @throws InputException if the file is something else, or of another game
   */
  static JournalRecords begin(
      FileChannel channel, JournalHeader header, Path path, int features, int outputs)
      throws IOException {
    byte[] own = header(header.bytes());
    byte[] found = read(channel, own.length);
    boolean ours = found.length == 0 || found.length >= MAGIC.length;
    boolean cut = found.length < own.length;
    if (ours && cut && Arrays.equals(found, Arrays.copyOf(own, found.length))) {
      ByteBuffer buffer = ByteBuffer.wrap(own);
      for (long at = 0; buffer.hasRemaining(); ) {
        at += channel.write(buffer, at);
      }
      channel.force(true);
    } else if (!Arrays.equals(found, own)) {
      throw refusal(channel, header, path);
    }
    CRC32C checksum = new CRC32C();
    checksum.update(own);
    return new JournalRecords(
        KnownValues.keyWords(features), outputs, own.length, (int) checksum.getValue());
  }

  private static byte[] header(byte[] json) {
    ByteBuffer buffer =
        ByteBuffer.allocate(MAGIC.length + 8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC).putInt(json.length).put(json);
    CRC32C checksum = new CRC32C();
    checksum.update(buffer.array(), 0, buffer.position());
    return buffer.putInt((int) checksum.getValue()).array();
  }

  /** Says why a file is not the journal of a game. */
  private static InputException refusal(FileChannel channel, JournalHeader header, Path path)
      throws IOException {
    byte[] front = read(channel, MAGIC.length + 4);
    if (!Arrays.equals(Arrays.copyOf(front, MAGIC.length), MAGIC)) {
      return new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": it is no journal of Ablate and stays as it is: name another file");
    }
    int length =
        front.length < MAGIC.length + 4
            ? -1
            : ByteBuffer.wrap(front).order(ByteOrder.LITTLE_ENDIAN).getInt(MAGIC.length);
    if (length >= 0
        && (long) front.length + length + 4 <= Math.min(channel.size(), JavaMemory.LONGEST)) {
      byte[] whole = read(channel, front.length + length + 4);
      byte[] json = Arrays.copyOfRange(whole, front.length, front.length + length);
      if (Arrays.equals(whole, header(json))) {
        header.requireSame(json, path);
      }
    }
    return new InputException(
        RunSettings.RESUME
            + " "
            + path
            + ": its header is damaged: delete the file or name another one");
  }

  /** The first bytes of a file, fewer where it is shorter. */
  private static byte[] read(FileChannel channel, int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(most, channel.size()));
    readFully(channel, buffer, 0);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, long from)
      throws IOException {
    int read = 0;
    for (long at = from; buffer.hasRemaining() && read >= 0; at += read) {
      read = channel.read(buffer, at);
    }
  }

  /**
   * Reads all records up to the last whole write.
   *
   * @param known receives what they hold
   * @return how many there are
   * @throws InputException if a record is damaged that no kill can have cut short
   */
  long read(FileChannel channel, Path path, KnownValues known) throws IOException {
    long all = (channel.size() - start) / bytes();
    int batch = Math.max(1, BUFFER / bytes());
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(batch, bytes())).order(ByteOrder.LITTLE_ENDIAN);
    long[] keys = new long[Journal.MOST_AT_ONCE * keyWords];
    double[] values = new double[Journal.MOST_AT_ONCE * outputs];
    int waiting = 0;
    long whole = 0;
    for (long record = 0; record < all; record++) {
      if (record % batch == 0) {
        buffer.clear();
        readFully(channel, buffer, position(record));
      }
      int at = (int) (record % batch) * bytes();
      if (!isSound(buffer, at, record) || waiting == Journal.MOST_AT_ONCE) {
        requireTorn(channel, path, record, all, whole);
        break;
      }
      for (int w = 0; w < keyWords; w++) {
        keys[waiting * keyWords + w] = buffer.getLong(at + 8 * w);
      }
      for (int o = 0; o < outputs; o++) {
        values[waiting * outputs + o] = buffer.getDouble(at + 8 * keyWords + 4 + 8 * o);
      }
      waiting++;
      if (buffer.getInt(at + 8 * keyWords) == 0) {
        for (int r = 0; r < waiting; r++) {
          known.add(keys, r * keyWords, values, r * outputs);
        }
        waiting = 0;
        whole = record + 1;
      }
    }
    return whole;
  }

  /** What a kill leaves behind is at the end, and no longer than one write. */
  private void requireTorn(FileChannel channel, Path path, long bad, long all, long whole)
      throws IOException {
    boolean torn = all - whole <= Journal.MOST_AT_ONCE;
    ByteBuffer buffer = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (long record = bad + 1; torn && record < all; record++) {
      buffer.clear();
      readFully(channel, buffer, position(record));
      torn = !isSound(buffer, 0, record);
    }
    if (!torn) {
      throw new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": record "
              + (bad + 1)
              + " of "
              + all
              + " is damaged, and no kill does that: take an undamaged copy, or keep what stands"
              + " before it by truncate -s "
              + position(whole)
              + ", or delete the file");
    }
  }

  /** Writes a record at the buffer's position. */
  void put(ByteBuffer buffer, long record, long[] keys, double[] values, int row, int follow) {
    int at = buffer.position();
    for (int w = 0; w < keyWords; w++) {
      buffer.putLong(keys[row * keyWords + w]);
    }
    buffer.putInt(follow);
    for (int o = 0; o < outputs; o++) {
      buffer.putDouble(values[row * outputs + o]);
    }
    buffer.putInt(checksum(buffer.array(), at, record));
  }

  private boolean isSound(ByteBuffer buffer, int at, long record) {
    return buffer.getInt(at + bytes() - 4) == checksum(buffer.array(), at, record);
  }

  /** Of the header's checksum, the record's number and the record. */
  private int checksum(byte[] array, int at, long record) {
    CRC32C checksum = new CRC32C();
    ByteBuffer place = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    checksum.update(place.putInt(seal).putLong(record).flip());
    checksum.update(array, at, bytes() - 4);
    return (int) checksum.getValue();
  }
}
