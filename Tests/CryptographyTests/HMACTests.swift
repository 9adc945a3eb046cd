import Testing

@testable import Cryptography

/// The test cases of RFC 4231 section 4.
@Suite("HMAC-SHA256")
struct HMACTests {
    struct Example: Sendable {
        let number: Int
        let key: [UInt8]
        let data: [UInt8]
        let code: String
    }

    private static let largeKey = [UInt8](repeating: 0xAA, count: 131)

    private static let examples = [
        Example(
            number: 1, key: Array(repeating: 0x0B, count: 20), data: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Example(
            number: 2, key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Example(
            number: 3, key: Array(repeating: 0xAA, count: 20), data: Array(repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Example(
            number: 4, key: Array(1...25), data: Array(repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        // Truncated to 128 bits.
        Example(
            number: 5, key: Array(repeating: 0x0C, count: 20), data: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        Example(
            number: 6, key: largeKey, data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Example(
            number: 7, key: largeKey,
            data: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
                    + "be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test("gives what RFC 4231 prints", arguments: examples)
    func example(_ example: Example) {
        let key = HMACKey(example.key)
        let code = HMAC.code(of: example.data, under: key).hexadecimal
        #expect(code.hasPrefix(example.code), "test case \(example.number)")
        // The key is as good for the next code, and content may come in pieces.
        var pieces = HMAC(key)
        for byte in example.data { pieces.update([byte]) }
        #expect(pieces.code().hexadecimal == code)
    }

    /// RFC 5869 appendix A, the cases with SHA-256.
    @Test(
        "gives the keys that RFC 5869 prints",
        arguments: [
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
            (
                text(Array(0x00...0x4F)), text(Array(0x60...0xAF)), text(Array(0xB0...0xFF)),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                    + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            ),
        ])
    func derivedKeys(secret: String, salt: String, info: String, key: String) {
        let derived = HKDF.key(from: bytes(secret), salt: bytes(salt), info: bytes(info), count: key.count / 2)
        #expect(text(derived) == key)
    }
}
