package dev.ablate.model.remote;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Why nothing came back: what may pass, or a line for the user. */
final class Trouble {
  private static final String PROXY =
      " (a proxy is named to Java by -Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT in"
          + " ABLATE_JAVA_OPTIONS; https_proxy is not heeded)";

  private final ServerAddress address;
  private final Replies replies;

  Trouble(ServerAddress address, Replies replies) {
    this.address = address;
    this.replies = replies;
  }

  /**
   * What a failure on the way means.
   *
   * @param known whether the server has answered before, so that it is there and may come back
   * @return something that may pass
   * @throws InputException if it will not
   */
  Passing of(IOException failure, boolean known) {
    if (failure instanceof BoundedBody.TooLong) {
      throw replies.line("sends an answer of " + failure.getMessage() + ": it is no such server");
    }
    if (has(failure, CertificateException.class)
        || has(failure, CertPathBuilderException.class)
        || has(failure, CertPathValidatorException.class)) {
      throw replies.line("has a certificate that " + certificate(failure));
    }
    if (!known) {
      refuseStranger(failure);
    }
    if (failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException) {
      return Passing.ofAbsence();
    }
    boolean perhapsEncrypts = !known && !address.encrypts();
    return new Passing(
        "broke off the connection" + (perhapsEncrypts ? " (perhaps it wants https://)" : ""));
  }

  private void refuseStranger(IOException failure) {
    if (String.valueOf(failure.getMessage()).startsWith("Tunnel failed")) {
      throw replies.line(
          "cannot be reached through the proxy that Java was given, which opens no way there: look at"
              + " -Dhttps.proxyHost and at what the proxy lets through");
    }
    if (has(failure, UnresolvedAddressException.class)) {
      throw replies.line(
          "cannot be found: no machine is known by the name "
              + address.base().getHost()
              + "; look at its spelling and at this machine's network"
              + PROXY);
    }
    if (failure instanceof HttpConnectTimeoutException) {
      throw replies.line(
          "takes no connection in time: look at host and port, at firewalls"
              + PROXY
              + ", and at whether its address begins with http:// or https://");
    }
    if (failure instanceof ConnectException) {
      throw replies.line(
          "does not answer: nothing can be reached at that address; start it, or look at host and"
              + " port");
    }
    if (failure instanceof SSLException) {
      throw replies.line(
          "does not encrypt as https has it: look whether its address begins with http:// instead");
    }
    if (failure instanceof ProtocolException) {
      throw replies.line(
          "does not speak HTTP: look at the port, and whether its address begins with https://");
    }
  }

  private String certificate(IOException failure) {
    if (has(failure, CertificateExpiredException.class)) {
      return "is over: have it renewed, or set this machine's clock";
    }
    if (has(failure, CertificateNotYetValidException.class)) {
      return "is not valid yet: set this machine's clock, or have it made anew";
    }
    if (has(failure, CertPathBuilderException.class)) {
      return "nobody vouches for whom Java trusts: import it into a store with keytool, and name the"
          + " store to Java by -Djavax.net.ssl.trustStore=FILE in ABLATE_JAVA_OPTIONS";
    }
    if (causes(failure)
        .anyMatch(e -> String.valueOf(e.getMessage()).matches("(?s)No (name|subject).*"))) {
      return "is for another name than "
          + address.base().getHost()
          + ": use the name that it has, or have one made for this name";
    }
    return "Java does not accept: have it made anew";
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    return causes(failure).anyMatch(type::isInstance);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, e -> e != null, Throwable::getCause).limit(20);
  }
}
