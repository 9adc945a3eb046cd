import Foundation
import Testing

@testable import Cryptography

@Suite("A private key")
struct PrivateKeyTests {
    /// RFC 8032 section 7.1: TEST 1, 2, 3 and SHA(abc).
    @Test(
        "signs by Ed25519 as RFC 8032 prints it",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                    + "d25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                    + "387b2eaeb4302aeeb00d291612bb0c00"
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                    + "4a7c15e9716ed28dc027beceea1ec40a"
            ),
            (
                "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
                "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                    + "454d4423643ce80e2a9ac94fa54ca49f",
                "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
                    + "3dca179c138ac17ad9bef1177331a704"
            ),
        ])
    func ed25519(seed: String, publicKey: String, message: String, signature: String) throws {
        let key = try PrivateKey(pem: Self.pem(ofSeed: bytes(seed)))
        #expect(key.kind == .ed25519)
        #expect(text(try key.publicBytes()) == publicKey)
        #expect(text(try key.ed25519Signature(of: bytes(message))) == signature)
        #expect(key.verifies(ed25519Signature: bytes(signature), of: bytes(message)))
        #expect(!key.verifies(ed25519Signature: bytes(signature), of: bytes(message) + [0]))
    }

    /// PKCS#8 (RFC 8410 section 7) of the 32 bytes that RFC 8032 prints.
    private static func pem(ofSeed seed: [UInt8]) -> [UInt8] {
        let body = Data(bytes("302e020100300506032b657004220420") + seed).base64EncodedString()
        return Array("-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n".utf8)
    }

    @Test("that is made is read back from its PEM, and signs alike", arguments: PrivateKey.Kind.allCases)
    func making(kind: PrivateKey.Kind) throws {
        let key = try PrivateKey.make(kind, bits: 2048)
        let again = try PrivateKey(pem: key.pem())
        #expect(again.kind == kind)
        #expect(kind == .ed25519 || again.bits == 2048)
        #expect(try again.publicBytes() == key.publicBytes())
        let (digest, other) = ([UInt8](repeating: 7, count: 32), [UInt8](repeating: 8, count: 32))
        switch kind {
        case .rsa:
            let signature = try key.rsaSignature(of: digest)
            // The second is made with the context of the first.
            #expect(try key.rsaSignature(of: digest) == signature)
            #expect(try again.rsaSignature(of: digest) == signature)
            #expect(again.verifies(rsaSignature: signature, of: digest))
            #expect(!again.verifies(rsaSignature: signature, of: other))
            #expect(!again.verifies(ed25519Signature: signature, of: digest))
        case .ed25519:
            let signature = try key.ed25519Signature(of: digest)
            #expect(try again.ed25519Signature(of: digest) == signature)
            #expect(!again.verifies(ed25519Signature: signature, of: other))
            #expect(!again.verifies(rsaSignature: signature, of: digest))
        }
    }

    @Test("of another kind, or none at all, is refused")
    func refusals() {
        #expect(throws: PrivateKeyFault.unreadable) { try PrivateKey(pem: []) }
        #expect(throws: PrivateKeyFault.unreadable) { try PrivateKey(pem: Array("no key".utf8)) }
        let elliptic = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgg4pldq6FOD9cWKAB
            ys6vpGhvrTj3LyVkV5rFvinGZoWhRANCAAS4WiRwZ8xS4y9gzdimUxji9Ia+gMU1
            XQECQP7NhbW+zjWi15q4zh9IpuRDh94DD9ioe4JdFq2Yr/67YmSCUEHj
            -----END PRIVATE KEY-----
            """
        #expect(throws: PrivateKeyFault.otherKind) { try PrivateKey(pem: Array(elliptic.utf8)) }
    }
}
