import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** What SunPKCS11 does with a token, through p11-kit's client. Arguments: the configuration of the provider, the PIN. */
public class Token {
  private static final byte[] DATA = "attack at dawn!!".getBytes();

  public static void main(String[] args) throws Exception {
    Provider provider = Security.getProvider("SunPKCS11").configure(args[0]);
    Security.addProvider(provider);
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    char[] wrong = "9999".toCharArray();
    try {
      store.load(null, wrong);
      report("login with a wrong PIN", "was accepted");
    } catch (java.io.IOException refused) {
      report("login with a wrong PIN", "refused");
    }
    store.load(null, args[1].toCharArray());
    report("aliases", Collections.list(store.aliases()).toString());

    byte[] random = new byte[32];
    SecureRandom.getInstance("PKCS11", provider).nextBytes(random);
    report("random", String.valueOf(!Arrays.equals(random, new byte[32])));
    byte[] digest = MessageDigest.getInstance("SHA-256", provider).digest(DATA);
    report("digest", String.valueOf(Arrays.equals(digest, MessageDigest.getInstance("SHA-256", "SUN").digest(DATA))));

    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA", provider);
    rsa.initialize(2048);
    KeyPair pair = rsa.generateKeyPair();
    for (String name : new String[] {"SHA256withRSA", "SHA512withRSA"}) report(name, sign(provider, name, pair));
    Signature pss = Signature.getInstance("RSASSA-PSS", provider);
    PSSParameterSpec spec = new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
    report("RSASSA-PSS", sign(pss, spec, pair));
    Cipher pkcs1 = Cipher.getInstance("RSA/ECB/PKCS1Padding", provider);
    pkcs1.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    byte[] sealed = pkcs1.doFinal(DATA);
    pkcs1.init(Cipher.DECRYPT_MODE, pair.getPrivate());
    report("RSA", String.valueOf(Arrays.equals(pkcs1.doFinal(sealed), DATA)));

    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC", provider);
    ec.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair ecPair = ec.generateKeyPair();
    for (String name : new String[] {"SHA1withECDSA", "SHA256withECDSA"}) report(name, sign(provider, name, ecPair));

    KeyGenerator aes = KeyGenerator.getInstance("AES", provider);
    aes.init(256);
    SecretKey key = aes.generateKey();
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding", provider);
    ecb.init(Cipher.ENCRYPT_MODE, key);
    byte[] first = ecb.update(DATA);
    byte[] second = ecb.doFinal(DATA);
    ecb.init(Cipher.DECRYPT_MODE, key);
    report("AES in parts", String.valueOf(Arrays.equals(first, second) && Arrays.equals(ecb.doFinal(first), DATA)));

    Cipher wrap = Cipher.getInstance("RSA/ECB/PKCS1Padding", provider);
    wrap.init(Cipher.WRAP_MODE, pair.getPublic());
    byte[] wrapped = wrap.wrap(key);
    wrap.init(Cipher.UNWRAP_MODE, pair.getPrivate());
    SecretKey unwrapped = (SecretKey) wrap.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    ecb.init(Cipher.DECRYPT_MODE, unwrapped);
    report("wrap and unwrap", String.valueOf(Arrays.equals(ecb.doFinal(first), DATA)));

    Mac mac = Mac.getInstance("HmacSHA256", provider);
    mac.init(new javax.crypto.spec.SecretKeySpec(new byte[32], "HmacSHA256"));
    Mac own = Mac.getInstance("HmacSHA256", "SunJCE");
    own.init(new javax.crypto.spec.SecretKeySpec(new byte[32], "HmacSHA256"));
    report("HmacSHA256", String.valueOf(Arrays.equals(mac.doFinal(DATA), own.doFinal(DATA))));

    PrivateKey found = (PrivateKey) store.getKey("java", null);
    Signature byStored = Signature.getInstance("SHA256withRSA", provider);
    byStored.initSign(found);
    byStored.update(DATA);
    byte[] signature = byStored.sign();
    Signature bySun = Signature.getInstance("SHA256withRSA", "SunRsaSign");
    bySun.initVerify(store.getCertificate("java"));
    bySun.update(DATA);
    report("a key that was there", String.valueOf(bySun.verify(signature)));
    ((java.security.AuthProvider) provider).logout();
  }

  private static String sign(Provider provider, String name, KeyPair pair) throws Exception {
    return sign(Signature.getInstance(name, provider), null, pair);
  }

  private static String sign(Signature signature, PSSParameterSpec spec, KeyPair pair) throws Exception {
    if (spec != null) signature.setParameter(spec);
    signature.initSign(pair.getPrivate());
    signature.update(DATA);
    byte[] bytes = signature.sign();
    signature.initVerify(pair.getPublic());
    signature.update(DATA);
    boolean isRight = signature.verify(bytes);
    signature.initVerify(pair.getPublic());
    signature.update(new byte[16]);
    return String.valueOf(isRight && !signature.verify(bytes));
  }

  private static void report(String what, String outcome) {
    System.out.println(what + ": " + outcome);
  }
}
