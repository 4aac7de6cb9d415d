package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are not to be trusted are said, with what to do; one that is, works. */
class CertificateTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** Certificates are no matter of retries. */
  private static final Settings TRIES =
      Settings.STANDARD.with(ServerSettings.RETRIES, 3L).with(ServerSettings.REQUEST_TIMEOUT, 20.0);

  @TempDir Path folder;

  /** A store with somebody who vouches, and a certificate that they signed. */
  private KeyStore store(String... more) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("store");
    Files.deleteIfExists(file);
    keytool(file, "-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c");
    List<String> leaf = new ArrayList<>(List.of("-alias", "test", "-dname", "CN=test"));
    leaf.addAll(List.of("-signer", "authority"));
    leaf.addAll(List.of(more));
    keytool(file, leaf.toArray(String[]::new));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static void keytool(Path file, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-keystore", file.toString()));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    command.addAll(List.of(arguments));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertEquals(0, keytool.waitFor(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Shows the certificate as a server, and trusts who vouches for it as a client. */
  private static SSLContext context(KeyStore store) throws IOException, GeneralSecurityException {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "test", store.getKey("test", PASSWORD), PASSWORD, store.getCertificateChain("test"));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("authority", store.getCertificate("authority"));
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  private static Server open(String address) {
    return Server.open(ServerAddress.parse(address), TRIES, Map.of());
  }

  private static void requireRefusal(TestServer tests, String line) {
    InputException e = assertThrows(InputException.class, () -> open(tests.address()));
    assertTrue(e.getMessage().contains(line), e.getMessage());
  }

  @Test
  void whoVouchesForItselfIsNotTrusted() throws IOException, GeneralSecurityException {
    SSLContext context = context(store("-ext", "SAN=ip:127.0.0.1"));
    try (TestServer tests = TestServer.start(TestModel.standard(), context)) {
      requireRefusal(
          tests, "has a certificate that nobody vouches for whom Java trusts: import it");
    }
  }

  /** What Java trusts is decided once a process; a context of our own stands for it here. */
  @Test
  void trustedOnesWorkOthersAreSaid() throws IOException, GeneralSecurityException {
    SSLContext before = SSLContext.getDefault();
    try {
      SSLContext good = context(store("-ext", "SAN=ip:127.0.0.1"));
      SSLContext.setDefault(good);
      try (TestServer tests = TestServer.start(TestModel.standard(), good)) {
        Server server = open(tests.address());
        assertEquals(2, server.completions().score("good yes").tokens().size());
      }
      SSLContext other = context(store("-ext", "SAN=dns:other.example"));
      SSLContext.setDefault(other);
      try (TestServer tests = TestServer.start(TestModel.standard(), other)) {
        requireRefusal(tests, "has a certificate that is for another name than 127.0.0.1");
      }
      SSLContext over =
          context(store("-ext", "SAN=ip:127.0.0.1", "-startdate", "-10d", "-validity", "5"));
      SSLContext.setDefault(over);
      try (TestServer tests = TestServer.start(TestModel.standard(), over)) {
        requireRefusal(tests, "has a certificate that is over: have it renewed");
      }
      SSLContext early = context(store("-ext", "SAN=ip:127.0.0.1", "-startdate", "+10d"));
      SSLContext.setDefault(early);
      try (TestServer tests = TestServer.start(TestModel.standard(), early)) {
        requireRefusal(tests, "has a certificate that is not valid yet: set this machine's clock");
      }
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  void theWrongSchemeIsSaid() throws IOException, GeneralSecurityException {
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answer(plain));
      answering.setDaemon(true);
      answering.start();
      InputException e =
          assertThrows(
              InputException.class, () -> open("https://127.0.0.1:" + plain.getLocalPort()));
      assertTrue(e.getMessage().contains("begins with http:// instead"), e.getMessage());
    }
    SSLContext context = context(store());
    try (TestServer encrypted = TestServer.start(TestModel.standard(), context)) {
      InputException e =
          assertThrows(
              InputException.class, () -> open(encrypted.address().replace("https:", "http:")));
      assertTrue(e.getMessage().contains("https"), e.getMessage());
    }
  }

  /** Says of whatever comes that it is no HTTP, as servers do. */
  private static void answer(ServerSocket plain) {
    try {
      while (true) {
        Socket connection = plain.accept();
        connection.getInputStream().read();
        byte[] line = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        connection.getOutputStream().write(line);
        connection.getOutputStream().flush();
      }
    } catch (IOException e) {
      // The test is over.
      return;
    }
  }
}
