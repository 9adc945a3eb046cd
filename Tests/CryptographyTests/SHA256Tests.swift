import Testing

@testable import Cryptography

/// The examples that NIST prints for FIPS 180-4.
@Suite("SHA-256")
struct SHA256Tests {
    private static let examples = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test("gives what FIPS 180-4 prints", arguments: examples)
    func example(content: String, digest: String) {
        #expect(SHA256.digest(of: Array(content.utf8)).hexadecimal == digest)
    }

    @Test("gives the same of content that comes in pieces", arguments: examples)
    func pieces(content: String, digest: String) {
        var hash = SHA256()
        for byte in content.utf8 { hash.update([byte]) }
        #expect(hash.digest().hexadecimal == digest)
    }

    @Test("takes a million letters")
    func million() {
        var hash = SHA256()
        for _ in 0..<1_000 { hash.update(Array(repeating: UInt8(ascii: "a"), count: 1_000)) }
        #expect(hash.digest().hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("goes on from a copy, and leaves the copied one as it was")
    func copies() {
        var beginning = SHA256()
        beginning.update(Array("a".utf8))
        var one = beginning
        one.update(Array("bc".utf8))
        let other = beginning
        beginning.update(Array("bc".utf8))
        #expect(one.digest() == SHA256.digest(of: Array("abc".utf8)))
        #expect(beginning.digest() == SHA256.digest(of: Array("abc".utf8)))
        #expect(other.digest() == SHA256.digest(of: Array("a".utf8)))
        #expect(other.digest() == SHA256.digest(of: Array("a".utf8)))
    }

    @Test("is made by many at a time from one beginning")
    func concurrency() async {
        var beginning = SHA256()
        beginning.update(Array("a".utf8))
        let shared = beginning
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<1_000).allSatisfy { _ in
                        var hash = shared
                        hash.update(Array("bc".utf8))
                        return hash.digest().hexadecimal.hasPrefix("ba7816bf8f01cfea")
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}

@Suite("Secret bytes")
struct SecretBytesTests {
    @Test("are equal where every byte is")
    func equality() {
        func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
            left.withUnsafeBytes { left in right.withUnsafeBytes { SecretBytes.areEqual(left, $0) } }
        }
        #expect(areEqual([], []))
        #expect(areEqual([1, 2, 3], [1, 2, 3]))
        #expect(!areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!areEqual([0, 2, 3], [1, 2, 3]))
        #expect(!areEqual([1, 2, 3], [1, 2]))
    }

    @Test("are gone once they are cleared")
    func clearing() {
        var secret: [UInt8] = [1, 2, 3]
        SecretBytes.clear(&secret)
        #expect(secret == [0, 0, 0])
    }
}
