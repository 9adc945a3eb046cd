import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite struct HostileFileTests {
    static let alias = "is an alias (*), which is not read: write the value out, or quote the text"
    static let anchor = "is an anchor (&), which is not read: write the value out, or quote the text"
    static let tag = "is a tag (!), which is not read: remove it, or quote the text"

    @Test(arguments: [
        ("a: &x 1\nb: *x\n", "fortnight.yaml:1:4: \(anchor)"),
        ("a: *x\n", "fortnight.yaml:1:4: \(alias)"),
        ("a:\n  - *x\n", "fortnight.yaml:2:5: \(alias)"),
        ("a:\n  b\nc: *x\n", "fortnight.yaml:3:4: \(alias)"),
        ("a: [b, {c: *x}]\n", "fortnight.yaml:1:12: \(alias)"),
        ("a: [b,\n  *x]\n", "fortnight.yaml:2:3: \(alias)"),
        ("a: \"b\" # it's\nc: *x\n", "fortnight.yaml:2:4: \(alias)"),
        ("a: |\n  *b\nc: *x\n", "fortnight.yaml:3:4: \(alias)"),
        ("- a: |\n    *b\n  c: *x\n", "fortnight.yaml:3:6: \(alias)"),
        ("? *x\n: 1\n", "fortnight.yaml:1:3: \(alias)"),
        ("--- *x\n", "fortnight.yaml:1:5: \(alias)"),
        ("a: !!str 1\n", "fortnight.yaml:1:4: \(tag)"),
        ("a: ! 'b'\n", "fortnight.yaml:1:4: \(tag)"),
        ("{\"a\":*x}\n", "fortnight.yaml:1:6: \(alias)"),
    ]) func anchorsAliasesAndTagsAreRefused(_ text: String, _ message: String) {
        #expect(faults(text) == [message])
    }

    @Test(arguments: [
        "Fish & chips", "a *star* and &c", "'*quoted'", "\"!quoted\"", "it's & 'tis", "a\n    *b", "|\n    *b\n    !c",
        ">-\n    &b", "\"a\n    *b\"", "'a\n    it''s *b'", "a # *b", "- *b".replacing("- *b", with: "-*b"), "x:*y",
    ]) func textMayHoldTheirSigns(_ name: String) throws {
        let text = least.replacing("name: Health eBulletin", with: "name: x\n  publisher: \(name)")
        #expect(faults(text).filter { $0.contains("not read") }.isEmpty, "\(faults(text))")
    }

    @Test func aliasesThatMultiplyCostNothing() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(faults(text + "? *a60\n: 1\n") == ["fortnight.yaml:1:5: \(Self.anchor)"])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "]) func deepNestingIsRefused(_ opening: String) {
        #expect(faults(String(repeating: opening, count: 20_000)).count == 1)
    }

    @Test func aSecondDocumentIsRefused() {
        #expect(
            faults(least + "---\nweb: {}\n") == [
                "fortnight.yaml:12:1: begins a second document: keep one, and remove the line ---"
            ])
    }

    @Test(arguments: [
        (Data([0x61, 0x3A, 0x20, 0xFF, 0x0A]), "fortnight.yaml: is not UTF-8 text: save it as UTF-8"),
        (
            Data("a: 1".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
            "fortnight.yaml:1:2: holds the hidden character U+0000: remove it"
        ),
        (Data("a: b\n  c\0".utf8), "fortnight.yaml:2:4: holds the hidden character U+0000: remove it"),
        (Data("a: b\u{85}".utf8), "fortnight.yaml:1:5: holds the hidden character U+0085: remove it"),
        (Data(repeating: 0x61, count: 10_000_000), "fortnight.yaml: is larger than 256 KB: name the right file"),
    ]) func whatIsNoTextIsRefused(_ bytes: Data, _ message: String) {
        #expect(faults(bytes) == [message])
    }

    @Test(arguments: [
        "a: b: c\n", "a: [b\n", "a: 'b\n", "\tb: c\n", "a: b\n c: d\n", "@a: b\n", "a: %\n%", "{a: b\n", "}\n",
        "a: \"\\q\"\n", "%YAML 3.0\n---\na: b\n",
    ]) func brokenYAMLIsToldWithItsPlace(_ text: String) {
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.contains(/^fortnight\.yaml:\d+:\d+: is not YAML here/) }, "\(found)")
    }

    @Test func aPathThatIsNoFileIsToldAtOnce() throws {
        try withScratchFolder { folder in
            let pipe = folder + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            for (path, message) in [
                (folder, "is a folder: name the file in it"), (folder + "/none.yaml", "does not exist"),
                (pipe, "is not a regular file: name one"), ("/dev/zero", "is not a regular file: name one"),
            ] {
                #expect(throws: ConfigurationFault(.file(path), message)) {
                    try Configuration.load(path: path, environment: [:])
                }
            }
        }
    }
}
