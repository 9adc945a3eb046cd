import Foundation
import Testing

@testable import Mail

@Suite struct SigningKeyTests {
    @Test(arguments: SigningKey.Algorithm.allCases)
    func aKeyThatIsMadeIsReadBackAndSigns(algorithm: SigningKey.Algorithm) throws {
        let key = try SigningKey.make(algorithm)
        let again = try SigningKey(pem: key.pem())
        #expect(again.algorithm == algorithm)
        #expect(try again.publicBytes() == key.publicBytes())
        let digest = [UInt8](repeating: 7, count: 32)
        let signature = try again.signature(of: digest)
        #expect(key.verifies(signature, of: digest))
        #expect(!key.verifies(signature, of: [UInt8](repeating: 8, count: 32)))
    }

    @Test func whatCannotSignIsRefused() throws {
        func fault(_ text: String) -> SigningKeyFault? {
            do throws(SigningKeyFault) {
                _ = try SigningKey(pem: Array(text.utf8))
                return nil
            } catch {
                return error
            }
        }
        #expect(fault("") == .notAKey)
        #expect(fault("not a key") == .notAKey)
        #expect(fault(ReferenceVectorTests.rsa) == .tooShort(bits: 1024))
        #expect(fault("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") == .publicOnly)
        #expect(
            fault("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n") == .encrypted)
        #expect(
            fault(
                """
                -----BEGIN PRIVATE KEY-----
                MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgg4pldq6FOD9cWKAB
                ys6vpGhvrTj3LyVkV5rFvinGZoWhRANCAAS4WiRwZ8xS4y9gzdimUxji9Ia+gMU1
                XQECQP7NhbW+zjWi15q4zh9IpuRDh94DD9ioe4JdFq2Yr/67YmSCUEHj
                -----END PRIVATE KEY-----
                """) == .otherKind)
    }

    @Test func aLongRecordIsPublishedInStringsOfAtMost255Bytes() throws {
        let key = try SigningKey.make(.rsa)
        let record = try DKIMRecord(.init(domain: "example.org", selector: "fortnight", key: key))
        #expect(record.value.utf8.count > 255)
        #expect(record.strings.allSatisfy { $0.utf8.count <= 255 })
        #expect(record.strings.joined() == record.value)
        #expect(record.zoneLines.hasPrefix("fortnight._domainkey.example.org. IN TXT (\n    \"v=DKIM1; k=rsa; p="))
    }
}
