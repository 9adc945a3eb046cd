import Foundation
import Journal
import Testing

@Suite("Lines of JSON")
struct JSONLineTests {
    private func fields(_ text: String) -> [String: JSONKind]? {
        var fields: [String: JSONKind] = [:]
        let isObject = Array(text.utf8).withUnsafeBytes { bytes in
            JSONValue.fields(of: bytes) { key, value in
                fields[key] = JSONKind(value)
                return true
            }
        }
        return isObject ? fields : nil
    }

    enum JSONKind: Equatable {
        case text(String)
        case number(Int)
        case truth(Bool)
        case null
        case other

        init(_ value: JSONValue) {
            if let text = value.text {
                self = .text(text)
            } else if let number = value.number {
                self = .number(number)
            } else if let truth = value.truth {
                self = .truth(truth)
            } else {
                self = value.isNull ? .null : .other
            }
        }
    }

    @Test("keep the order of their fields")
    func order() {
        var line = JSONLine()
        line.line {
            $0.field("id", "a")
            $0.field("count", -12)
            $0.field("is", true)
            $0.object("in") { $0.field("some", ["x", "y\""]) }
            $0.field("none", nil as String?)
            $0.object("empty") { _ in }
            $0.field("last", json: Array("[1]".utf8))
        }
        #expect(
            String(decoding: line.bytes, as: UTF8.self)
                == #"{"id":"a","count":-12,"is":true,"in":{"some":["x","y\""]},"empty":{},"last":[1]}"# + "\n")
    }

    @Test(
        "give any text back unchanged, by our reader and by Foundation's",
        arguments: ["", "plain", "\"\\/", "\u{0}\u{1}\u{1F}\u{7F}", "a\nb\r\tc", "Ωmega \u{2028} 👩‍👩‍👧", "e\u{301}"])
    func texts(text: String) throws {
        var line = JSONLine()
        line.line { $0.field("t", text) }
        #expect(!line.bytes.dropLast().contains { $0 < 0x20 })
        let ours = fields(String(decoding: line.bytes, as: UTF8.self))
        #expect(ours == ["t": .text(text)])
        let theirs = try JSONDecoder().decode([String: String].self, from: Data(line.bytes))
        #expect(theirs.values.map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)])
    }

    @Test("are read in any spacing, with any escapes")
    func spacing() {
        let text = #" { "a" : "\u00e9\ud83d\udc4b\/\b" , "b":[1,{"c":[]}],"d" :-3.5e2, "e":null ,"f":false} "#
        #expect(
            fields(text) == ["a": .text("é👋/\u{8}"), "b": .other, "d": .other, "e": .null, "f": .truth(false)])
    }

    @Test(
        "are refused if they are not a JSON object",
        arguments: [
            "", "{", "}", "[]", "{}{}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":01x}", "{\"a\":tru}",
            "{\"a\":\"\n\"}", "{\"a\":\"x}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}", "{\"a\":\"\\\"}",
            "{\"a\":" + String(repeating: "[", count: 100_000),
        ])
    func refused(text: String) { #expect(fields(text) == nil) }

    @Test("give no text for half a surrogate pair or broken UTF-8")
    func brokenUnicode() {
        #expect(fields(#"{"a":"\ud83d"}"#) == ["a": .other])
        #expect(fields(#"{"a":"\ud83dx"}"#) == ["a": .other])
        #expect(fields(#"{"a":"\udc4b"}"#) == ["a": .other])
        let broken = Array(#"{"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        var text: String? = "some"
        let isObject = broken.withUnsafeBytes { bytes in
            JSONValue.fields(of: bytes) { _, value in
                text = value.text
                return true
            }
        }
        #expect(isObject)
        #expect(text == nil)
    }
}
