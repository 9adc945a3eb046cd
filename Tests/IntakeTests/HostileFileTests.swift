import Basics
import Bulletin
import Testing

@testable import Intake

/// Files that no editor wrote: each is refused with a word, at once, and none brings the program down.
@Suite struct HostileFileTests {
    private func refusal(_ bytes: [UInt8]) -> String? {
        do {
            _ = try ItemReader.read(bytes)
            return nil
        } catch {
            return error.description
        }
    }

    private func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

    @Test func aFileOfTenMegabytesIsRefusedUnread() {
        #expect(
            refusal([UInt8](repeating: 0x61, count: 10_000_000))
                == "the file has more than 1 MB, too much for one item; is it the right one?")
    }

    @Test func binaryRubbishIsRefused() {
        var random = SystemRandomNumberGenerator()
        let rubbish = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(refusal(rubbish) != nil)
        #expect(refusal([0xFF, 0xFE, 0x2D, 0x00]) == "the file is UTF-16; save it as UTF-8")
        #expect(
            refusal(Array("---\ntitle: Caf".utf8) + [0xE9]) == "line 2: is not text in UTF-8; save the file as UTF-8")
        #expect(refusal([0x7B, 0x00]) == "line 1: has a control character (U+0000) in it; take it out")
    }

    @Test(arguments: ["[", "{", "- ", "? ", "{a: ", "[{"])
    func nestingWithoutEndIsRefused(_ opening: String) throws {
        let bomb = "---\ntitle: " + (opening.hasSuffix(" ") && opening.count == 2 ? "\n" : "")
        #expect(refusal(bomb + String(repeating: opening, count: 30_000) + "\n---\n") != nil)
        #expect(refusal("{\"title\": " + String(repeating: "[", count: 400_000)) != nil)
        #expect(
            refusal("{\"title\": " + String(repeating: "{\"a\":", count: 100_000))
                == "line 1: is nested far too deeply; an item needs two levels")
    }

    @Test func aBombOfAliasesIsRefusedBeforeItIsUnfolded() {
        var yaml = "---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        for (letter, before) in zip("bcdefghijklm", "abcdefghijkl") {
            yaml += "\(letter): &\(letter) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ",") + "]\n"
        }
        yaml += "? *m\n: x\n? *l\n: y\n---\n"
        #expect(
            refusal(yaml)
                == "line 2: begins with & or *, which YAML takes for an anchor or an alias; put the value in quotes")
    }

    @Test func aMillionKeysOrAnEndlessTextAreRefused() {
        #expect(refusal("---\n" + (0..<20_000).map { "k\($0): 1\n" }.joined() + "---\n") != nil)
        #expect(
            refusal("---\n" + String(repeating: "k", count: 200_000) + ": 1\n---\n")
                == "line 1: the front matter has more than 100 KB; move the long text below it, as the summary")
    }

    @Test func whatIsTooLongForItsFieldIsRefusedWithItsLine() throws {
        let long = String(repeating: "é", count: 20_001)
        #expect(
            try ItemIntake().complaints(event() + long, as: .event) == [
                "line 7: summary: has 20015 characters, but at most 20000 are allowed; shorten it"
            ])
        #expect(
            try ItemIntake().complaints(event(title: "title: \(String(repeating: "a", count: 201))"), as: .event) == [
                "line 2: title: has 201 characters, but at most 200 are allowed; shorten it"
            ])
    }
}
