import Testing

@testable import Intake

@Suite struct CSVReaderTests {
    private func rows(_ bytes: [UInt8], chunk: Int = 65_536) throws -> [CSVRow] {
        var rest = bytes[...]
        var reader = CSVReader {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(chunk) }
            return Array(rest.prefix(chunk))
        }
        var rows: [CSVRow] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    private func rows(_ text: String, chunk: Int = 65_536) throws -> [CSVRow] {
        try rows(Array(text.utf8), chunk: chunk)
    }

    private func row(_ line: Int, _ fields: String...) -> CSVRow { CSVRow(line: line, fields: fields, fault: nil) }

    private let quoted = "a,\"b\"\r\n\"one\ntwo\",\"say \"\"hi\"\"\"\r\n\r\n\"\",plain \"x\" y\r\nlast,é"

    @Test(arguments: [1, 2, 3, 7, 65_536])
    func quotedValuesKeepTheirLineEndsSeparatorsAndMarksWhateverTheChunks(_ chunk: Int) throws {
        #expect(
            try rows(quoted, chunk: chunk) == [
                row(1, "a", "b"), row(2, "one\ntwo", "say \"hi\""), row(5, "", "plain \"x\" y"), row(6, "last", "é"),
            ])
    }

    @Test(arguments: ["\r\n", "\n", "\r"]) func everyLineEndIsOne(_ end: String) throws {
        let text = ["a,b", "c,\"d\(end)e\"", "f,g", ""].joined(separator: end)
        #expect(try rows(text) == [row(1, "a", "b"), row(2, "c", "d\(end)e"), row(4, "f", "g")])
        #expect(try rows(text, chunk: 1) == rows(text))
    }

    @Test(arguments: [",", ";", "\t"]) func theSeparatorIsKnownByTheHeader(_ separator: String) throws {
        let text = "email\(separator)name\na@example.org\(separator)\"x\(separator)y,z;\"\n"
        #expect(try rows(text).last == row(2, "a@example.org", "x\(separator)y,z;"))
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        #expect(try rows("\u{FEFF}\"email\",name\n").first == row(1, "email", "name"))
    }

    @Test func aBadRowIsSaidAndTheNextIsRead() throws {
        let latin = Array("a,b\nJos".utf8) + [0xE9] + Array(",x\n\"a\"b,c\nd,e\n".utf8)
        #expect(
            try rows(latin) == [
                row(1, "a", "b"),
                CSVRow(
                    line: 2, fields: ["Jos\u{FFFD}", "x"],
                    fault: "is not UTF-8; save the file as UTF-8 and import it again"),
                CSVRow(
                    line: 3, fields: ["\"a\"b,c"],
                    fault: "has text after a closing quotation mark; double the quotation marks within a value"),
                row(4, "d", "e"),
            ])
    }

    @Test func aMarkLeftOpenCostsItsOwnLineOnly() throws {
        let text = "a,b\n\"open,x\n" + (0..<500).map { "r\($0),y\n" }.joined()
        let read = try rows(text, chunk: 100)
        #expect(read.count == 502)
        #expect(read[1].fault == "has an opening quotation mark without a closing one; add it")
        #expect(read[2] == row(3, "r0", "y"))
        #expect(
            try rows("a,b\n\"open,x\n").last?.fault == "has an opening quotation mark without a closing one; add it")
    }

    @Test func aRowWithoutEndIsOneBadRowInBoundedMemory() throws {
        var chunks = 40
        var reader = CSVReader {
            chunks -= 1
            switch chunks {
            case 39: return Array("a,b\n".utf8)
            case 0: return Array("\nlast,row\n".utf8)
            case ..<0: return nil
            default: return [UInt8](repeating: 0x78, count: 10_000)
            }
        }
        #expect(try reader.next() == row(1, "a", "b"))
        #expect(try reader.next()?.fault == "is longer than 64 KB; is it one person?")
        #expect(try reader.next() == row(3, "last", "row"))
        #expect(try reader.next() == nil)
    }

    @Test func utf16IsRefusedWithARemedy() throws {
        for bytes in [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0x61, 0x00, 0x2C, 0x00]] as [[UInt8]] {
            #expect(
                throws: CSVFault(description: "the file is UTF-16, not UTF-8; save it as UTF-8 and import it again")
            ) {
                try rows(bytes)
            }
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let fields = ["plain", "", "a,b", "say \"hi\"", "one\r\ntwo", " blank ", "é;\t"]
        #expect(try rows("a,b,c,d,e,f,g\n" + CSVLine.text(fields)).last?.fields == fields)
    }
}
