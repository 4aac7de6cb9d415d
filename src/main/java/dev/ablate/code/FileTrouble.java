package dev.ablate.code;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** Why a file could not be read or written, in a few words for messages that name the file. */
public final class FileTrouble {
  private FileTrouble() {}

  /** The words. They leave out the path, which Java's own messages repeat or consist of. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it is there already";
    }
    if (e instanceof NotDirectoryException) {
      return "it is no folder";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "it is a folder with files in it";
    }
    if (e instanceof FileSystemLoopException) {
      return "its links lead in a circle";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    String message = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    if (message == null || message.isBlank()) {
      return inWords(e);
    }
    // Java says of damaged archives by which class of its own it read them.
    return e instanceof FileNotFoundException
        ? inParentheses(message)
        : message.replaceFirst("^ZipFile ", "");
  }

  /** That there is no file under a path; a link may be there and lead nowhere. */
  public static String missing(Path path) {
    return path
        + (Files.isSymbolicLink(path) ? " is a link that leads nowhere" : " does not exist");
  }

  /** FileNotFoundException writes the path and the reason in parentheses behind it. */
  private static String inParentheses(String message) {
    int open = message.lastIndexOf(" (");
    return open >= 0 && message.endsWith(")")
        ? message.substring(open + 2, message.length() - 1)
        : message;
  }

  /** The name of the exception as words: EOFException gives "eof". */
  private static String inWords(IOException e) {
    return e.getClass()
        .getSimpleName()
        .replaceFirst("Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
