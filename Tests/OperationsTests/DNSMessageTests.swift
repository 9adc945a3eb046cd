import Testing

@testable import Operations

@Suite("A DNS message")
struct DNSMessageTests {
    /// An answer for `example.org`, with these records after the question; names point back to it.
    private func answer(_ kind: DNSKind, _ records: [(kind: UInt16, data: [UInt8])], flags: UInt16 = 0x8180) -> [UInt8]
    {
        var bytes: [UInt8] = []
        for word in [7, flags, 1, UInt16(records.count), 0, 0] { bytes += [UInt8(word >> 8), UInt8(word & 0xFF)] }
        bytes += [7] + Array("example".utf8) + [3] + Array("org".utf8) + [0, 0, UInt8(kind.rawValue), 0, 1]
        for record in records {
            bytes += [0xC0, 12, UInt8(record.kind >> 8), UInt8(record.kind & 0xFF), 0, 1, 0, 0, 1, 0]
            bytes += [UInt8(record.data.count >> 8), UInt8(record.data.count & 0xFF)] + record.data
        }
        return bytes
    }

    private func read(_ bytes: [UInt8], _ kind: DNSKind) throws -> DNSReply {
        try DNSMessage.reply(bytes, to: "Example.org", kind, id: 7)
    }

    @Test("asks in the form of RFC 1035")
    func question() throws {
        let bytes = try DNSMessage.question("example.org", .mx, id: 0x0102)
        #expect(
            bytes == [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7] + "example".utf8 + [3] + "org".utf8 + [0, 0, 15, 0, 1])
        #expect(throws: DNSFault.self) { try DNSMessage.question("", .mx, id: 1) }
        #expect(throws: DNSFault.self) { try DNSMessage.question(String(repeating: "a", count: 64), .mx, id: 1) }
    }

    @Test("gives texts in one piece, and hosts behind pointers, and passes over other kinds")
    func records() throws {
        let text = [3] + Array("v=s".utf8) + [3] + Array("pf1".utf8)
        #expect(try read(answer(.txt, [(5, [0xC0, 12]), (16, text)]), .txt).records == [.text("v=spf1")])
        let exchange: [UInt8] = [0, 10, 4] + Array("mail".utf8) + [0xC0, 12]
        #expect(
            try read(answer(.mx, [(15, exchange), (15, [0, 0, 0])]), .mx).records
                == [.exchange(preference: 10, host: "mail.example.org"), .exchange(preference: 0, host: "")])
        #expect(try read(answer(.txt, [], flags: 0x8183), .txt).code == 3)
        #expect(try read(answer(.txt, [(16, [])], flags: 0x8380), .txt).isTruncated)
    }

    @Test("refuses another question's answer, circles, and lengths beyond its end")
    func hostile() throws {
        let good = answer(.txt, [(16, [1, 65])])
        #expect(throws: DNSFault.self) { try DNSMessage.reply(good, to: "example.org", .txt, id: 8) }
        #expect(throws: DNSFault.self) { try DNSMessage.reply(good, to: "example.com", .txt, id: 7) }
        #expect(throws: DNSFault.self) { try DNSMessage.reply(good, to: "example.org", .mx, id: 7) }
        #expect(throws: DNSFault.self) { try read(answer(.txt, [(16, [9, 65])]), .txt) }
        let place = UInt8(answer(.mx, []).count + 12 + 2)
        #expect(throws: DNSFault.self) { try read(answer(.mx, [(15, [0, 1, 0xC0, place])]), .mx) }
        for end in 0..<good.count {
            #expect(throws: DNSFault.self) { try read(Array(good.prefix(end)), .txt) }
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = good
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? read(bytes, .txt)
        }
    }
}
