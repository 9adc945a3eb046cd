import Cryptography
import Foundation
import Testing

@testable import Mail

/// The example of RFC 8463 appendix A: its message, its two keys, and the signatures that it prints. Both algorithms
/// give the same bytes each time.
@Suite struct ReferenceVectorTests {
    static let rsa = """
        -----BEGIN RSA PRIVATE KEY-----
        MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
        Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
        KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
        AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
        6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
        zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
        6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
        uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
        WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
        WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
        licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
        o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
        uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
        -----END RSA PRIVATE KEY-----
        """

    /// The RFC prints the 32 bytes alone; a file has them in PKCS#8.
    private static func ed25519() throws -> String {
        let seed = try #require(Data(base64Encoded: "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="))
        let head: [UInt8] = [
            0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ]
        return "-----BEGIN PRIVATE KEY-----\n\((Data(head) + seed).base64EncodedString())\n-----END PRIVATE KEY-----\n"
    }

    private static let header = """
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        """
    private static let body = "Hi.\n\nWe lost the game.  Are you hungry yet?\n\nJoe.\n"

    private static func field(_ algorithm: String, _ selector: String, _ h: String) -> String {
        """
        DKIM-Signature: v=1; a=\(algorithm); c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=\(selector); t=1528637909; \(h)
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=
        """
    }

    private func wire(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    @Test func theBodyHashIsTheRFCs() {
        #expect(
            Data(BodyHash(TemplateBytes(wire(Self.body))).digest { _ in [] }).base64EncodedString()
                == "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=")
    }

    @Test(arguments: [
        (
            "ed25519-sha256", "brisbane", "h=from : to :\n subject : date : message-id : from : subject : date;",
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
        ),
        (
            "rsa-sha256", "test", "h=from : to : subject :\n date : message-id : from : subject : date;",
            "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGda"
                + "SGsgeefOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8="
        ),
    ]) func theSignatureIsTheRFCs(algorithm: String, selector: String, h: String, signature: String) throws {
        let pem = algorithm.hasPrefix("rsa") ? Self.rsa : try Self.ed25519()
        let key = try SigningKey(pem: Array(pem.utf8), leastBits: 1024)
        var covered = SHA256()
        wire(Self.header).withUnsafeBytes { bytes in
            // The RFC's h= names the five fields as they stand, and then some that are not there again.
            for range in HeaderFieldRanges.ranges(bytes) {
                var canonical = RelaxedForm.Field()
                canonical.write(UnsafeRawBufferPointer(rebasing: bytes[range]))
                covered.update(canonical.bytes + [0x0D, 0x0A])
            }
        }
        var field = RelaxedForm.Field()
        wire(Self.field(algorithm, selector, h)).withUnsafeBytes { field.write($0) }
        let digest = SignatureForm.digest(after: covered, of: field)
        #expect(Data(try key.signature(of: digest)).base64EncodedString() == signature)
    }

    @Test func theRecordsHoldTheRFCsPublicKeys() throws {
        let rsa = try SigningKey(pem: Array(Self.rsa.utf8), leastBits: 1024)
        let ed25519 = try SigningKey(pem: Array(Self.ed25519().utf8))
        #expect(
            try DKIMRecord(.init(domain: "football.example.com", selector: "test", key: rsa)).value
                == "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jL"
                + "QiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G"
                + "+2kryOTIKT+l/K4w3QIDAQAB")
        let record = try DKIMRecord(.init(domain: "football.example.com", selector: "brisbane", key: ed25519))
        #expect(record.value == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
        #expect(record.name == "brisbane._domainkey.football.example.com")
    }
}
