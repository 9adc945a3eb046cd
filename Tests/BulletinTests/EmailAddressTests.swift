import Bulletin
import Testing

@Suite("An email address")
struct EmailAddressTests {
    private func fault(_ text: String) -> EmailAddress.Fault? {
        do throws(EmailAddress.Fault) {
            _ = try EmailAddress(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "is sent with a domain of lower-case A-labels, and shown with U-labels",
        arguments: [
            ("Ann@Example.ORG", "Ann@example.org", "Ann@example.org"),
            (" ann@example.org\n", "ann@example.org", "ann@example.org"),
            ("ann@Bücher.example", "ann@xn--bcher-kva.example", "ann@bücher.example"),
            ("ann@bu\u{308}cher.example", "ann@xn--bcher-kva.example", "ann@bücher.example"),
            ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example", "ann@bücher.example"),
            ("ann+list@a.b.example", "ann+list@a.b.example", "ann+list@a.b.example"),
            ("o'neill/x=y@example.org", "o'neill/x=y@example.org", "o'neill/x=y@example.org"),
        ])
    func forms(text: String, wire: String, display: String) throws {
        let address = try EmailAddress(text)
        #expect(address.wire == wire && address.display == display)
        #expect(!address.needsSMTPUTF8)
        #expect(try EmailAddress(address.wire) == address)
    }

    @Test("needs SMTPUTF8 only if its local part is beyond ASCII")
    func internationalised() throws {
        let address = try EmailAddress("pa\u{308}ivi@example.org")
        #expect(address.needsSMTPUTF8 && address.wire == "p\u{E4}ivi@example.org")
        #expect(try address.canonical == EmailAddress("P\u{C4}IVI@EXAMPLE.org").canonical)
    }

    @Test(
        "never contains characters that end a command or begin a field",
        arguments: [
            "x@y.example>\r\nRCPT TO:<evil@z.example", "x\r\n@example.org", "x\n@example.org", "x\0@example.org",
            "x@exa\rmple.org", "x@example.org\r\nBcc: y@example.org", "a b@example.org", "<x@example.org>",
            "x@example.org>",
            "x\u{7F}@example.org", "x\u{2028}@example.org", "\"a\r\nb\"@example.org",
        ])
    func injection(text: String) {
        #expect(fault(text) != nil, "\(text)")
    }

    @Test("keeps to the limits of RFC 5321 section 4.5.3.1, and says which is broken")
    func bounds() {
        let local = String(repeating: "l", count: 64)
        #expect(fault("\(local)@example.org") == nil)
        #expect(fault("\(local)l@example.org") == .longLocal)
        let label = String(repeating: "d", count: 63)
        // 64 + 1 + 189
        let domain = "\(label).\(label).\(String(repeating: "e", count: 58)).ex"
        #expect(fault("\(local)@\(domain)") == nil)
        #expect(fault("\(local)@\(domain)x") == .long)
        for domain in [
            "localhost", "example", "-a.example", "a..example", "[192.0.2.1]", "192.0.2.1", ".example.org", "",
        ] {
            #expect(fault("ann@\(domain)") == .badDomain, "\(domain)")
        }
        #expect(fault("annexample.org") == .noAt && fault("@example.org") == .emptyLocal)
        #expect(fault(".ann@example.org") == .badLocal && fault("an..n@example.org") == .badLocal)
    }
}
